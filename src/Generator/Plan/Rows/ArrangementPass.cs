using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>What is done to a value's elements in one pass over them.</summary>
/// <param name="Kind">A permutation or a softmax.</param>
/// <param name="IntoPixels">Whether a map comes out pixel by pixel; else its elements lie one behind another.</param>
internal sealed record ArrangementPass(KernelKind Kind, bool IntoPixels)
{
    /// <summary>Sizes whose product is all elements: a permutation's, as what is read has them; a softmax's are three, over the middle one, or none, where it reads a map's pixels.</summary>
    public ImmutableArray<PlanDimension> Sizes { get; init; } = ImmutableArray<PlanDimension>.Empty;

    /// <summary>Which of the sizes each of the result's is; of a softmax that reads pixels the one dimension, as torch counts them.</summary>
    public ImmutableArray<int> Dims { get; init; } = ImmutableArray<int>.Empty;

    /// <summary>What a permutation applies to each element.</summary>
    public PlanFunction Function { get; init; } = PlanFunction.None;
}
