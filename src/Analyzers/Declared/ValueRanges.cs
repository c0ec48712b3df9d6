using Blockwright.Graph;

namespace Blockwright.Analyzers.Declared;

/// <summary>What is certain of each value's elements whatever the weights are.</summary>
internal sealed class ValueRanges
{
    private readonly ValueRange[] _ranges;

    private ValueRanges(int count) => _ranges = new ValueRange[count];

    public ValueRange this[int node] => _ranges[node];

    public static ValueRanges Of(FlatGraph graph, CancellationToken cancellation)
    {
        var ranges = new ValueRanges(graph.Nodes.Count);
        foreach (var node in graph.Nodes.Until(cancellation))
            ranges._ranges[node.Id] = ranges.Infer(node);
        return ranges;
    }

    private ValueRange Infer(FlatNode node)
    {
        var inputs = node.Inputs.Select(input => _ranges[input]).ToList();
        return node switch
        {
            { Inputs.IsEmpty: true } => ValueRange.Any,
            { Layer: { } layer } => layer.Range(inputs[0]),
            { Join: JoinKind.Add } => inputs.Aggregate(static (sum, each) => sum.Plus(each)),
            { Join: JoinKind.Multiply } => inputs.Aggregate(static (product, each) => product.Times(each)),
            _ => inputs.Aggregate(static (all, each) => all.Or(each)),
        };
    }
}
