using Blockwright.Graph;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>A layer whose every number is known: a constant, or an expression over the constructor's parameters.</summary>
/// <param name="Kind">The factory's name in torch.nn, which is the attribute's.</param>
internal sealed record UnitLayer(string Kind)
{
    /// <summary>The channels that it expects; null for a layer that takes any.</summary>
    public Amount? In { get; init; }

    /// <summary>The channels that it gives; null for a layer that keeps them.</summary>
    public Amount? Out { get; init; }

    public Amount Groups { get; init; } = Amount.One;

    public long Kernel { get; init; } = 1;

    public long Stride { get; init; } = 1;

    public long Padding { get; init; }

    public long Dilation { get; init; } = 1;

    public bool Bias { get; init; }

    /// <summary>Its key: of its own where it is a field, or that it has in its Sequential; null where the Sequential numbers it or nobody registers it.</summary>
    public string? Name { get; init; }

    public bool IsConvolution => Kind == "Conv2d";

    public bool HasState => IsConvolution || Kind == "BatchNorm2d";
}

/// <summary>What a field holds: one layer, or a Sequential of them. It is an object, and equals no other.</summary>
internal sealed class UnitModule(bool isSequential, IReadOnlyList<UnitLayer> layers)
{
    public bool IsSequential { get; } = isSequential;

    public IReadOnlyList<UnitLayer> Layers { get; } = layers;

    public bool HasState => Layers.Any(layer => layer.HasState);
}

/// <summary>Layers that follow one another under one key.</summary>
/// <param name="Key">The Sequential's key, or null for layers that have names of their own or none.</param>
internal sealed record UnitRun(string? Key, IReadOnlyList<UnitLayer> Layers);
