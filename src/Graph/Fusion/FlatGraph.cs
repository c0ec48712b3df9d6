using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>A node of a network whose blocks are opened: keys are whole, shapes are numbers.</summary>
/// <param name="Layer">The layer, of a layer's node.</param>
/// <param name="Key">The layer's key in the network's state dict.</param>
/// <param name="Join">How the inputs are joined, of a join.</param>
/// <param name="Start">The first channel, of a part of a split.</param>
/// <param name="Origin">The node of the network's or a block's own graph: where it is declared.</param>
/// <param name="Use">The use of the block that it is part of.</param>
public sealed record FlatNode(int Id, ImmutableArray<int> Inputs, Shape Shape, Node Origin, FlatUse Use, Layer? Layer = null, string Key = "", JoinKind? Join = null, int Start = 0)
{
    public int Channels => (int)Shape.Channels.Constant!;

    /// <summary>What it is, for people.</summary>
    public string Describe() => Layer?.Describe() ?? $"{Join} over {Shape}, over which a value is spread";

    public bool IsSlice => Layer is null && Join is null && Inputs.Length == 1;

    /// <summary>The values whose elements it reads: of another a layer may read the height and width alone.</summary>
    public IEnumerable<int> Read => Layer is null ? Inputs : Inputs.Take(1);
}

/// <summary>A block where a network uses it, or the network itself.</summary>
/// <param name="Outer">The use of the block that it stands in; null for the network.</param>
/// <param name="Site">The Apply or the Stage.</param>
/// <param name="Path">Its key in the network, without a dot at the end; empty for the network.</param>
public sealed record FlatUse(FlatUse? Outer, BlockGraph Graph, Node? Site, string Path)
{
    public string Prefix => Path.Length == 0 ? "" : Path + ".";
}

/// <summary>A network as one list of nodes, whatever blocks it is made of.</summary>
public sealed class FlatGraph
{
    private readonly List<FlatNode> _nodes = [];
    private readonly List<Kernel?> _kernels = [];
    private readonly List<List<int>> _consumers = [];
    private readonly List<NamedValue> _blocks = [];

    // Nobody has to read all values of a block that gives several.
    private bool _isPartlyRead;

    private FlatGraph(BlockGraph network, CancellationToken cancellation)
    {
        var use = new FlatUse(null, network, null, "");
        foreach (var input in network.Inputs)
            Add(new FlatNode(input.Id, ImmutableArray<int>.Empty, input.Shape, input, use));
        InputCount = _nodes.Count;
        var opened = Open(use, 0, cancellation);
        var results = network.Results.Select(result => result with { Node = opened[result.Node] }).ToImmutableArray();
        var own = new HashSet<string>(network.Named.Select(static value => value.Name), StringComparer.Ordinal);
        Named = network.Named.Select(value => value with { Node = opened[value.Node] }).Concat(_blocks.Where(block => !own.Contains(block.Name))).OrderBy(static value => value.Node).ToImmutableArray();
        Results = _isPartlyRead || results.Any(static result => result.IsTrainingOnly) ? KeepInference(results) : results;
        foreach (var node in _nodes)
            Connect(node);
    }

    /// <summary>The nodes, in an order in which each comes after its inputs; of what is computed in training alone there is none.</summary>
    public IReadOnlyList<FlatNode> Nodes => _nodes;

    /// <summary>How many of the first nodes come in.</summary>
    public int InputCount { get; }

    /// <summary>The nodes that are computed of others.</summary>
    public IEnumerable<FlatNode> Made => _nodes.Skip(InputCount);

    /// <summary>What comes out in inference.</summary>
    public ImmutableArray<GraphResult> Results { get; }

    /// <summary>The values that may be asked for by a name or a key: the network's own, and what each block gives, in the order in which they come about.</summary>
    public ImmutableArray<NamedValue> Named { get; private set; }

    /// <summary>The first result's node.</summary>
    public int Output => Results[0].Node;

    /// <summary>The results' shapes, for people.</summary>
    public string ResultText => GraphResult.Text(Results, result => Nodes[result.Node].Shape);

    /// <summary>Opens a graph all of whose numbers are known, and which is not too large (see <see cref="NetworkLimits"/>).</summary>
    public static FlatGraph Of(BlockGraph network, CancellationToken cancellation = default) => new(network, cancellation);

    /// <summary>The one node that reads a value, if there is just one and the value is not the result.</summary>
    public FlatNode? OnlyConsumer(int node) => _consumers[node] is [var only] && !IsResult(node) ? _nodes[only] : null;

    /// <summary>Whether a value is one of the results.</summary>
    public bool IsResult(int node)
    {
        // Asked of each node, by rules while somebody types.
        foreach (var result in Results)
        {
            if (result.Node == node)
                return true;
        }
        return false;
    }

    /// <summary>What a kernel computes for a node; null where it only renames channels, or where there is none (see <see cref="Islands"/>).</summary>
    public Kernel? KernelOf(FlatNode node) => _kernels[node.Id];

    /// <summary>Where in its input each channel of a layer that only renames is; null for any other node.</summary>
    public Func<int, int>? RenamingOf(FlatNode node) => node.Layer?.Renaming(Nodes[node.Inputs[0]].Shape);

    /// <summary>Whether a node's value is computed: a split, a concatenation and a layer that only renames give channels other names.</summary>
    public bool IsComputed(FlatNode node) => node.Layer is not null ? RenamingOf(node) is null : node.Join is JoinKind.Add or JoinKind.Multiply;

    /// <summary>The nodes that read a value.</summary>
    public IReadOnlyList<int> Consumers(int node) => _consumers[node];

    private int Add(FlatNode node)
    {
        _nodes.Add(node);
        return node.Id;
    }

    /// <summary>Drops what only results of training need, or nobody; the others get new numbers.</summary>
    private ImmutableArray<GraphResult> KeepInference(ImmutableArray<GraphResult> results)
    {
        var isNeeded = new bool[_nodes.Count];
        for (var i = 0; i < InputCount; i++)
            isNeeded[i] = true;
        foreach (var result in results.Where(static result => !result.IsTrainingOnly))
            isNeeded[result.Node] = true;
        for (var i = _nodes.Count - 1; i >= InputCount; i--)
        {
            if (!isNeeded[i])
                continue;
            foreach (var input in _nodes[i].Inputs)
                isNeeded[input] = true;
        }
        var all = _nodes.ToList();
        var number = Enumerable.Repeat(-1, all.Count).ToArray();
        _nodes.Clear();
        foreach (var node in all.Where(node => isNeeded[node.Id]))
            number[node.Id] = Add(node with { Id = _nodes.Count, Inputs = node.Inputs.Select(input => number[input]).ToImmutableArray() });
        Named = Named.Select(value => value with { Node = number[value.Node] }).ToImmutableArray();
        return results.Where(static result => !result.IsTrainingOnly).Select(result => result with { Node = number[result.Node] }).ToImmutableArray();
    }

    /// <summary>Whether a sum's or product's kernel has something to spread over: an operand of the result's shape, beside which the others are alike, a pixel with a number for each channel, or a map with one for each pixel.</summary>
    private bool IsSpreadOverOne(FlatNode node)
    {
        var inputs = node.Inputs.Select(input => _nodes[input].Shape).ToList();
        return inputs.Exists(input => IsAlike(input, node.Shape)) && inputs.TrueForAll(input => input.Channels.Equals(node.Shape.Channels) || (!input.IsFlat && IsOfOneSize(input, node.Shape)));
    }

    /// <summary>Whether one is not spread over the other.</summary>
    private static bool IsAlike(Shape one, Shape other) => one.Channels.Equals(other.Channels) && IsOfOneSize(one, other);

    /// <summary>Whether both are pixels, at the declared size and at any, or neither is.</summary>
    private static bool IsOfOneSize(Shape one, Shape other) => one.IsPoint == other.IsPoint && one.IsAlwaysPoint == other.IsAlwaysPoint;

    /// <summary>Whether an operand of a sum or product has its result's shape, so that nothing spreads it.</summary>
    public bool IsWhole(FlatNode join, int operand) => IsAlike(_nodes[operand].Shape, join.Shape);

    /// <summary>Whether a node is a sum of values of one shape.</summary>
    public bool IsPlainSum(FlatNode node) => node.Join == JoinKind.Add && node.Inputs.All(input => IsWhole(node, input));

    private void Connect(FlatNode node)
    {
        _kernels.Add(node switch
        {
            { Layer: { } layer } => layer.Kernel(_nodes[node.Inputs[0]].Shape),
            { Join: JoinKind.Add } when IsSpreadOverOne(node) => new(KernelKind.Add),
            { Join: JoinKind.Multiply } when IsSpreadOverOne(node) => new(KernelKind.Multiply),
            _ => null,
        });
        _consumers.Add([]);
        foreach (var input in node.Read)
            _consumers[input].Add(node.Id);
    }

    /// <summary>The node of each of a block's.</summary>
    private int[] Open(FlatUse use, int input, CancellationToken cancellation)
    {
        var (graph, prefix) = (use.Graph, use.Prefix);
        var opened = new int[graph.Nodes.Length];
        var results = new Dictionary<int, ImmutableArray<int>>();
        opened[0] = input;
        foreach (var node in graph.Nodes.Skip(1))
        {
            cancellation.ThrowIfCancellationRequested();
            var inputs = node.Inputs.Select(each => opened[each]).ToImmutableArray();
            opened[node.Id] = node switch
            {
                InputNode other => other.Id, // a network's, which come first
                LayerNode layer => Add(new(_nodes.Count, inputs, layer.Shape, layer, use, Layer: layer.Layer, Key: layer.Key is null ? "" : prefix + layer.Key)),
                SliceNode slice => Add(new(_nodes.Count, inputs, slice.Shape, slice, use, Start: (int)slice.Start.Constant!)),
                JoinNode join => Add(new(_nodes.Count, inputs, join.Shape, join, use, Join: join.Kind)),
                ApplyNode apply => (results[apply.Id] = OpenBlock(new(use, apply.Use.Graph, apply, prefix + apply.Key), inputs[0], cancellation))[0],
                ResultNode other => results[other.Source][other.Index],
                StageNode stage => OpenStage(use, stage, inputs[0], cancellation),
                var other => throw new InvalidOperationException($"A plan cannot hold {other.GetType().Name}."),
            };
        }
        return opened;
    }

    /// <summary>The nodes of a block's results. What one of several is called says its user.</summary>
    private ImmutableArray<int> OpenBlock(FlatUse use, int input, CancellationToken cancellation)
    {
        var opened = Open(use, input, cancellation);
        var results = use.Graph.Results.Select(result => opened[result.Node]).ToImmutableArray();
        if (results.Length == 1)
            _blocks.Add(new(use.Path, results[0]));
        else
            _isPartlyRead = true;
        return results;
    }

    private int OpenStage(FlatUse use, StageNode stage, int input, CancellationToken cancellation)
    {
        var results = ImmutableArray.CreateBuilder<int>();
        for (var i = 0; i < stage.Known.Length; i++)
            results.Add(input = OpenBlock(new(use, stage.Known[i].Graph, stage, use.Prefix + stage.Keys.Key(i)), input, cancellation)[0]);
        return stage.IsCollecting && results.Count > 1 ? Add(new(_nodes.Count, results.ToImmutable(), stage.Shape, stage, use, Join: JoinKind.Concat)) : input;
    }
}
