using System.Collections.Immutable;
using Blockwright.Kernels;

namespace Blockwright.Plans;

/// <summary>
/// What the CPU does for a network: calls of kernels on buffers, decided at build time. The generator makes it and the runtime follows it; both compile this file, and
/// <see cref="CpuTable"/> carries it from one to the other.
/// </summary>
/// <param name="Identity">Equal for plans whose folded weights are interchangeable.</param>
/// <param name="Element">The type of what is computed.</param>
/// <param name="InChannels">C of the input; of several the first.</param>
/// <param name="Results">What it gives: the steps of <see cref="KernelKind.Output"/> write them in this order.</param>
/// <param name="Slots">Pieces of memory.</param>
/// <param name="Grids">Heights and widths; the first is the first input's.</param>
/// <param name="SizeRules">What sizes have to be for the network to take an input.</param>
/// <param name="Buffers">The buffers.</param>
/// <param name="Steps">The steps, in order; the first bring what comes in, each an input.</param>
internal sealed record CpuPlan(
    string Identity,
    ElementType Element,
    int InChannels,
    ImmutableArray<PlanResult> Results,
    int Slots,
    ImmutableArray<PlanGrid> Grids,
    ImmutableArray<SizeRule> SizeRules,
    ImmutableArray<PlanBuffer> Buffers,
    ImmutableArray<PlanStep> Steps)
{
    /// <summary>Further values that may be asked for by their names.</summary>
    public ImmutableArray<PlanNamed> Named { get; init; } = ImmutableArray<PlanNamed>.Empty;

    /// <summary>Where what comes in is brought: a buffer for each input, by the inputs' numbers.</summary>
    public IEnumerable<PlanBuffer> Inputs => Steps.TakeWhile(static step => step.Kind is KernelKind.Planes or KernelKind.Input).Select(step => Buffers[step.Output]);

    /// <summary>What the network's parameters are, for a saved snapshot; empty where it has none.</summary>
    public string Given { get; init; } = "";

    /// <summary>The steps that torch computes.</summary>
    public IEnumerable<PlanStep> Islands => Steps.Where(static step => step.Kind == KernelKind.Island);
}

/// <summary>Where a value lies that has a name: from the step on that writes the last of its channels, up to the next one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Grid">Its height and width.</param>
/// <param name="IsFlat">Whether it is N x F.</param>
/// <param name="Runs">Its channels.</param>
/// <param name="Order">Which channel of the value each of the runs' is; empty where it is the same.</param>
internal sealed record PlanNamed(string Name, int Grid, bool IsFlat, ImmutableArray<PlanRun> Runs, ImmutableArray<int> Order)
{
    /// <summary>Its sizes, where it is neither a map nor features: its channels' rows then hold its elements one behind another.</summary>
    public ImmutableArray<PlanDimension> Dimensions { get; init; } = ImmutableArray<PlanDimension>.Empty;

    /// <summary>Its channels.</summary>
    public int Channels => Runs.Sum(static run => run.Count);

    /// <summary>The runs in the value's own order.</summary>
    public ImmutableArray<PlanRun> InOrder()
    {
        var places = new PlanRun[Channels];
        var at = 0;
        foreach (var run in Runs)
        {
            for (var i = 0; i < run.Count; i++, at++)
                places[Order.IsEmpty ? at : Order[at]] = new(run.Buffer, run.First + i, 1);
        }
        var merged = new List<PlanRun>();
        foreach (var place in places)
        {
            if (merged.Count > 0 && merged[merged.Count - 1] is var last && last.Buffer == place.Buffer && last.First + last.Count == place.First)
                merged[merged.Count - 1] = last with { Count = last.Count + 1 };
            else
                merged.Add(place);
        }
        return merged.ToImmutableArray();
    }
}

/// <summary>One of the values that a network gives.</summary>
/// <param name="Name">Its name among others; empty where it is the only one.</param>
/// <param name="Channels">Its channels.</param>
/// <param name="Grid">Its height and width.</param>
/// <param name="IsFlat">Whether it is N x F.</param>
internal sealed record PlanResult(string Name, int Channels, int Grid, bool IsFlat)
{
    /// <summary>Its sizes, where it is neither a map nor features: its channels' rows then hold its elements one behind another.</summary>
    public ImmutableArray<PlanDimension> Dimensions { get; init; } = ImmutableArray<PlanDimension>.Empty;

    public bool Equals(PlanResult? other) => other is not null && (Name, Channels, Grid, IsFlat) == (other.Name, other.Channels, other.Grid, other.IsFlat) && Dimensions.SequenceEqual(other.Dimensions);

    public override int GetHashCode() => Channels;
}

/// <summary>What a plan computes with.</summary>
internal enum ElementType
{
    Float32,
}

/// <summary>What gives a height and width.</summary>
internal enum GridKind
{
    /// <summary>The input's.</summary>
    Input,

    /// <summary>One pixel, whatever the input's size.</summary>
    Point,

    /// <summary>A window over another grid.</summary>
    Window,

    /// <summary>Another grid resized, or a size of its own.</summary>
    Resized,
}

/// <summary>A height and width.</summary>
/// <param name="Kind">What gives it.</param>
/// <param name="From">The grid that the window moves over or that is resized, or -1.</param>
/// <param name="Window">The window.</param>
/// <param name="CeilMode">Whether a window that ends outside counts.</param>
/// <param name="Height">At the declared input.</param>
/// <param name="Width">At the declared input.</param>
internal sealed record PlanGrid(GridKind Kind, int From, Window Window, bool CeilMode, int Height, int Width)
{
    /// <summary>How it is resized.</summary>
    public Resizing Resizing { get; init; }
}

/// <summary>What must hold of two heights and widths that are equal at the declared input.</summary>
/// <param name="Grid">One.</param>
/// <param name="Other">The other, or -1 for the declared size of <paramref name="Grid"/> itself.</param>
/// <param name="Where">Which layer or join asks for it.</param>
internal sealed record SizeRule(int Grid, int Other, string Where);

/// <summary>Where a tensor lies.</summary>
/// <param name="Channels">Its channels, with those between them that are nobody's.</param>
/// <param name="Grid">Its height and width.</param>
/// <param name="Halo">Pixels of zeros round each map, for the windows that read it.</param>
/// <param name="Slot">Its piece of memory; buffers that do not live at the same time share one.</param>
/// <param name="IsPlanes">Whether it holds planes, as torch has images, instead of pixels: an input, or elements in torch's order that are of other sizes.</param>
internal sealed record PlanBuffer(int Channels, int Grid, int Halo, int Slot, bool IsPlanes = false);

/// <summary>Channels that lie side by side. It is a class: the framework has its generic code over classes compiled, and over a structure of ours the JIT would compile it at each start.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="First">The first channel's place in it.</param>
/// <param name="Count">How many.</param>
internal sealed record PlanRun(int Buffer, int First, int Count)
{
    public override string ToString() => $"b{Buffer}[{First}..{First + Count}]";
}

/// <summary>The weights of a step.</summary>
/// <param name="Key">The layer's key in the state dict; empty for a batch norm by itself.</param>
/// <param name="Shape">Their shape, as torch has it.</param>
/// <param name="HasBias">Whether the layer adds a bias.</param>
/// <param name="NormKey">The key of the batch norm or the learned factor that is folded in, or stands by itself; empty for none.</param>
/// <param name="Eps">The batch norm's, which is above 0; 0 for a learned factor.</param>
internal sealed record PlanWeights(string Key, ImmutableArray<int> Shape, bool HasBias, string NormKey, double Eps)
{
    /// <summary>Others that are added to them, each laid into the middle of the window; a batch norm by itself is the identity, scaled.</summary>
    public ImmutableArray<PlanWeights> Plus { get; init; } = ImmutableArray<PlanWeights>.Empty;

    /// <summary>A transposed convolution's groups, whose weights have the channels that come out second, by groups; 0 of any other layer.</summary>
    public int TransposedGroups { get; init; }

    /// <summary>The channels that come out.</summary>
    public int OutChannels => TransposedGroups > 0 ? Shape[1] * TransposedGroups : Shape[0];

    /// <summary>Whether what is folded in is a learned factor.</summary>
    public bool IsScaled => NormKey.Length > 0 && Eps == 0;

    /// <summary>The key under which the folded weights are kept.</summary>
    public string FoldedKey => Key.Length > 0 ? Key : NormKey;

    /// <summary>Whether there is a bias once the batch norm is folded in.</summary>
    public bool HasFoldedBias => HasBias || NormKey.Length > 0 || Plus.Any(static weights => weights.HasFoldedBias);

    public bool Equals(PlanWeights? other) =>
        other is not null && (Key, HasBias, NormKey, TransposedGroups) == (other.Key, other.HasBias, other.NormKey, other.TransposedGroups) && Eps.Equals(other.Eps) && Shape.SequenceEqual(other.Shape) && Plus.SequenceEqual(other.Plus);

    public override int GetHashCode() => FoldedKey.GetHashCode();
}

/// <summary>One call of a kernel.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Output">The buffer that it writes, or -1 where that is the caller's memory.</param>
internal sealed record PlanStep(KernelKind Kind, int Output)
{
    /// <summary>The first operand's runs, in the order in which they are read.</summary>
    public ImmutableArray<PlanRun> Inputs { get; init; } = ImmutableArray<PlanRun>.Empty;

    /// <summary>The second operand's runs: a residual, a term, a factor.</summary>
    public ImmutableArray<PlanRun> Others { get; init; } = ImmutableArray<PlanRun>.Empty;

    /// <summary>Which of the results it writes, where it writes one.</summary>
    public int Result { get; init; }

    /// <summary>The weights, if any.</summary>
    public PlanWeights? Weights { get; init; }

    /// <summary>How the window moves.</summary>
    public Window Window { get; init; } = Window.Pixel;

    /// <summary>Whether a pool's window that ends outside counts.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether the border counts in a mean.</summary>
    public bool CountIncludePad { get; init; } = true;

    /// <summary>A convolution's groups, or a norm's.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>What a norm adds to the variance; 0 where it is none.</summary>
    public double Eps { get; init; }

    /// <summary>A LocalResponseNorm's numbers.</summary>
    public ResponseNumbers Response { get; init; }

    /// <summary>What is applied last.</summary>
    public PlanFunction Function { get; init; } = PlanFunction.None;

    /// <summary>Which channel of the layer each channel that is read is; empty where it is the same.</summary>
    public ImmutableArray<int> InOrder { get; init; } = ImmutableArray<int>.Empty;

    /// <summary>Which channel of the layer each channel that is written is; empty where it is the same.</summary>
    public ImmutableArray<int> OutOrder { get; init; } = ImmutableArray<int>.Empty;

    /// <summary>Of what is done to a value of any sizes: sizes whose product is all elements. A permutation's are those of what is read; a softmax's are three, over the middle one, or none, where it is of a map.</summary>
    public ImmutableArray<PlanDimension> Sizes { get; init; } = ImmutableArray<PlanDimension>.Empty;

    /// <summary>A permutation's: which of the <see cref="Sizes"/> each of the result's is. Of a map's softmax the dimension, as torch counts them; none for the channels.</summary>
    public ImmutableArray<int> Dims { get; init; } = ImmutableArray<int>.Empty;

    /// <summary>Of what torch computes: which of the emitted class's islands it is. Each operand is one run, in the value's own order.</summary>
    public int Island { get; init; }

    /// <summary>Of what torch computes: its layers, for people.</summary>
    public string Layers { get; init; } = "";

    /// <summary>Everything that it reads.</summary>
    public IEnumerable<PlanRun> Reads => Inputs.Concat(Others);
}
