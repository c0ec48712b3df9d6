using static System.FormattableString;

namespace Blockwright;

/// <summary>Branches as a drawing: what comes in at the top, a row for each step from there, a lane for each branch.</summary>
internal static class BranchDrawing
{
    private const int LaneWidth = 220;
    private const int WidestBar = 160;
    private const int NarrowestBar = 3;
    private const int BarHeight = 10;
    private const int RowHeight = 42;
    private const int Margin = 36;
    private const int TextBelow = 13;
    private const int Below = 8;
    private const int MostLetters = 24;

    public static void Write(Html html, GraphSegment segment, double widest, Func<GraphBox, int> temperature, Func<GraphBox, string?> anchor, Func<GraphBox, string> title)
    {
        var places = BranchLayout.Of(segment);
        var (width, height) = (Margin + (LaneWidth * (places.Max(static place => place.Lane) + 1)), (RowHeight * places.Max(static place => place.Row)) + BarHeight + TextBelow + Below);
        html.Begin("div", ("class", "scroll"), ("role", "region"), ("tabindex", "0"), ("aria-label", "Branches"));
        html.Begin("svg", ("class", "branches"), ("viewBox", Invariant($"0 0 {width} {height}")), ("width", Invariant($"{width}")), ("height", Invariant($"{height}")), ("role", "group"), ("aria-label", "Branches"));
        foreach (var (from, to) in segment.Edges)
            Edge(html, from == GraphSegment.Entrance ? new(0, 0) : places[from], places[to]);
        html.Begin("circle", ("class", "entrance"), ("cx", Invariant($"{Middle(0)}")), ("cy", Invariant($"{BarHeight / 2}")), ("r", "4")).End("circle");
        for (var i = 0; i < segment.Boxes.Count; i++)
            Box(html, segment.Boxes[i], places[i], widest, temperature, anchor, title);
        html.End("svg").EndLine("div");
    }

    private static void Box(Html html, GraphBox box, BranchPlace place, double widest, Func<GraphBox, int> temperature, Func<GraphBox, string?> anchor, Func<GraphBox, string> title)
    {
        var width = Math.Max(NarrowestBar, WidestBar * box.Channels / widest);
        var label = Invariant($"{(box.Group is null ? box.Kind : $"{box.Name} {box.Kind}")}");
        if (label.Length > MostLetters)
            label = label[..MostLetters] + "…";
        // What opens is a link to where it stands; it takes the focus as links do.
        var name = anchor(box);
        html.Begin(name is null ? "g" : "a", ("href", name is null ? null : "#" + name), ("class", "node"));
        html.Element("title", title(box));
        html.Begin("rect", ("class", "bar"), ("style", Invariant($"--heat:{temperature(box)}%")), ("x", Invariant($"{Middle(place.Lane) - (width / 2):F1}")), ("y", Invariant($"{Top(place)}")), ("width", Invariant($"{width:F1}")), ("height", Invariant($"{BarHeight}")), ("rx", "2")).End("rect");
        html.Element("text", Invariant($"{label} · {box.Channels}"), ("x", Invariant($"{Middle(place.Lane)}")), ("y", Invariant($"{Top(place) + BarHeight + TextBelow}")), ("text-anchor", "middle"));
        html.EndLine(name is null ? "g" : "a");
    }

    private static void Edge(Html html, BranchPlace from, BranchPlace to)
    {
        var (x, y, toX, toY) = (Middle(from.Lane), Top(from) + BarHeight, Middle(to.Lane), Top(to));
        // One that passes others in its own lane goes round them.
        var isLong = from.Lane == to.Lane && to.Row - from.Row > 1 && from.Row == 0;
        var side = isLong ? (WidestBar / 2) + Margin : 0;
        html.Begin("path", ("class", "edge"), ("d", Invariant($"M{x} {y} C{x - side} {y + (RowHeight / 3)} {toX - side} {toY - (RowHeight / 3)} {toX} {toY}"))).End("path");
    }

    private static int Middle(int lane) => Margin + (LaneWidth * lane) + (LaneWidth / 2);

    private static int Top(BranchPlace place) => RowHeight * place.Row;
}

/// <summary>Where a box stands.</summary>
/// <param name="Row">How many steps from what comes in: 1 and more.</param>
/// <param name="Lane">Which branch, from 0.</param>
internal readonly record struct BranchPlace(int Row, int Lane);

/// <summary>Rows by the longest way from what comes in; a lane goes on as long as somebody goes on in it.</summary>
internal static class BranchLayout
{
    public static IReadOnlyList<BranchPlace> Of(GraphSegment segment)
    {
        var count = segment.Boxes.Count;
        var places = new BranchPlace[count];
        var readers = new int[count + 1];
        foreach (var (from, _) in segment.Edges)
            readers[from + 1]++;
        var inputs = segment.Edges.Where(static edge => edge.From < edge.To).ToLookup(static edge => edge.To, static edge => edge.From);
        // The last box of each lane; what comes in begins the first.
        var lanes = new List<int> { GraphSegment.Entrance };
        for (var box = 0; box < count; box++)
        {
            var row = 1 + inputs[box].Select(from => from < 0 ? 0 : places[from].Row).DefaultIfEmpty(0).Max();
            var lane = lanes.FindIndex(inputs[box].Contains);
            foreach (var from in inputs[box])
                readers[from + 1]--;
            if (lane < 0)
                lane = lanes.FindIndex(last => readers[last + 1] == 0);
            if (lane < 0)
            {
                lane = lanes.Count;
                lanes.Add(box);
            }
            lanes[lane] = box;
            places[box] = new(row, lane);
        }
        return places;
    }
}
