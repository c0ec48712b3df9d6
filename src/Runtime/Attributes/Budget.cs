namespace Blockwright;

/// <summary>
/// What a network may cost, for one image of its declared size in float32; or a block, at each place where a network of the project uses it. To exceed it is a build error, BW5001, that says by how much and which layers
/// weigh most. What is left out is not limited.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class BudgetAttribute : Attribute
{
    /// <summary>The most multiply-adds, in millions: what papers call MFLOPs.</summary>
    public double MFlops { get; set; }

    /// <summary>The most learned parameters.</summary>
    public long Parameters { get; set; }

    /// <summary>The most bytes that all layers write together, each by itself: what training keeps for its gradients.</summary>
    public long ActivationBytes { get; set; }

    /// <summary>The most bytes that all layers read and write, weights too, each layer by itself: the paper's memory access.</summary>
    public long MemoryAccessBytes { get; set; }
}
