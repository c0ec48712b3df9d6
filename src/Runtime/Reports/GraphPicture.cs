using static System.FormattableString;

namespace Blockwright;

/// <summary>A network as a picture: boxes as wide as their channels, blocks that open, branches drawn side by side.</summary>
internal sealed class GraphPicture
{
    private readonly Html _html;
    private readonly Heat _heat;
    private readonly double _widest;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    private GraphPicture(Html html, NetworkCost cost, Heat heat) => (_html, _heat, _widest) = (html, heat, cost.Layers.Max(static layer => layer.OutputShape[1]));

    public static void Write(Html html, NetworkCost cost, Heat heat)
    {
        html.Begin("div", ("class", "graph"), ("id", "graph"));
        new GraphPicture(html, cost, heat).Inside(SummaryTree.Of(cost));
        html.EndLine("div");
    }

    /// <summary>What lies in a group; the hottest block in it stands open.</summary>
    private void Inside(SummaryTree group)
    {
        var segments = GraphSegment.Of(group);
        var boxes = segments.SelectMany(static segment => segment.Boxes).ToList();
        var hottest = boxes.Max(box => _heat.Share(box.Layers));
        var open = boxes.Where(static box => box.Group is not null).MaxBy(box => _heat.Share(box.Layers));
        foreach (var segment in segments)
        {
            if (segment.Boxes.Count > 1)
                BranchDrawing.Write(_html, segment, _widest, box => Temperature(box, hottest), Anchor, Title);
            foreach (var box in segment.Boxes)
            {
                if (box.Group is not null)
                    Block(box, hottest, box == open);
                else if (segment.Boxes.Count == 1)
                    Layer(box, hottest);
            }
        }
    }

    private void Layer(GraphBox box, double hottest)
    {
        _html.Begin("div", ("class", "box layer"), ("title", Title(box)));
        Line(box, hottest);
        _html.EndLine("div");
    }

    private void Block(GraphBox box, double hottest, bool isOpen)
    {
        _html.Begin("details", ("class", "box block"), ("id", Anchor(box)), ("open", isOpen ? "" : null)).Begin("summary");
        Line(box, hottest);
        _html.EndLine("summary").Begin("div", ("class", "inside"));
        Inside(box.Group!);
        _html.End("div").EndLine("details");
    }

    private void Line(GraphBox box, double hottest)
    {
        _html.Begin("span", ("class", "name")).Element("b", box.Name).Text(box.Kind).End("span");
        _html.Begin("span", ("class", "track"), ("aria-hidden", "true")).Begin("span", ("class", "bar"), ("style", Invariant($"width:{100 * box.Channels / _widest:F2}%;--heat:{Temperature(box, hottest)}%"))).End("span").End("span");
        _html.Element("span", SummaryText.Shape(box.Shape), ("class", "shape")).Element("span", Heat.Text(_heat.Share(box.Layers)), ("class", "share"));
    }

    /// <summary>A block's name in the page.</summary>
    private string? Anchor(GraphBox box)
    {
        if (box.Group is null)
            return null;
        _numbers.TryAdd(box.Group.Path, _numbers.Count);
        return Invariant($"block{_numbers[box.Group.Path]}");
    }

    private int Temperature(GraphBox box, double hottest) => hottest == 0 ? 0 : (int)Math.Round(100 * _heat.Share(box.Layers) / hottest);

    private string Title(GraphBox box)
    {
        var share = Heat.Text(_heat.Share(box.Layers));
        return Invariant($"{box.Name} {box.Kind}: {SummaryText.Shape(box.Shape)}, {SummaryText.Exact(box.Layers.Sum(static layer => layer.MultiplyAdds))} multiply-adds, {SummaryText.Exact(box.Layers.Sum(static layer => layer.Parameters))} parameters{(share.Length == 0 ? "" : $", {share} of the {_heat.Of}")}").TrimStart();
    }
}
