using System.Collections.Immutable;
using Blockwright.Graph;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>
/// The values of a network as lists of rows. Split takes a slice of a list, Concat joins lists, ChannelShuffle permutes one: the one idea.
/// </summary>
internal sealed class ValueRows
{
    private readonly ImmutableArray<Row>[] _rows;

    public ValueRows(FlatGraph graph, IReadOnlyDictionary<int, int> tensorOfNode)
    {
        _rows = new ImmutableArray<Row>[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            if (tensorOfNode.TryGetValue(node.Id, out var tensor))
                _rows[node.Id] = Enumerable.Range(0, node.Channels).Select(channel => new Row(tensor, channel)).ToImmutableArray();
            else if (node.IsSlice)
                _rows[node.Id] = _rows[node.Inputs[0]].Skip(node.Start).Take(node.Channels).ToImmutableArray();
            else if (node.Join == JoinKind.Concat)
                _rows[node.Id] = node.Inputs.SelectMany(each => _rows[each]).ToImmutableArray();
            else if (graph.RenamingOf(node) is { } source)
                _rows[node.Id] = Enumerable.Range(0, node.Channels).Select(channel => _rows[node.Inputs[0]][source(channel)]).ToImmutableArray();
        }
    }

    /// <summary>A value's rows; none for what only an operation's epilogue has.</summary>
    public ImmutableArray<Row> this[int node] => _rows[node];
}
