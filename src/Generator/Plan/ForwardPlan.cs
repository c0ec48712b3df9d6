using System.Collections.Immutable;
using Blockwright.Graph;

namespace Blockwright.Generator.Plan;

internal enum PlanKind
{
    /// <summary>The module's own forward: right in training, differentiable.</summary>
    Module,

    /// <summary>A snapshot for inference.</summary>
    Snapshot,
}

/// <summary>
/// A graph as a list of operations on variables: which nodes one operation covers, what may be overwritten, and when a variable is freed.
/// </summary>
/// <param name="Result">The variable that is returned.</param>
internal sealed record ForwardPlan(ImmutableArray<Operation> Operations, string Result)
{
    public const string Input = "input";

    public static ForwardPlan Of(BlockGraph graph, PlanKind kind, CancellationToken cancellation = default)
    {
        var consumers = Consumers(graph);
        var readers = LastReaders(graph);
        var names = new VariableNames();
        var variables = new string[graph.Nodes.Length];
        variables[0] = Input;
        var operations = new List<Operation>();
        var covered = new HashSet<int>();
        foreach (var node in graph.Nodes.Skip(1))
        {
            cancellation.ThrowIfCancellationRequested();
            if (covered.Contains(node.Id))
                continue;
            if (kind == PlanKind.Snapshot && node is LayerNode { Layer.IsOnlyForTraining: true } idle)
            {
                variables[node.Id] = variables[idle.Source];
                continue;
            }
            var operation = Cover(graph, node, kind, consumers, readers);
            covered.UnionWith(operation.Nodes.Select(static each => each.Id));
            var inputs = operation.Nodes[0].Inputs.Select(input => variables[input]).ToImmutableArray();
            if (operation.Overwrites >= 0)
                operation = operation with { Result = inputs[operation.Overwrites] };
            else
                operation = operation with { Result = names.Next(operation.Last.Name) };
            variables[operation.Last.Id] = operation.Result;
            operations.Add(operation with { Inputs = inputs });
        }
        return WithReleases(operations, variables[graph.Output]);
    }

    private static int[] Consumers(BlockGraph graph)
    {
        var count = new int[graph.Nodes.Length];
        foreach (var input in graph.Nodes.SelectMany(static node => node.Inputs))
            count[input]++;
        count[graph.Output]++;
        return count;
    }

    /// <summary>For each node one that reads it: where there is just one, that one.</summary>
    private static Node?[] LastReaders(BlockGraph graph)
    {
        var readers = new Node?[graph.Nodes.Length];
        foreach (var node in graph.Nodes)
        {
            foreach (var input in node.Inputs)
                readers[input] = node;
        }
        return readers;
    }

    /// <summary>The operation that starts at a node: alone, or with the nodes behind it that it takes in.</summary>
    private static Operation Cover(BlockGraph graph, Node node, PlanKind kind, int[] consumers, Node?[] readers)
    {
        var next = consumers[node.Id] == 1 ? readers[node.Id] as LayerNode : null;
        if (node is JoinNode { Kind: JoinKind.Concat } && next is { Layer.CoversConcat: true })
            return new(ImmutableArray.Create(node, next));
        if (kind == PlanKind.Snapshot && node is LayerNode { Layer.Module.TakesNorm: true } && next is { Layer.Module.IsNorm: true })
            return new(ImmutableArray.Create(node, next));
        return new(ImmutableArray.Create(node), Overwritten(graph, node, kind, consumers));
    }

    /// <summary>Which input the operation may overwrite, or -1: one that nobody else reads, in memory of its own, whose gradient does not need it.</summary>
    private static int Overwritten(BlockGraph graph, Node node, PlanKind kind, int[] consumers)
    {
        if (node is LayerNode { Layer: var layer } && May(layer.Overwriting))
            return IsFree(node.Inputs[0]) ? 0 : -1;
        if (kind == PlanKind.Snapshot && node is JoinNode { Kind: JoinKind.Add or JoinKind.Multiply })
        {
            for (var i = 0; i < node.Inputs.Length; i++)
            {
                if (IsFree(node.Inputs[i]) && graph.Nodes[node.Inputs[i]].Shape == node.Shape)
                    return i;
            }
        }
        return -1;

        bool IsFree(int input) => consumers[input] == 1 && graph.Nodes[input] switch
        {
            LayerNode made => May(made.Layer.Yields),
            JoinNode => true,
            _ => false,
        };

        bool May(Overwriting when) => when == Overwriting.Always || (when == Overwriting.InInference && kind == PlanKind.Snapshot);
    }

    private static ForwardPlan WithReleases(List<Operation> operations, string result)
    {
        var alive = new HashSet<string>(StringComparer.Ordinal) { Input, result };
        for (var i = operations.Count - 1; i >= 0; i--)
        {
            var last = operations[i].Inputs.Distinct().Where(variable => variable != operations[i].Result && alive.Add(variable)).ToImmutableArray();
            operations[i] = operations[i] with { Releases = last };
        }
        return new(operations.ToImmutableArray(), result);
    }
}

/// <summary>One operation.</summary>
/// <param name="Nodes">What it covers, in order; the first one's inputs are the operation's, the last one's value is its result.</param>
/// <param name="Overwrites">The number of the input that it overwrites, or -1.</param>
internal sealed record Operation(ImmutableArray<Node> Nodes, int Overwrites = -1)
{
    public ImmutableArray<string> Inputs { get; init; } = ImmutableArray<string>.Empty;

    public string Result { get; init; } = "";

    /// <summary>The variables that nothing reads from here on.</summary>
    public ImmutableArray<string> Releases { get; init; } = ImmutableArray<string>.Empty;

    public Node First => Nodes[0];

    public Node Last => Nodes[Nodes.Length - 1];
}
