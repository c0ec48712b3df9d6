using static System.FormattableString;

namespace Blockwright;

/// <summary>A box of a picture: a layer, or a block or stage with what lies in it.</summary>
internal sealed record GraphBox(SummaryTree? Group, IReadOnlyList<LayerCost> Layers)
{
    public string Name => Group is null ? Layers[0].Key : Group.Path;

    public string Kind => Group is null ? Join(Layers[0].Kind, Layers[0].Numbers) : Group.Kind;

    public long Channels => Layers[^1].OutputShape[1];

    public IReadOnlyList<long> Shape => Layers[^1].OutputShape;

    private static string Join(string kind, string numbers) => numbers.Length == 0 ? kind : Invariant($"{kind} {numbers}");
}

/// <summary>Boxes between two places that a single value passes: one alone, or branches with what joins them.</summary>
/// <param name="Boxes">In an order in which each comes after what it reads.</param>
/// <param name="Edges">Who reads whom, by number in the boxes; -1 is what comes in.</param>
internal sealed record GraphSegment(IReadOnlyList<GraphBox> Boxes, IReadOnlyList<(int From, int To)> Edges)
{
    public const int Entrance = -1;

    /// <summary>A group in segments.</summary>
    public static IReadOnlyList<GraphSegment> Of(SummaryTree group)
    {
        var boxes = group.Entries.Select(static entry => new GraphBox(entry.Group, entry.Layer is { } layer ? [layer] : [.. entry.Group!.Layers.OrderBy(static each => each.Index)]))
            .Where(static box => box.Layers.Count > 0).OrderBy(static box => box.Layers[0].Index).ToList();
        var edges = EdgesOf(boxes);
        var segments = new List<GraphSegment>();
        var start = 0;
        foreach (var end in Cuts(boxes.Count, edges))
        {
            var first = start;
            var own = edges.Where(edge => edge.To >= first && edge.To <= end).Select(edge => (Math.Max(edge.From - first, Entrance), edge.To - first));
            segments.Add(new(boxes.GetRange(start, end + 1 - start), [.. own]));
            start = end + 1;
        }
        return segments;
    }

    /// <summary>Who reads whom in a list of boxes; in the order of the readers.</summary>
    private static List<(int From, int To)> EdgesOf(IReadOnlyList<GraphBox> boxes)
    {
        var boxOf = new Dictionary<int, int>();
        for (var i = 0; i < boxes.Count; i++)
        {
            foreach (var layer in boxes[i].Layers)
                boxOf[layer.Index] = i;
        }
        return [.. Enumerable.Range(0, boxes.Count).SelectMany(to => boxes[to].Layers.SelectMany(static layer => layer.Inputs).Select(input => boxOf.GetValueOrDefault(input, Entrance)).Where(from => from != to).Distinct().Order().Select(from => (from, to)))];
    }

    /// <summary>The boxes behind which a single value passes: theirs.</summary>
    private static IEnumerable<int> Cuts(int count, List<(int From, int To)> edges)
    {
        // Edges that begin at or before a box and end behind it, less those that end; and of these the box's own.
        var (opened, own) = (new int[count + 2], new int[count + 1]);
        foreach (var (from, to) in edges)
        {
            opened[Math.Min(from, to) + 1]++;
            opened[Math.Max(from, to) + 1]--;
            if (from >= 0 && to > from)
                own[from]++;
        }
        var crossing = opened[0];
        for (var box = 0; box < count; box++)
        {
            crossing += opened[box + 1];
            if (crossing == own[box] || box == count - 1)
                yield return box;
        }
    }
}
