using System.Globalization;
using Blockwright.Graph;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>Writes a unit's attributes, one bracket list a line.</summary>
internal static class UnitText
{
    public static IReadOnlyList<string> Write(ShuffleUnit unit)
    {
        var (first, second) = NamesOf(unit);
        var lines = new List<string> { "[Block]" };
        if (Index(unit.First) is { } index)
            lines.Add(index == 0 ? $"[Split(\"{first}\", \"{second}\")]" : $"[Split(\"{second}\", \"{first}\")]");
        AddBranch(lines, unit.First, first);
        AddBranch(lines, unit.Second, second);
        lines.Add($"[Concat(\"{first}\", \"{second}\"), ChannelShuffle({Text(unit.Groups)})]");
        return lines;
    }

    private static (string First, string Second) NamesOf(ShuffleUnit unit) =>
        unit.First is UnitFlow.Part ? ("keep", "work") : unit.Second is UnitFlow.Part ? ("work", "keep") : ("left", "right");

    private static int? Index(UnitFlow flow) => flow switch
    {
        UnitFlow.Part part => part.Index,
        UnitFlow.Branch { From: UnitFlow.Part part } => part.Index,
        _ => null,
    };

    private static void AddBranch(List<string> lines, UnitFlow flow, string name)
    {
        if (flow is not UnitFlow.Branch branch)
            return;
        var isPart = branch.From is UnitFlow.Part;
        var channels = Amount.Of(new Atom(Names.In, Names.In));
        if (isPart)
            channels = channels.DividedBy(Amount.Of(2));
        var from = isPart ? $"From(\"{name}\"" : $"From(\"in\", As = \"{name}\"";
        var words = new List<string> { branch.Runs[0].Key is { } key ? $"{from}, Name = {Quoted(key)})" : from + ")" };
        var layers = branch.Runs.SelectMany(run => run.Layers).ToList();
        var at = 0;
        var path = branch.Runs[0].Key;
        foreach (var run in branch.Runs)
        {
            if (at > 0 && run.Key is { } next)
                words.Add($"Path({Quoted(path = next)})");
            foreach (var layer in run.Layers)
            {
                words.Add(Word(layer, path, channels, isBeforeBatchNorm: at + 1 < layers.Count && LayerTable.IsNorm(layers[at + 1].Kind)));
                channels = layer.Out ?? channels;
                at++;
            }
        }
        lines.Add($"[{string.Join(", ", words)}]");
    }

    /// <summary>A whole key as a layer says it within a path.</summary>
    private static string NameWithin(string? path, string key) =>
        path is null ? key : key.StartsWith(path + ".", StringComparison.Ordinal) ? key.Substring(path.Length + 1) : "/" + key;

    private static string Word(UnitLayer layer, string? path, Amount channels, bool isBeforeBatchNorm)
    {
        var named = layer.Name is { } name ? [$"Name = {Quoted(NameWithin(path, name))}"] : Array.Empty<string>();
        if (!layer.IsConvolution)
            return Call(layer.Kind, named);
        var isPointwise = layer.Kernel == 1 && layer.Padding == 0 && layer.Dilation == 1;
        var isDepthwise = !isPointwise && layer.Groups.Equals(channels) && layer.Out!.Equals(channels);
        var arguments = new List<string>();
        // Conv2d says its channels; the others keep them where they say none.
        if (!isDepthwise && !(isPointwise && layer.Out!.Equals(channels)))
            arguments.Add(Text(layer.Out!));
        if (!isPointwise)
            arguments.Add(Text(layer.Kernel));
        if (layer.Stride != 1)
            arguments.Add($"Stride = {Text(layer.Stride)}");
        if (layer.Padding * 2 != layer.Dilation * (layer.Kernel - 1))
            arguments.Add($"Padding = {Text(layer.Padding)}");
        if (layer.Dilation != 1)
            arguments.Add($"Dilation = {Text(layer.Dilation)}");
        if (!isDepthwise && !layer.Groups.Equals(Amount.One))
            arguments.Add($"Groups = {Text(layer.Groups)}");
        if (layer.Bias == isBeforeBatchNorm)
            arguments.Add($"Bias = {(layer.Bias ? "true" : "false")}");
        return Call(isPointwise ? "Conv1x1" : isDepthwise ? "DepthwiseConv2d" : "Conv2d", [.. arguments, .. named]);
    }

    private static string Call(string name, IReadOnlyList<string> arguments) => arguments.Count == 0 ? name : $"{name}({string.Join(", ", arguments)})";

    private static string Text(Amount amount) => amount.Constant is { } number ? Text(number) : $"\"{amount.Text.Replace(" ", "")}\"";

    private static string Quoted(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
