namespace Blockwright;

/// <summary>What a snapshot's plan for the CPU makes of a layer.</summary>
public enum LayerPass
{
    /// <summary>Torch computes it: it has no kernel (BW4006), or the network has no plan.</summary>
    Torch,

    /// <summary>It begins a pass of its own over memory.</summary>
    Own,

    /// <summary>It is done within the pass of another layer, see <see cref="LayerCost.ComputedBy"/>.</summary>
    Fused,

    /// <summary>It gives channels another place in a table of names, and moves nothing: a split, a concatenation, a shuffle.</summary>
    Free,
}

/// <summary>A layer of a network, a join or a part of a split, and what it costs at one input size and batch. Everything is counted in float32.</summary>
/// <param name="Index">Its number in the network; the input is 0.</param>
/// <param name="Kind">The class in torch.nn; else Input, Split, Concat, Add or Multiply.</param>
public sealed record LayerCost(int Index, string Kind)
{
    /// <summary>Its key in the state dict; empty where it has no entries there.</summary>
    public string Key { get; init; } = "";

    /// <summary>Its numbers beside the channels: kernel / stride + padding * dilation, groups, bias; of a part of a split the first channel.</summary>
    public string Numbers { get; init; } = "";

    /// <summary>The key of the block that it is part of; empty in the network itself.</summary>
    public string Block { get; init; } = "";

    /// <summary>The layers whose results it reads, by their numbers.</summary>
    public IReadOnlyList<int> Inputs { get; init; } = [];

    /// <summary>Shape of the first value that it reads: N x C x H x W or N x F.</summary>
    public IReadOnlyList<long> InputShape { get; init; } = [];

    /// <summary>Shape of its result: N x C x H x W or N x F.</summary>
    public IReadOnlyList<long> OutputShape { get; init; } = [];

    /// <summary>Whether it is a module of the user's own, which the build cannot look into: <see cref="Parameters"/> and <see cref="MultiplyAdds"/> are 0 and mean nothing.</summary>
    public bool IsUncounted { get; init; }

    /// <summary>Learned parameters.</summary>
    public long Parameters { get; init; }

    /// <summary>Multiply-adds, each two floating-point operations.</summary>
    public long MultiplyAdds { get; init; }

    /// <summary>Bytes of the maps that it reads when it is an operation of its own, each once.</summary>
    public long BytesRead { get; init; }

    /// <summary>Bytes of the map that it writes.</summary>
    public long BytesWritten { get; init; }

    /// <summary>Bytes of its result, written or not.</summary>
    public long OutputBytes { get; init; }

    /// <summary>The paper's memory access when it is an operation of its own, maps and weights: hw(c1 + c2) + c1 c2 values of a 1x1 convolution.</summary>
    public long MemoryAccessBytes { get; init; }

    /// <summary>Floating-point operations for each byte of <see cref="MemoryAccessBytes"/>.</summary>
    public double ArithmeticIntensity { get; init; }

    /// <summary>What a snapshot makes of it.</summary>
    public LayerPass Pass { get; init; }

    /// <summary>The layer whose pass computes it: itself for a pass of its own, -1 where nothing is computed or there is no plan.</summary>
    public int ComputedBy { get; init; } = -1;

    /// <summary>Bytes that its pass reads and writes in a snapshot, folded weights too, with what is gathered before it; 0 where it begins none.</summary>
    public long FusedBytes { get; init; }
}
