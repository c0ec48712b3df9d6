using System.Collections.Immutable;
using Blockwright.Generator.Plan.Rows;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Gpu;

/// <summary>What a GPU does for a network, before a kernel's text is written.</summary>
/// <param name="Rows">What is computed.</param>
/// <param name="Identity">What the weights mean.</param>
/// <param name="Buffers">Planes; the first are the caller's: the inputs, then where the results are wanted.</param>
/// <param name="Slots">Pieces of memory.</param>
/// <param name="Steps">The steps, in order.</param>
internal sealed record GpuPlan(RowsPlan Rows, string Identity, ImmutableArray<GpuBuffer> Buffers, int Slots, ImmutableArray<GpuStep> Steps)
{
    /// <summary>The batches for which tiles are chosen, and from which batch on each choice holds.</summary>
    public static ImmutableArray<(int From, int ChosenAt)> Batches { get; } = ImmutableArray.Create((1, 1), (8, 16), (64, 128));
}

/// <summary>One kernel's work. Channels are numbered as the step writes them.</summary>
/// <param name="Kind">What it computes.</param>
/// <param name="Grid">The height and width of its result.</param>
/// <param name="Output">Where its channels go, one after the other.</param>
/// <param name="What">The layer, for people.</param>
internal sealed record GpuStep(KernelKind Kind, int Grid, ImmutableArray<PlanRun> Output, string What)
{
    /// <summary>Where it reads each operand: a convolution's in the order of its weights, the others' in the order in which it writes.</summary>
    public ImmutableArray<ImmutableArray<PlanRun>> Operands { get; init; } = ImmutableArray<ImmutableArray<PlanRun>>.Empty;

    /// <summary>What the epilogue adds, in the order in which it writes.</summary>
    public ImmutableArray<PlanRun> Residual { get; init; } = ImmutableArray<PlanRun>.Empty;

    public GpuWeights? Weights { get; init; }

    /// <summary>Of what is done to a value of any sizes: sizes whose product is all elements. A permutation's are those of what is read; a softmax's are three, over the middle one, or none, where it is of a map.</summary>
    public ImmutableArray<PlanDimension> Sizes { get; init; } = ImmutableArray<PlanDimension>.Empty;

    /// <summary>A permutation's: which of the <see cref="Sizes"/> each of the result's is.</summary>
    public ImmutableArray<int> Dims { get; init; } = ImmutableArray<int>.Empty;

    public Window Window { get; init; } = Window.Pixel;

    public bool CountIncludePad { get; init; } = true;

    public int Groups { get; init; } = 1;

    /// <summary>What a norm adds to the variance.</summary>
    public double Eps { get; init; }

    /// <summary>A LocalResponseNorm's numbers.</summary>
    public ResponseNumbers Response { get; init; }

    /// <summary>What is applied last.</summary>
    public PlanFunction Function { get; init; } = PlanFunction.None;

    /// <summary>A product's tile for each of <see cref="GpuPlan.Batches"/>.</summary>
    public ImmutableArray<ProductTile> Tiles { get; init; } = ImmutableArray<ProductTile>.Empty;

    /// <summary>The channels that it writes.</summary>
    public int Channels => Output.Sum(static run => run.Count);

    /// <summary>The channels of an operand.</summary>
    public int ChannelsOf(int operand) => Operands[operand].Sum(static run => run.Count);
}
