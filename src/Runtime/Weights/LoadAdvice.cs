using System.Text.RegularExpressions;

namespace Blockwright.Weights;

/// <summary>What to do about a file that does not fit.</summary>
internal static partial class LoadAdvice
{
    public static IEnumerable<string> Lines(
        string path, Dictionary<string, long[]> shapes, KeyComparison comparison, LoadReport report, LoadOptions options)
    {
        if (Shard().Match(Path.GetFileName(path)) is { Success: true } shard)
            yield return $"This is one of {shard.Groups[1].ValueSpan.TrimStart('0')} files of a model: load its index, {shard.Result("$`$'")}.index.json.";
        foreach (var line in new NearMisses(comparison, shapes, report).Lines())
            yield return line;
        if (OnlyLayer(report) is { } layer)
            yield return $"Load with except: \"{WeightsException.Show(layer)}.*\" to leave that layer as it is, as for another number of classes.";
        // Who has half of the keys may be right to do without the rest. Less is another network, or the same under other names.
        yield return options.Strict && report.Loaded.Count * 2 > shapes.Count
            ? "Load with strict: false to take what fits, or check that the file belongs to this network."
            : "Check that the file belongs to this network.";
    }

    /// <summary>The one layer whose shapes are others, where all else fits.</summary>
    private static string? OnlyLayer(LoadReport report)
    {
        if (report is not { Missing: [], Unexpected: [], Loaded: not [], WrongShape: [{ Key: var first }, ..] } || first.LastIndexOf('.') is not (> 0 and var dot))
            return null;
        var layer = first[..dot];
        return report.WrongShape.All(each => each.Key.LastIndexOf('.') == dot && each.Key.StartsWith(layer, StringComparison.Ordinal)) ? layer : null;
    }

    [GeneratedRegex("-[0-9]{5}-of-([0-9]{5})", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();
}
