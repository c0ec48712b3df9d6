namespace Blockwright.Graph;

/// <summary>Opens a network that is not too large to be planned. What is too much is said at the first of its attributes with which it is.</summary>
internal static class NetworkLimits
{
    /// <summary>The network opened, or null after a report.</summary>
    public static FlatGraph? Open(BlockGraph network, Reporter reporter, CancellationToken cancellation)
    {
        if (network.Layers > BuildLimits.Layers)
            return Refuse(First(network, static node => node.Layers, BuildLimits.Layers), BuildLimits.Layers, "layers and blocks, the blocks opened", network.Layers);
        if (network.KeyCharacters > BuildLimits.AllKeyCharacters)
            return Refuse(First(network, static node => node.KeyCharacters, BuildLimits.AllKeyCharacters), BuildLimits.AllKeyCharacters, "characters in all keys, the blocks opened", network.KeyCharacters);
        var opened = FlatGraph.Of(network, cancellation);
        if (opened.Nodes.FirstOrDefault(static node => Values(node.Shape) > BuildLimits.Values) is { } largest)
            return Refuse(Sum.Outermost(largest), BuildLimits.Values, "values in a feature map", Values(largest.Shape));
        if (opened.Nodes.FirstOrDefault(static node => Weights(node) > BuildLimits.Values) is { } heaviest)
            return Refuse(Sum.Outermost(heaviest), BuildLimits.Values, "weights of one layer", Weights(heaviest));
        var channels = new Sum(BuildLimits.Channels);
        foreach (var node in opened.Nodes)
            channels.Add(node, node.Channels);
        if (channels.Excess is { } widest)
            return Refuse(widest, BuildLimits.Channels, "channels in all values, the blocks opened", channels.Total);
        var pieces = Pieces(opened, cancellation);
        return pieces.Excess is { } most
            ? Refuse(most, BuildLimits.Pieces, "pieces of values that layers read, the blocks opened, as splits, concatenations and shuffles leave them", pieces.Total)
            : opened;

        FlatGraph? Refuse(Node node, long limit, string what, long found)
        {
            // An attribute of a block that is applied inline is not this network's.
            var place = node.Owner != network.Declaration.FullName ? Place.Class : node is InputNode input ? network.Declaration.Inputs[input.Id].Place : node.Place;
            reporter.Report(ProblemIds.TooLarge, place, $"at most {BuildLimits.Text(limit)} {what}, found {Counts.Text(found)}");
            return null;
        }
    }

    /// <summary>The values of a map of one image, as far as they can be counted.</summary>
    private static long Values(Shape shape)
    {
        var (rows, width) = (shape.Channels.Constant!.Value * shape.Height.Size!.Value, shape.Width.Size!.Value);
        return rows > Counts.Most / width ? Counts.Most : rows * width;
    }

    private static long Weights(FlatNode node)
    {
        try
        {
            return node.Layer?.Parameters.Constant ?? 0;
        }
        catch (OverflowException)
        {
            return Counts.Most;
        }
    }

    private static Node First(BlockGraph network, Func<Node, long> count, long limit)
    {
        var sum = 0L;
        return network.Nodes.First(node => (sum += count(node)) > limit);
    }

    /// <summary>
    /// How many runs of channels the layers read at most. A value lies in one piece where a layer made it, and in more where it is joined of others or shuffled; a plan may lay
    /// any value out as the most scattered one wants it.
    /// </summary>
    private static Sum Pieces(FlatGraph graph, CancellationToken cancellation)
    {
        var pieces = new long[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            pieces[node.Id] = Math.Min(node.Channels, graph.IsComputed(node) || node.Inputs.IsEmpty ? 1 : node.Inputs.Sum(input => pieces[input]) + Breaks(graph, node));
        }
        var most = pieces.Max();
        var sum = new Sum(BuildLimits.Pieces);
        foreach (var node in graph.Nodes)
        {
            if (graph.IsComputed(node))
                sum.Add(node, node.Inputs.Sum(input => Math.Min(graph.Nodes[input].Channels, most)));
        }
        return sum;
    }

    /// <summary>How often a layer that only renames channels puts two apart that were neighbours.</summary>
    private static int Breaks(FlatGraph graph, FlatNode node)
    {
        if (graph.RenamingOf(node) is not { } source)
            return 0;
        var (breaks, before) = (0, source(0));
        for (var channel = 1; channel < node.Channels; channel++)
        {
            var next = source(channel);
            if (next != before + 1)
                breaks++;
            before = next;
        }
        return breaks;
    }

    /// <summary>A sum over a network's nodes, and the attribute with which it came to be too much.</summary>
    private sealed class Sum(long limit)
    {
        public long Total { get; private set; }

        public Node? Excess { get; private set; }

        public void Add(FlatNode node, long count)
        {
            Total += count;
            if (Total > limit)
                Excess ??= Outermost(node);
        }

        public static Node Outermost(FlatNode node)
        {
            var origin = node.Origin;
            for (var use = node.Use; use.Site is { } site; use = use.Outer!)
                origin = site;
            return origin;
        }
    }
}
