namespace Blockwright;

/// <summary>The columns of a <see cref="NetworkSummary"/>, beside the layer's name.</summary>
[Flags]
public enum SummaryColumns
{
    /// <summary>None but the name.</summary>
    None = 0,

    /// <summary>The class in torch.nn, or the block's own.</summary>
    Kind = 1,

    /// <summary>Kernel / stride + padding * dilation, groups, bias.</summary>
    Numbers = 2,

    /// <summary>The shape that comes in.</summary>
    InputShape = 4,

    /// <summary>The shape that comes out.</summary>
    OutputShape = 8,

    /// <summary>Learned parameters.</summary>
    Parameters = 16,

    /// <summary>Their share in all.</summary>
    ParameterShare = 32,

    /// <summary>Whether they take gradients: yes, no or partly. Known where the summary is a module's.</summary>
    Trainable = 64,

    /// <summary>Multiply-adds.</summary>
    MultiplyAdds = 128,

    /// <summary>Their share in all.</summary>
    MultiplyAddShare = 256,

    /// <summary>Memory access when each layer is an operation of its own.</summary>
    MemoryAccess = 512,

    /// <summary>Memory access of a snapshot's passes.</summary>
    FusedAccess = 1024,

    /// <summary>Floating-point operations for each byte of the memory access.</summary>
    Intensity = 2048,

    /// <summary>What a snapshot makes of the layer: a pass of its own, a part of another's, or nothing that moves.</summary>
    Pass = 4096,

    /// <summary>What is shown where nothing is asked for.</summary>
    Usual = Kind | Numbers | OutputShape | Parameters | MultiplyAdds | MemoryAccess | FusedAccess | Pass,

    /// <summary>All.</summary>
    All = (Pass * 2) - 1,
}

/// <summary>What a <see cref="NetworkSummary"/> shows.</summary>
public sealed record SummaryOptions
{
    /// <summary>How deep it goes: 0 for the total alone, 1 for the network's own layers and its stages, 2 for the blocks of a stage, 3 for the layers of these; what is deeper is summed up.</summary>
    public int Depth { get; init; } = 3;

    /// <summary>The columns.</summary>
    public SummaryColumns Columns { get; init; } = SummaryColumns.Usual;

    /// <summary>N; 1 where it is left out.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>H of the input; the declared one where it is null.</summary>
    public int? Height { get; init; }

    /// <summary>W of the input; the declared one where it is null.</summary>
    public int? Width { get; init; }
}
