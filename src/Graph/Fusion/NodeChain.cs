using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>Nodes in a row, each reading the one before it, between whose first and last no value is a map or features: what no kernel's memory for those holds.</summary>
/// <param name="Nodes">In order: between two of them only one value passes.</param>
/// <param name="Inputs">What gives the values that it reads, each a map or features.</param>
public sealed record NodeChain(ImmutableArray<FlatNode> Nodes, ImmutableArray<FlatNode> Inputs)
{
    public FlatNode First => Nodes[0];

    public FlatNode Result => Nodes[Nodes.Length - 1];

    /// <summary>What it computes, for people.</summary>
    public string Words => string.Join(", then ", Nodes.Select(static node => node.Describe()));

    /// <summary>The same with its place in the network, where that has a name.</summary>
    public string Placed => (First.Key.Length > 0 ? First.Key + ": " : First.Use.Path.Length > 0 ? First.Use.Path + ": " : "") + Words;

    /// <summary>What kernels do for each of the nodes; null where there are none for one of them.</summary>
    public EquatableArray<Arranged>? Arranged(FlatGraph graph)
    {
        var layers = Nodes.Select(node => node.Layer?.Arranged(graph.Nodes[node.Inputs[0]].Shape)).ToList();
        return layers.Contains(null) ? null : layers.OfType<Arranged>().ToEquatableArray();
    }

    /// <summary>What is before a node up to the last value that is a map or features. A value that two chains need in the making is made in each.</summary>
    public static NodeChain EndingAt(FlatGraph graph, FlatNode node)
    {
        var nodes = new Stack<FlatNode>([node]);
        while (graph.Nodes[nodes.Peek().Inputs[0]] is { Shape.IsHeld: false } before)
            nodes.Push(before);
        return new(nodes.ToImmutableArray(), nodes.Peek().Read.Select(input => graph.Nodes[input]).ToImmutableArray());
    }
}
