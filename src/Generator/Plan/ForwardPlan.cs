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
/// <param name="Operations">In order; those that only results of training need stand together.</param>
/// <param name="Results">What is returned: a variable for each of the graph's results.</param>
/// <param name="Inputs">What comes in.</param>
internal sealed record ForwardPlan(ImmutableArray<Operation> Operations, ImmutableArray<PlannedResult> Results, ImmutableArray<PlannedInput> Inputs)
{
    /// <summary>What the one input is called.</summary>
    public const string Input = "input";

    /// <summary>What several are called together.</summary>
    public const string AllInputs = "inputs";

    public static ForwardPlan Of(BlockGraph graph, PlanKind kind, CancellationToken cancellation = default)
    {
        var isInferred = NeededInInference(graph);
        var nodes = kind == PlanKind.Snapshot ? graph.Nodes.Where(node => isInferred[node.Id]).ToImmutableArray() : graph.Nodes;
        var results = kind == PlanKind.Snapshot ? graph.Results.Where(static result => !result.IsTrainingOnly).ToImmutableArray() : graph.Results;
        var consumers = Consumers(graph, nodes, results);
        var readers = LastReaders(graph, nodes);
        var names = new VariableNames();
        var variables = new string[graph.Nodes.Length];
        foreach (var input in graph.Inputs)
            variables[input.Id] = graph.Inputs.Length == 1 ? Input : names.Next(input.Name);
        var operations = new List<Operation>();
        var covered = new HashSet<int>();
        var named = graph.Named.ToLookup(static value => value.Node, static value => value.Name);
        // The number of the operation, from 1 on; what comes in has the others.
        var made = new int[graph.Nodes.Length];
        for (var i = 0; i < graph.Inputs.Length; i++)
            made[i] = -i;
        var ofInputs = graph.Inputs.Select(input => named[input.Id].ToList()).ToList();
        foreach (var node in nodes.Skip(graph.Inputs.Length))
        {
            cancellation.ThrowIfCancellationRequested();
            if (covered.Contains(node.Id))
                continue;
            if (kind == PlanKind.Snapshot && node is LayerNode { Layer.IsOnlyForTraining: true } idle)
            {
                variables[node.Id] = variables[idle.Source];
                made[node.Id] = made[idle.Source];
                Name(made[node.Id], node);
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
            var others = node is ApplyNode { Use.HasResults: true } apply ? graph.Nodes.OfType<ResultNode>().Where(other => other.Source == apply.Id).ToList() : [];
            foreach (var other in others)
                variables[other.Id] = names.Next(other.Name);
            operations.Add(operation with { Inputs = inputs, IsTrainingOnly = !isInferred[operation.Last.Id], Others = others.Select(other => variables[other.Id]).ToImmutableArray() });
            foreach (var given in others.Prepend(operation.Last))
            {
                covered.Add(given.Id);
                made[given.Id] = operations.Count;
                Name(operations.Count, given);
            }
        }
        return WithReleases(Together(operations, graph), graph.Results.Select(result => new PlannedResult(kind == PlanKind.Snapshot && result.IsTrainingOnly ? "" : variables[result.Node], result.IsTrainingOnly, result.IsTrainingOnly ? names.Next(char.ToLowerInvariant(result.Name[0]) + result.Name.Substring(1)) : "")).ToImmutableArray(), graph.Inputs.Select(input => new PlannedInput(variables[input.Id], ofInputs[input.Id].ToImmutableArray())).ToImmutableArray());

        // What the snapshot leaves out is what comes in there.
        void Name(int operation, Node node)
        {
            if (operation <= 0)
                ofInputs[-operation].AddRange(named[node.Id]);
            else
                operations[operation - 1] = operations[operation - 1] with { Named = operations[operation - 1].Named.AddRange(named[node.Id].Select(name => (name, variables[node.Id]))) };
        }
    }

    /// <summary>Which nodes are computed in inference: all but those that only results of training need.</summary>
    private static bool[] NeededInInference(BlockGraph graph)
    {
        var isNeeded = new bool[graph.Nodes.Length];
        foreach (var input in graph.Inputs)
            isNeeded[input.Id] = true;
        if (!graph.Results.Any(static result => result.IsTrainingOnly))
        {
            for (var i = 0; i < isNeeded.Length; i++)
                isNeeded[i] = true;
            return isNeeded;
        }
        foreach (var result in graph.Results.Where(static result => !result.IsTrainingOnly))
            isNeeded[result.Node] = true;
        for (var i = isNeeded.Length - 1; i >= graph.Inputs.Length; i--)
        {
            foreach (var input in isNeeded[i] ? graph.Nodes[i].Inputs : ImmutableArray<int>.Empty)
                isNeeded[input] = true;
        }
        return isNeeded;
    }

    /// <summary>What is computed in training alone, as one piece: as soon as all that it reads, or gives as it is, is there.</summary>
    private static List<Operation> Together(List<Operation> operations, BlockGraph graph)
    {
        var training = operations.Where(static operation => operation.IsTrainingOnly).ToList();
        if (training.Count == 0)
            return operations;
        var given = graph.Results.Where(static result => result.IsTrainingOnly).Select(static result => result.Node);
        var read = new HashSet<int>(training.SelectMany(static operation => operation.Nodes).SelectMany(static node => node.Inputs).Concat(given).Select(node => graph.Nodes[node] is ResultNode other ? other.Source : node));
        var always = operations.Where(static operation => !operation.IsTrainingOnly).ToList();
        always.InsertRange(always.FindLastIndex(operation => operation.Nodes.Any(node => read.Contains(node.Id))) + 1, training);
        return always;
    }

    private static int[] Consumers(BlockGraph graph, IEnumerable<Node> nodes, IEnumerable<GraphResult> results)
    {
        var count = new int[graph.Nodes.Length];
        foreach (var input in nodes.SelectMany(static node => node.Inputs))
            count[input]++;
        foreach (var result in results)
            count[result.Node]++;
        return count;
    }

    /// <summary>For each node one that reads it: where there is just one, that one.</summary>
    private static Node?[] LastReaders(BlockGraph graph, IEnumerable<Node> nodes)
    {
        var readers = new Node?[graph.Nodes.Length];
        foreach (var node in nodes)
        {
            foreach (var input in node.Inputs)
                readers[input] = node;
        }
        return readers;
    }

    /// <summary>The operation that starts at a node: alone, or with the nodes behind it that it takes in.</summary>
    private static Operation Cover(BlockGraph graph, Node node, PlanKind kind, int[] consumers, Node?[] readers)
    {
        // What may be left out is covered only with what is there just when it is.
        var next = consumers[node.Id] == 1 && readers[node.Id] is LayerNode reader && reader.When.Equals(node.When) ? reader : null;
        if (node is JoinNode { Kind: JoinKind.Concat } && next is { Layer.CoversConcat: true } && !graph.Named.Any(value => value.Node == node.Id))
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

        // What is left out gives what came in.
        bool IsFree(int input) => consumers[input] == 1 && graph.Nodes[input] is { When.Known: true } && graph.Nodes[input] switch
        {
            LayerNode made => May(made.Layer.Yields),
            JoinNode => true,
            _ => false,
        };

        bool May(Overwriting when) => when == Overwriting.Always || (when == Overwriting.InInference && kind == PlanKind.Snapshot);
    }

    private static ForwardPlan WithReleases(List<Operation> operations, ImmutableArray<PlannedResult> results, ImmutableArray<PlannedInput> inputs)
    {
        var alive = new HashSet<string>(results.Select(static result => result.Value).Concat(inputs.Select(static input => input.Variable)), StringComparer.Ordinal);
        for (var i = operations.Count - 1; i >= 0; i--)
        {
            var (result, others) = (operations[i].Result, operations[i].Others);
            var unread = others.IsEmpty ? [] : others.Prepend(result).Where(variable => !alive.Contains(variable)).ToList();
            var last = operations[i].Inputs.Distinct().Where(variable => variable != result && alive.Add(variable));
            operations[i] = operations[i] with { Releases = last.Concat(unread).ToImmutableArray() };
        }
        return new(operations.ToImmutableArray(), results, inputs);
    }
}

/// <summary>One of the values that come in.</summary>
/// <param name="Variable">Its variable.</param>
/// <param name="Names">The names that it may be asked for by.</param>
internal sealed record PlannedInput(string Variable, ImmutableArray<string> Names);

/// <summary>One of the values that are returned.</summary>
/// <param name="Value">The variable; empty where it is not computed.</param>
/// <param name="IsTrainingOnly">Whether it is there in training alone.</param>
/// <param name="Holder">The variable that holds it in training, and null else; empty where it is there always.</param>
internal sealed record PlannedResult(string Value, bool IsTrainingOnly, string Holder);

/// <summary>One operation.</summary>
/// <param name="Nodes">What it covers, in order; the first one's inputs are the operation's, the last one's value is its result.</param>
/// <param name="Overwrites">The number of the input that it overwrites, or -1.</param>
internal sealed record Operation(ImmutableArray<Node> Nodes, int Overwrites = -1)
{
    public ImmutableArray<string> Inputs { get; init; } = ImmutableArray<string>.Empty;

    public string Result { get; init; } = "";

    /// <summary>The variables of its further results, of a block with several.</summary>
    public ImmutableArray<string> Others { get; init; } = ImmutableArray<string>.Empty;

    /// <summary>The names that its results may be asked for by, each with its variable.</summary>
    public ImmutableArray<(string Name, string Variable)> Named { get; init; } = ImmutableArray<(string, string)>.Empty;

    /// <summary>Whether only results of training need it.</summary>
    public bool IsTrainingOnly { get; init; }

    /// <summary>The variables that nothing reads from here on.</summary>
    public ImmutableArray<string> Releases { get; init; } = ImmutableArray<string>.Empty;

    public Node First => Nodes[0];

    public Node Last => Nodes[Nodes.Length - 1];
}
