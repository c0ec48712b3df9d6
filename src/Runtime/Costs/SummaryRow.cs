namespace Blockwright;

/// <summary>A row of a summary: a layer, or a block or stage with all that is in it.</summary>
/// <param name="Name">Its key in the state dict, or the kind where it has none.</param>
/// <param name="Depth">How deep it lies in the network: 1 for what the network's own declaration says.</param>
/// <param name="Kind">The class in torch.nn, or the block's own; empty for a stage.</param>
/// <param name="IsGroup">Whether it stands for several layers.</param>
/// <param name="Layers">The layers.</param>
public sealed record SummaryRow(string Name, int Depth, string Kind, bool IsGroup, IReadOnlyList<LayerCost> Layers)
{
    /// <summary>A layer's numbers; empty for a group.</summary>
    public string Numbers => IsGroup ? "" : Layers[0].Numbers;

    /// <summary>The shape that comes in.</summary>
    public IReadOnlyList<long> InputShape => Layers[0].InputShape;

    /// <summary>The shape that comes out.</summary>
    public IReadOnlyList<long> OutputShape => Layers[^1].OutputShape;

    /// <summary>Learned parameters.</summary>
    public long Parameters => Layers.Sum(static layer => layer.Parameters);

    /// <summary>Multiply-adds.</summary>
    public long MultiplyAdds => Layers.Sum(static layer => layer.MultiplyAdds);

    /// <summary>Bytes that the layers read and write when each is an operation of its own, weights too.</summary>
    public long MemoryAccessBytes => Layers.Sum(static layer => layer.MemoryAccessBytes);

    /// <summary>Bytes that the passes which begin here read and write in a snapshot.</summary>
    public long FusedBytes => Layers.Sum(static layer => layer.FusedBytes);

    /// <summary>Passes over memory that begin here in a snapshot.</summary>
    public int Passes => Layers.Count(static layer => layer.Pass == LayerPass.Own);

    /// <summary>Floating-point operations for each byte of <see cref="MemoryAccessBytes"/>; 0 where nothing moves.</summary>
    public double ArithmeticIntensity => MemoryAccessBytes == 0 ? 0 : 2.0 * MultiplyAdds / MemoryAccessBytes;
}
