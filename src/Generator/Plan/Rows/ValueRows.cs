using System.Collections.Immutable;
using Blockwright.Graph;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>
/// The values of a network as lists of rows. Split takes a slice of a list, Concat joins lists, ChannelShuffle permutes one: the one idea.
/// </summary>
internal sealed class ValueRows
{
    private readonly EquatableArray<Row>[] _rows;

    public ValueRows(FlatGraph graph, IReadOnlyDictionary<int, int> tensorOfNode, CancellationToken cancellation)
    {
        _rows = new EquatableArray<Row>[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (tensorOfNode.TryGetValue(node.Id, out var tensor))
                _rows[node.Id] = Row.AllOf(tensor, node.Channels);
            else if (node.IsSlice)
                _rows[node.Id] = new(ImmutableArray.Create(this[node.Inputs[0]].Items, node.Start, node.Channels));
            else if (node.Join == JoinKind.Concat)
                _rows[node.Id] = Concat(node);
            else if (graph.RenamingOf(node) is { } source)
                _rows[node.Id] = Rename(this[node.Inputs[0]].Items, source);
        }
    }

    /// <summary>A value's rows; none for what only an operation's epilogue has.</summary>
    public EquatableArray<Row> this[int node] => _rows[node];

    private EquatableArray<Row> Concat(FlatNode node)
    {
        var rows = ImmutableArray.CreateBuilder<Row>(node.Channels);
        foreach (var input in node.Inputs)
            rows.AddRange(_rows[input].Items);
        return new(rows.MoveToImmutable());
    }

    private static EquatableArray<Row> Rename(ImmutableArray<Row> rows, Func<int, int> source)
    {
        var renamed = ImmutableArray.CreateBuilder<Row>(rows.Length);
        for (var channel = 0; channel < rows.Length; channel++)
            renamed.Add(rows[source(channel)]);
        return new(renamed.MoveToImmutable());
    }
}
