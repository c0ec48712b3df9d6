using Blockwright.Graph;

namespace Blockwright.Analyzers.Declared;

/// <summary>What is certain of each value's elements whatever the weights are: that none is negative, that none is above 6.</summary>
internal sealed class ValueRanges
{
    private readonly bool[] _isNonNegative;
    private readonly bool[] _isAtMostSix;

    private ValueRanges(int count) => (_isNonNegative, _isAtMostSix) = (new bool[count], new bool[count]);

    public bool IsNonNegative(int node) => _isNonNegative[node];

    public bool IsAtMostSix(int node) => _isAtMostSix[node];

    public static ValueRanges Of(FlatGraph graph)
    {
        var ranges = new ValueRanges(graph.Nodes.Count);
        foreach (var node in graph.Nodes)
            (ranges._isNonNegative[node.Id], ranges._isAtMostSix[node.Id]) = ranges.Infer(node);
        return ranges;
    }

    private (bool NonNegative, bool AtMostSix) Infer(FlatNode node)
    {
        var areNonNegative = node.Inputs.Length > 0 && node.Inputs.All(IsNonNegative);
        var areAtMostSix = node.Inputs.Length > 0 && node.Inputs.All(IsAtMostSix);
        return node switch
        {
            { Join: JoinKind.Concat } => (areNonNegative, areAtMostSix),
            { Join: not null } => (areNonNegative, false),
            { Layer: Activation { Attribute: "ReLU" } } => (true, areAtMostSix),
            { Layer: Activation { Attribute: "ReLU6" or "Sigmoid" or "Hardsigmoid" } } => (true, true),
            { Layer: Activation } => (areNonNegative, areAtMostSix),
            { Layer: Dropout } => (areNonNegative, false), // training scales what it keeps
            { Layer: null or Pool or GlobalPool or ChannelShuffle or Flatten } => (areNonNegative, areAtMostSix),
            _ => (false, false),
        };
    }
}
