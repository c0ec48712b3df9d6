using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

internal enum LayerKind
{
    /// <summary>Nothing is known of it.</summary>
    Unknown,

    /// <summary>A two-dimensional convolution, transposed or not.</summary>
    Convolution,

    /// <summary>A normalization over the channels that counts them.</summary>
    Normalization,

    Linear,

    /// <summary>Layers one after the other.</summary>
    Sequential,

    /// <summary>Acts on each value alone: an activation, a dropout.</summary>
    Elementwise,

    /// <summary>Changes height and width, never the channels.</summary>
    Spatial,

    /// <summary>Leaves one pixel.</summary>
    GlobalPool,

    Flatten,
}

/// <summary>A layer as its factory call says it. Numbers that are not certain are null.</summary>
/// <param name="Kind">What it does to a shape.</param>
/// <param name="Name">The factory's name.</param>
internal sealed record Layer(LayerKind Kind, string Name)
{
    public static readonly Layer Unknown = new(LayerKind.Unknown, "");

    /// <summary>The call that makes it.</summary>
    public IInvocationOperation? Factory { get; init; }

    /// <summary>Channels or features that it expects.</summary>
    public long? In { get; init; }

    /// <summary>Channels or features that it gives.</summary>
    public long? Out { get; init; }

    public long? Groups { get; init; }

    public (long Height, long Width)? Kernel { get; init; }

    /// <summary>The argument that says <see cref="In"/>.</summary>
    public IArgumentOperation? InArgument { get; init; }

    public ImmutableArray<Layer> Children { get; init; } = ImmutableArray<Layer>.Empty;

    /// <summary>How many layers it is once what is in it twice is counted twice.</summary>
    public long Size { get; init; } = 1;

    /// <summary>Whether a convolution is certainly in it.</summary>
    public bool Convolves { get; init; }

    public bool IsPointwise => Kind == LayerKind.Convolution && Kernel is (1, 1);

    /// <summary>The layers in it, one after the other; itself if it is none of several.</summary>
    public IEnumerable<Layer> Flattened() => Kind == LayerKind.Sequential ? Children.SelectMany(child => child.Flattened()) : new[] { this };

    /// <summary>Whether its numbers are left out, and those of what is in it.</summary>
    private bool IsBare { get; init; }

    /// <summary>The same without its numbers: a layer of a method that is called with other arguments each time.</summary>
    public Layer WithoutNumbers() => IsBare ? this : this with
    {
        IsBare = true,
        In = null,
        Out = null,
        Groups = null,
        Kernel = null,
        InArgument = null,
        Factory = null,
        Children = Children.Select(child => child.WithoutNumbers()).ToImmutableArray(),
    };
}
