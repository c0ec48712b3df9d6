using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace Blockwright;

/// <summary>A graph in Mermaid's language: stages and blocks down to a depth as subgraphs, what is deeper as one box each.</summary>
internal sealed class MermaidText
{
    private const string LineBreak = "<br/>";

    // What stands in a label as it is. Anything else is written by its number, since it may end the label or mean something to Mermaid, Markdown or HTML.
    private const string Plain = " .,/:_=×";

    private readonly StringBuilder _text = new("flowchart TD\n");
    private readonly Dictionary<int, int> _boxOf = [];
    private readonly int _depth;
    private int _groups;

    private MermaidText(int depth) => _depth = depth;

    public static string Of(NetworkCost cost, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        var text = new MermaidText(depth);
        text.Inside(SummaryTree.Of(cost), 1);
        text.Edges(cost);
        return text._text.ToString();
    }

    private void Inside(SummaryTree group, int indent)
    {
        foreach (var (layer, inner) in group.Entries)
        {
            if (layer is not null)
            {
                Box(indent, "[", Lines(layer.Key, layer.Numbers.Length == 0 ? layer.Kind : $"{layer.Kind} {layer.Numbers}", layer.OutputShape), "]", [layer]);
            }
            else if (inner!.Layers.Any() && inner.Depth >= _depth)
            {
                var layers = inner.Layers.OrderBy(static each => each.Index).ToList();
                Box(indent, "[[", Lines(inner.Path, inner.Kind, layers[^1].OutputShape), "]]", layers);
            }
            else if (inner.Layers.Any())
            {
                Line(indent, Invariant($"subgraph g{_groups++}[\"{Escaped(inner.Kind.Length == 0 ? inner.Path : $"{inner.Path} {inner.Kind}")}\"]"));
                Inside(inner, indent + 1);
                Line(indent, "end");
            }
        }
    }

    private void Box(int indent, string opens, string label, string closes, IReadOnlyList<LayerCost> layers)
    {
        var name = layers[0].Index;
        foreach (var layer in layers)
            _boxOf[layer.Index] = name;
        Line(indent, Invariant($"n{name}{opens}\"{label}\"{closes}"));
    }

    private void Edges(NetworkCost cost)
    {
        var edges = cost.Layers.SelectMany(layer => layer.Inputs.Select(input => (From: _boxOf[input], To: _boxOf[layer.Index]))).Where(static edge => edge.From != edge.To).Distinct();
        foreach (var (from, to) in edges)
            Line(1, Invariant($"n{from} --> n{to}"));
    }

    private void Line(int indent, string line) => _text.Append(' ', 2 * indent).Append(line).Append('\n');

    /// <summary>A label: key, kind, and the shape without the batch.</summary>
    private static string Lines(string key, string kind, IReadOnlyList<long> shape) =>
        string.Join(LineBreak, new[] { key, kind, shape.Skip(1).ToList().Joined(" × ") }.Where(static line => line.Length > 0).Select(Escaped));

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || (rune.IsBmp && Plain.Contains((char)rune.Value, StringComparison.Ordinal)))
                escaped.Append(rune.ToString());
            else
                escaped.Append('#').Append(rune.Value.ToString(CultureInfo.InvariantCulture)).Append(';');
        }
        return escaped.ToString();
    }
}
