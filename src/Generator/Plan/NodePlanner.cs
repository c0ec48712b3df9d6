using System.Collections.Immutable;
using Blockwright.Generator.Plan.Rows;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan;

/// <summary>Writes down what a network is made of, and which step of the CPU's plan computes each node.</summary>
internal static class NodePlanner
{
    /// <param name="graph">The network with its blocks opened.</param>
    /// <param name="cpu">Its plan, where it has one.</param>
    /// <returns>Null where 64 bits do not hold what it costs.</returns>
    public static NodePlan? Plan(FlatGraph graph, CpuPlan? cpu, CancellationToken cancellation = default)
    {
        var grids = new GridTable(graph, cancellation);
        var steps = cpu is null ? [] : Steps(graph, cpu, cancellation);
        var blocks = new Dictionary<FlatUse, int>(ReferenceComparer.Instance);
        var listed = ImmutableArray.CreateBuilder<NodeBlock>();
        var nodes = ImmutableArray.CreateBuilder<PlanNode>(graph.Nodes.Count);
        try
        {
            foreach (var node in graph.Nodes)
            {
                cancellation.ThrowIfCancellationRequested();
                nodes.Add(NodeOf(node, BlockOf(node.Use), grids.Of(node.Id), steps.TryGetValue(node.Id, out var step) ? step : PlanNode.NoStep));
            }
        }
        catch (OverflowException)
        {
            return null;
        }
        return new(grids.Grids.ToImmutableArray(), grids.Rules.ToImmutableArray(), listed.ToImmutable(), nodes.ToImmutable(), graph.Results.Select(static result => new NodeResult(result.Name, result.Node)).ToImmutableArray());

        int BlockOf(FlatUse use)
        {
            if (blocks.TryGetValue(use, out var known))
                return known;
            var outer = use.Outer is { } around ? BlockOf(around) : -1;
            listed.Add(new(use.Path, use.Graph.Declaration.Name.TrimStart('@'), outer));
            blocks.Add(use, listed.Count - 1);
            return listed.Count - 1;
        }
    }

    private static PlanNode NodeOf(FlatNode node, int block, int grid, int step) => new(block, KindOf(node), node.Channels, grid)
    {
        Key = node.Key.Length == 0 ? "" : node.Key.Substring(node.Use.Prefix.Length),
        Words = WordsOf(node).ToImmutableArray(),
        Inputs = node.Inputs,
        IsFlat = node.Shape.IsFlat,
        Dimensions = DimensionsOf(node.Shape),
        IsView = Cost.IsView(node),
        HasSizeOfSecond = node is { Layer: not null, Inputs.Length: 2 },
        Parameters = Cost.Parameters(node),
        PerPixel = Cost.PerPixel(node),
        CountsPixelsThatComeIn = node.Layer is { CountsPixelsThatComeIn: true },
        IsUncounted = node.Layer is { IsUncounted: true },
        Step = step,
    };

    /// <summary>The sizes of what is neither a map nor features; else none.</summary>
    public static ImmutableArray<PlanDimension> DimensionsOf(Shape shape) => shape.Dimensions.Select(DimensionOf).ToImmutableArray();

    /// <summary>A size whose number is known.</summary>
    public static PlanDimension DimensionOf(Dimension size) => new(size.Times.Constant!.Value, size.Heights, size.Widths);

    private static IEnumerable<string> WordsOf(FlatNode node) => node switch
    {
        { Layer: { } layer } => layer.Words,
        { IsSlice: true } => [PlanWords.Text(node.Start)],
        { Inputs.IsEmpty: true, Origin: InputNode { Given: not Names.In and var name } } => [name],
        _ => [],
    };

    private static string KindOf(FlatNode node) => node switch
    {
        { Layer: { } layer } => layer.TorchName,
        { Join: { } join } => join.ToString(),
        { IsSlice: true } => "Split",
        _ => "Input",
    };

    /// <summary>
    /// The step of each node. Operations and steps come in one order, and an operation's last step writes its tensor, which bears its number; what stands before that is a part of it. A residual that the CPU cannot
    /// add in an epilogue is a step of its own.
    /// </summary>
    private static Dictionary<int, int> Steps(FlatGraph graph, CpuPlan cpu, CancellationToken cancellation)
    {
        var ofBuffer = new Dictionary<int, int>();
        for (var i = 0; i < cpu.Steps.Length; i++)
            ofBuffer[cpu.Steps[i].Output] = i;
        var steps = Enumerable.Range(0, graph.InputCount).ToDictionary(static input => input, static input => input);
        var (tensor, first) = (graph.InputCount, graph.InputCount);
        foreach (var operation in FusedOperation.Of(graph, FusionRules.Cpu, cancellation))
        {
            var last = ofBuffer[tensor++];
            if (operation.Arrangement is { } chain)
            {
                AddChain(chain, first, last);
                first = last + 1;
                continue;
            }
            var alone = cpu.Steps[last].Kind == operation.Kernel.Kind ? last : Enumerable.Range(first, last - first).First(step => cpu.Steps[step].Kind == operation.Kernel.Kind);
            // What two islands need in the making is the first one's.
            foreach (var node in operation.Nodes.Where(node => !steps.ContainsKey(node.Id)))
            {
                if (node.Join is not null)
                    alone = last;
                steps[node.Id] = alone;
            }
            first = last + 1;
        }
        return steps;

        // A softmax is a pass of its own, to which what is before it moves; the rest is the next pass's. What two chains need in the making is the first one's.
        void AddChain(NodeChain chain, int from, int last)
        {
            while (cpu.Steps[from].Kind == KernelKind.Gather)
                from++;
            foreach (var node in chain.Nodes)
            {
                var kind = node.Layer!.Arranged(graph.Nodes[node.Inputs[0]].Shape)!.Kind;
                var isPass = kind is KernelKind.Softmax or KernelKind.LogSoftmax;
                while (isPass && cpu.Steps[from].Kind != kind)
                    from++;
                if (!steps.ContainsKey(node.Id))
                    steps[node.Id] = Math.Min(from, last);
                if (isPass)
                    from++;
            }
        }
    }

    private sealed class ReferenceComparer : IEqualityComparer<FlatUse>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals(FlatUse? one, FlatUse? other) => ReferenceEquals(one, other);

        public int GetHashCode(FlatUse use) => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(use);
    }
}
