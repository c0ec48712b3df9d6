using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>A node of a network whose blocks are opened: keys are whole, shapes are numbers.</summary>
/// <param name="Layer">The layer, of a layer's node.</param>
/// <param name="Key">The layer's key in the network's state dict.</param>
/// <param name="Join">How the inputs are joined, of a join.</param>
/// <param name="Start">The first channel, of a part of a split.</param>
public sealed record FlatNode(int Id, ImmutableArray<int> Inputs, Shape Shape, Layer? Layer = null, string Key = "", JoinKind? Join = null, int Start = 0)
{
    public int Channels => (int)Shape.Channels.Constant!;

    public bool IsSlice => Layer is null && Join is null && Inputs.Length == 1;
}

/// <summary>A network as one list of nodes, whatever blocks it is made of.</summary>
public sealed class FlatGraph
{
    private readonly List<FlatNode> _nodes = [];
    private readonly List<List<int>> _consumers = [];

    private FlatGraph(BlockGraph network)
    {
        Add(new FlatNode(0, ImmutableArray<int>.Empty, network.Input));
        Output = Open(network, 0, "");
    }

    public IReadOnlyList<FlatNode> Nodes => _nodes;

    public int Output { get; }

    /// <summary>Opens a graph all of whose numbers are known.</summary>
    public static FlatGraph Of(BlockGraph network) => new(network);

    /// <summary>The one node that reads a value, if there is just one and the value is not the result.</summary>
    public FlatNode? OnlyConsumer(int node) => _consumers[node] is [var only] && node != Output ? _nodes[only] : null;

    private int Add(FlatNode node)
    {
        _nodes.Add(node);
        _consumers.Add([]);
        foreach (var input in node.Inputs)
            _consumers[input].Add(node.Id);
        return node.Id;
    }

    private int Open(BlockGraph graph, int input, string prefix)
    {
        var opened = new int[graph.Nodes.Length];
        opened[0] = input;
        foreach (var node in graph.Nodes.Skip(1))
        {
            var inputs = node.Inputs.Select(each => opened[each]).ToImmutableArray();
            opened[node.Id] = node switch
            {
                LayerNode layer => Add(new(_nodes.Count, inputs, layer.Shape, Layer: layer.Layer, Key: layer.Key is null ? "" : prefix + layer.Key)),
                SliceNode slice => Add(new(_nodes.Count, inputs, slice.Shape, Start: (int)slice.Start.Constant!)),
                JoinNode join => Add(new(_nodes.Count, inputs, join.Shape, Join: join.Kind)),
                ApplyNode apply => Open(apply.Use.Graph, inputs[0], $"{prefix}{apply.Key}."),
                StageNode stage => stage.Known.Select((unit, i) => (unit, i)).Aggregate(inputs[0], (value, each) => Open(each.unit.Graph, value, $"{prefix}{stage.Keys.Key(each.i)}.")),
                var other => throw new InvalidOperationException($"A plan cannot hold {other.GetType().Name}."),
            };
        }
        return opened[graph.Output];
    }
}
