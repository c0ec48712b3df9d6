using System.Collections.Immutable;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>
/// Parallel branches of one value whose sum is one convolution: convolutions of the same strides and groups, each with or without a batch norm behind it, and batch norms of the value itself. Their weights, laid
/// into the middle of the widest one's, are added once and for all (RepVGG: Ding et al., CVPR 2021, section 3.3).
/// </summary>
/// <param name="Widest">The convolution whose window has room for the others'.</param>
/// <param name="Others">What is added to its weights; one at least.</param>
/// <param name="Joins">The Add, and those whose sums it adds to.</param>
/// <param name="Rest">The one value of the sum that is no such branch, if any.</param>
public sealed record ConvolutionSum(SumBranch Widest, ImmutableArray<SumBranch> Others, ImmutableArray<FlatNode> Joins, int? Rest)
{
    // Branches of one value are a few; what adds more is a chain of other values, of which each sum would be opened anew.
    private const int MostJoins = 64;

    /// <summary>What the one convolution computes.</summary>
    public Kernel Kernel => Widest.Kernel!;

    /// <summary>All nodes: the widest convolution first, the outermost join last.</summary>
    public IEnumerable<FlatNode> Nodes => Widest.Nodes.Concat(Others.SelectMany(static branch => branch.Nodes)).Concat(Joins.Reverse());

    /// <summary>The sums that one convolution computes, each by the widest convolution's number.</summary>
    public static IReadOnlyDictionary<int, ConvolutionSum> In(FlatGraph graph, FusionRules rules, CancellationToken cancellation)
    {
        var found = new Dictionary<int, ConvolutionSum>();
        var covered = new HashSet<int>();
        // A sum of sums comes behind them.
        for (var i = graph.Nodes.Count - 1; i > 0; i--)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!graph.IsPlainSum(graph.Nodes[i]) || covered.Contains(i) || Of(graph, rules, graph.Nodes[i]) is not { } sum)
                continue;
            found.Add(sum.Widest.Convolution!.Id, sum);
            covered.UnionWith(sum.Joins.Select(static join => join.Id));
        }
        return found;
    }

    private static ConvolutionSum? Of(FlatGraph graph, FusionRules rules, FlatNode outermost)
    {
        var (joins, terms) = Open(graph, outermost);
        var branches = terms.Select(term => SumBranch.Of(graph, rules, term)).ToList();
        var widest = branches.Where(static branch => branch?.Kernel is not null).OrderByDescending(static branch => branch!.Kernel!.Window.Taps).FirstOrDefault();
        if (widest is null || !rules.TakeNorm.Contains(widest.Kernel!.Kind))
            return null;
        var isIn = branches.ConvertAll(branch => branch is not null && branch.FitsInto(widest));
        var rest = terms.Where((_, i) => !isIn[i]).ToList();
        var others = branches.Where((branch, i) => isIn[i] && !ReferenceEquals(branch, widest)).Select(static branch => branch!).ToImmutableArray();
        if (others.IsEmpty || rest.Count > (rules.TakeResidual.Contains(widest.Kernel.Kind) ? 1 : 0))
            return null;
        return new(widest, others, joins, rest.Count == 0 ? null : rest[0]);
    }

    /// <summary>What a sum is made of, and the sums in it that nobody else reads.</summary>
    private static (ImmutableArray<FlatNode> Joins, List<int> Terms) Open(FlatGraph graph, FlatNode outermost)
    {
        var (joins, terms) = (ImmutableArray.CreateBuilder<FlatNode>(), new List<int>());
        var open = new Stack<FlatNode>([outermost]);
        while (open.Count > 0)
        {
            var join = open.Pop();
            joins.Add(join);
            foreach (var input in join.Inputs)
            {
                if (joins.Count + open.Count < MostJoins && graph.Nodes[input] is var inner && graph.IsPlainSum(inner) && graph.OnlyConsumer(input) is not null)
                    open.Push(inner);
                else
                    terms.Add(input);
            }
        }
        return (joins.ToImmutable(), terms);
    }
}

/// <summary>A convolution, a batch norm, or one behind the other, between a value and the sum that alone reads what comes out.</summary>
/// <param name="Source">The value.</param>
/// <param name="Convolution">The convolution, if any.</param>
/// <param name="Kernel">What it computes.</param>
/// <param name="Norm">The batch norm, if any.</param>
/// <param name="Eps">The batch norm's.</param>
public sealed record SumBranch(int Source, FlatNode? Convolution, Kernel? Kernel, FlatNode? Norm, double Eps)
{
    public IEnumerable<FlatNode> Nodes => new[] { Convolution, Norm }.OfType<FlatNode>();

    /// <summary>The branch that ends in a value, which a sum reads; null where it is none, or where others read it too.</summary>
    internal static SumBranch? Of(FlatGraph graph, FusionRules rules, int value)
    {
        if (graph.OnlyConsumer(value) is null)
            return null;
        var (last, kernel) = (graph.Nodes[value], rules.KernelOf(graph, graph.Nodes[value]));
        if (IsConvolution(kernel))
            return new(last.Inputs[0], last, kernel, null, 0);
        if (kernel is not { Kind: KernelKind.Affine, Eps: var eps })
            return null;
        var before = graph.Nodes[last.Inputs[0]];
        return rules.KernelOf(graph, before) is { } inner && IsConvolution(inner) && graph.OnlyConsumer(before.Id) is not null
            ? new(before.Inputs[0], before, inner, last, eps)
            : new(before.Id, null, null, last, eps);
    }

    /// <summary>Whether its taps are some in the middle of another's.</summary>
    internal bool FitsInto(SumBranch widest)
    {
        if (Source != widest.Source)
            return false;
        var (outer, own) = (widest.Kernel!.Window, Kernel?.Window ?? Window.Pixel);
        return (Kernel is null || (Kernel.Kind == widest.Kernel.Kind && Kernel.Groups == widest.Kernel.Groups))
            && own.MoreBelow == outer.MoreBelow && own.MoreRight == outer.MoreRight
            && Fits(own.KernelHeight, own.StrideHeight, own.PaddingHeight, own.DilationHeight, outer.KernelHeight, outer.StrideHeight, outer.PaddingHeight, outer.DilationHeight)
            && Fits(own.KernelWidth, own.StrideWidth, own.PaddingWidth, own.DilationWidth, outer.KernelWidth, outer.StrideWidth, outer.PaddingWidth, outer.DilationWidth);
    }

    private static bool IsConvolution(Kernel? kernel) => kernel is { Kind: KernelKind.Convolution or KernelKind.Depthwise, WeightShape.Count: 4 };

    /// <summary>Along one side: as many taps more before as behind, and so much more padding that both windows have one middle.</summary>
    private static bool Fits(int kernel, int stride, int padding, int dilation, int outerKernel, int outerStride, int outerPadding, int outerDilation) =>
        stride == outerStride && kernel <= outerKernel && (outerKernel - kernel) % 2 == 0 && (dilation == outerDilation || kernel == 1) && 2 * (outerPadding - padding) == outerDilation * (outerKernel - kernel);
}
