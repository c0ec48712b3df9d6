using System.Collections.Immutable;
using Blockwright.Graph;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>A channel of a tensor that some operation made.</summary>
internal readonly record struct Row(int Tensor, int Channel);

/// <summary>A tensor: what one operation makes.</summary>
internal sealed class CpuTensor(int id, int channels, int grid)
{
    private int[]? _positions;
    private int? _width;

    public int Id => id;

    public int Channels => channels;

    /// <summary>Its channels and those between them that are nobody's.</summary>
    public int Width => _width ?? channels;

    public int Grid => grid;

    public int Halo { get; set; }

    /// <summary>The channel at each position in memory.</summary>
    public int[] Order { get; private set; } = [];

    public bool IsPlanes { get; set; }

    public void Arrange(IEnumerable<int> order)
    {
        Order = order.ToArray();
        _positions = new int[channels];
        for (var i = 0; i < Order.Length; i++)
            _positions[Order[i]] = i;
    }

    /// <summary>Lays out pieces of channels, each from a cache line's beginning on.</summary>
    public void ArrangeByLines(IEnumerable<int> order, IEnumerable<int> counts)
    {
        Arrange(order);
        var (first, done) = (0, 0);
        foreach (var count in counts)
        {
            for (var i = 0; i < count; i++)
                _positions![Order[done + i]] = first + i;
            (_width, first, done) = (first + count, first + WholeLines(count), done + count);
        }
    }

    /// <summary>Floats that whole cache lines take.</summary>
    public static int WholeLines(int channels) => (channels + 15) / 16 * 16;

    public int Position(int channel) => _positions![channel];
}

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
            else if (CpuOperation.IsRenaming(graph, node))
                _rows[node.Id] = Rename(node);
        }
    }

    public ImmutableArray<Row> this[int node] => _rows[node];

    private ImmutableArray<Row> Rename(FlatNode node)
    {
        var input = _rows[node.Inputs[0]];
        return node switch
        {
            { IsSlice: true } => input.Skip(node.Start).Take(node.Channels).ToImmutableArray(),
            { Join: JoinKind.Concat } => node.Inputs.SelectMany(each => _rows[each]).ToImmutableArray(),
            { Layer: ChannelShuffle shuffle } => Shuffle(input, (int)shuffle.Groups.Constant!),
            _ => input,
        };
    }

    private static ImmutableArray<Row> Shuffle(ImmutableArray<Row> input, int groups)
    {
        var perGroup = input.Length / groups;
        return Enumerable.Range(0, input.Length).Select(to => input[(to % groups * perGroup) + (to / groups)]).ToImmutableArray();
    }
}
