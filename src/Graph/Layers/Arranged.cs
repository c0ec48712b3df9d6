using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>What a device's kernels do for a layer to a value of any sizes, element by element in torch's order.</summary>
/// <param name="Kind">A permutation, a softmax or an activation.</param>
/// <param name="Dims">Which dimension of the input each of the result's is, the images being 0; empty where the elements stay in their order and only have other sizes. Of a softmax what sums to 1.</param>
/// <param name="Function">An activation's.</param>
public sealed record Arranged(KernelKind Kind, EquatableArray<int> Dims, PlanFunction? Function = null)
{
    /// <summary>The same elements in the same order.</summary>
    public static Arranged InOrder { get; } = new(KernelKind.Permute, EquatableArray<int>.Empty);
}
