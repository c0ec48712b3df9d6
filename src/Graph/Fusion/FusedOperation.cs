using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>
/// What one kernel computes: a node and those behind it that its epilogue takes in; or a chain of nodes on values of any sizes, for which there are kernels (<see cref="Arrangement"/>), or which torch computes between them (<see cref="Island"/>). Splits, concatenations, shuffles and dropouts are no operations: they
/// only rename channels.
/// </summary>
/// <param name="Kernel">What it computes.</param>
/// <param name="Nodes">The nodes it covers, in order.</param>
/// <param name="Operands">The values it reads; those of the epilogue come last.</param>
/// <param name="Norm">The batch norm that is folded in, or stands by itself.</param>
/// <param name="Epilogue">What is done to each element before it is written, in order.</param>
public sealed record FusedOperation(Kernel Kernel, ImmutableArray<FlatNode> Nodes, ImmutableArray<int> Operands, FlatNode? Norm, ImmutableArray<EpilogueStep> Epilogue)
{
    /// <summary>The branches whose weights are added to those of the <see cref="First"/> convolution; none for most.</summary>
    public ImmutableArray<SumBranch> Summed { get; init; } = ImmutableArray<SumBranch>.Empty;

    /// <summary>What it is where torch computes it; null where a kernel does.</summary>
    public NodeChain? Island { get; init; }

    /// <summary>What it is where kernels do it to values of any sizes; else null.</summary>
    public NodeChain? Arrangement { get; init; }

    public FlatNode First => Nodes[0];

    public FlatNode Result => Nodes[Nodes.Length - 1];

    /// <summary>Whether one of its operations is a node's alone.</summary>
    public bool StartsAt(FlatNode node) => First.Id == node.Id;

    /// <summary>The operations of a network, in an order in which each comes after what it reads.</summary>
    public static ImmutableArray<FusedOperation> Of(FlatGraph graph, FusionRules rules, CancellationToken cancellation = default)
    {
        var covered = new HashSet<int>();
        var operations = new List<FusedOperation>();
        var islands = Islands.In(graph, rules, cancellation);
        operations.AddRange(islands.All.Select(static island => Of(KernelKind.Island, island) with { Island = island }));
        operations.AddRange(islands.Arranged.Select(static chain => Of(KernelKind.Permute, chain) with { Arrangement = chain }));
        covered.UnionWith(operations.SelectMany(static operation => operation.Nodes).Select(static node => node.Id));
        var sums = ConvolutionSum.In(graph, rules, cancellation);
        foreach (var sum in sums.Values)
            covered.UnionWith(sum.Nodes.Select(static node => node.Id));
        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (sums.TryGetValue(node.Id, out var sum))
                operations.Add(new Cover(graph, rules, sum, covered).Operation);
            else if (!covered.Contains(node.Id) && rules.KernelOf(graph, node) is { } kernel)
                operations.Add(new Cover(graph, rules, kernel, node, covered).Operation);
        }
        // An operation with a residual waits for it: it stands where its last node does.
        return operations.OrderBy(static operation => operation.Result.Id).ToImmutableArray();
    }

    private static FusedOperation Of(KernelKind kind, NodeChain chain) => new(new Kernel(kind), chain.Nodes, chain.Inputs.Select(static input => input.Id).ToImmutableArray(), null, ImmutableArray<EpilogueStep>.Empty);

    /// <summary>Takes in what stands behind a node as far as the device's kernel can.</summary>
    private readonly ref struct Cover
    {
        private readonly FlatGraph _graph;
        private readonly List<FlatNode> _nodes;

        public Cover(FlatGraph graph, FusionRules rules, Kernel kernel, FlatNode first, HashSet<int> covered)
        {
            _graph = graph;
            _nodes = [first];
            var operands = first.Read.ToList();
            var epilogue = ImmutableArray.CreateBuilder<EpilogueStep>();
            var norm = kernel.Kind == KernelKind.Affine ? first : null;
            if (rules.TakeNorm.Contains(kernel.Kind) && Next() is ({ } behind, _) && graph.KernelOf(behind) is { Kind: KernelKind.Affine })
                _nodes.Add(norm = behind);
            if (rules.TakeResidual.Contains(kernel.Kind) && Next() is ({ Inputs.Length: 2 } add, var value) && graph.IsPlainSum(add) && !covered.Contains(add.Id))
            {
                operands.Add(add.Inputs[0] == value ? add.Inputs[1] : add.Inputs[0]);
                epilogue.Add(EpilogueStep.Add);
                _nodes.Add(add);
            }
            Operation = Finish(rules, new(kernel, ImmutableArray<FlatNode>.Empty, operands.ToImmutableArray(), norm, epilogue.ToImmutable()), covered);
        }

        public Cover(FlatGraph graph, FusionRules rules, ConvolutionSum sum, HashSet<int> covered)
        {
            _graph = graph;
            _nodes = sum.Nodes.ToList();
            var operands = ImmutableArray.Create(sum.Widest.Source);
            var operation = new FusedOperation(sum.Kernel, ImmutableArray<FlatNode>.Empty, operands, sum.Widest.Norm, ImmutableArray<EpilogueStep>.Empty) { Summed = sum.Others };
            if (sum.Rest is { } rest)
                operation = operation with { Operands = operands.Add(rest), Epilogue = ImmutableArray.Create(EpilogueStep.Add) };
            Operation = Finish(rules, operation, covered);
        }

        public FusedOperation Operation { get; }

        private FlatNode Last => _nodes[_nodes.Count - 1];

        private FusedOperation Finish(FusionRules rules, FusedOperation operation, HashSet<int> covered)
        {
            if (rules.TakeActivation.Contains(operation.Kernel.Kind) && Next() is ({ } activation, _) && _graph.KernelOf(activation) is { Kind: KernelKind.Activation, Function: { } function })
            {
                operation = operation with { Epilogue = operation.Epilogue.Add(EpilogueStep.Apply(function)) };
                _nodes.Add(activation);
            }
            covered.UnionWith(_nodes.Select(static each => each.Id));
            return operation with { Nodes = _nodes.ToImmutableArray() };
        }

        /// <summary>The node that alone reads what the last one gives, and the value in which it does: what is there for training alone is passed by.</summary>
        private (FlatNode? Node, int Value) Next()
        {
            var (value, next) = (Last.Id, _graph.OnlyConsumer(Last.Id));
            while (next is { Layer.IsOnlyForTraining: true })
                (value, next) = (next.Id, _graph.OnlyConsumer(next.Id));
            return (next, value);
        }
    }
}

/// <summary>One thing that an epilogue does to each element: adds the next operand, or applies a function.</summary>
/// <param name="Function">The function; null for a sum.</param>
public sealed record EpilogueStep(PlanFunction? Function)
{
    public static EpilogueStep Add { get; } = new((PlanFunction?)null);

    public bool IsAdd => Function is null;

    public static EpilogueStep Apply(PlanFunction function) => new(function);
}
