using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Construction;

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

    /// <summary>An object of one of the project's own classes.</summary>
    Instance,
}

/// <summary>A layer as its factory call says it. Numbers that are not certain are null.</summary>
/// <param name="Kind">What it does to a shape.</param>
/// <param name="Name">The factory's name, or the class's.</param>
internal sealed record Layer(LayerKind Kind, string Name)
{
    // Before the layer that has them.
    private static readonly ImmutableDictionary<ISymbol, Layer> NoMembers = ImmutableDictionary.Create<ISymbol, Layer>(SymbolEqualityComparer.Default);

    private static readonly ImmutableDictionary<ISymbol, bool> NoFacts = ImmutableDictionary.Create<ISymbol, bool>(SymbolEqualityComparer.Default);

    public static readonly Layer Unknown = new(LayerKind.Unknown, "");

    /// <summary>The object that it is.</summary>
    public Thing? Thing { get; init; }

    /// <summary>Channels or features that it expects.</summary>
    public Known.Whole? In { get; init; }

    /// <summary>Channels or features that it gives.</summary>
    public Known.Whole? Out { get; init; }

    public Known.Whole? Groups { get; init; }

    public (Known.Whole Height, Known.Whole Width)? Kernel { get; init; }

    /// <summary>The layers of a Sequential.</summary>
    public ImmutableArray<Layer> Children { get; init; } = ImmutableArray<Layer>.Empty;

    /// <summary>What an object of one of the project's classes holds in its fields and properties.</summary>
    public ImmutableDictionary<ISymbol, Layer> Members { get; init; } = NoMembers;

    /// <summary>What the members hold, in the order of making: symbols have no order, their hashes are others in each run, and what is looked at first spends the steps.</summary>
    public IEnumerable<Layer> Held => Members.Count < 2 ? Members.Values : Members.Values.OrderBy(static held => held.Thing?.Number ?? 0);

    /// <summary>What is certain of its other members: the truth of one that is true or false, and whether one that could be null is not.</summary>
    public ImmutableDictionary<ISymbol, bool> Facts { get; init; } = NoFacts;

    /// <summary>Whether a convolution is certainly in it.</summary>
    public bool Convolves { get; init; }

    public bool IsPointwise => Kind == LayerKind.Convolution && Kernel is ({ Value: 1 }, { Value: 1 });

    /// <summary>Where it is made: the expression, and the one in the code that is looked at that has it made.</summary>
    public IEnumerable<SyntaxNode?> Places() => new[] { Thing?.Site, Thing?.Origin?.Syntax }.Distinct();

    /// <summary>Itself and all that it holds.</summary>
    public IEnumerable<Layer> Everything(Fuel fuel)
    {
        var open = new Stack<Layer>([this]);
        while (open.Count > 0 && fuel.Burn())
        {
            var next = open.Pop();
            yield return next;
            foreach (var child in next.Children.Concat(next.Held))
                open.Push(child);
        }
    }

    /// <summary>The layers in it, one after the other; itself if it is none of several.</summary>
    public IEnumerable<Layer> Flattened() => Kind == LayerKind.Sequential ? Children.SelectMany(child => child.Flattened()) : new[] { this };
}
