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
        if (OtherLayers(report) is { Count: > 0 } layers)
        {
            // With what is excepted already: the advice is to be followed as it stands.
            var patterns = options.Except.Concat(layers.Select(static layer => layer + ".*")).Select(static pattern => $"\"{WeightsException.Show(pattern)}\"").ToList();
            var how = patterns.Count == 1 ? $"except: {patterns[0]}" : $"new LoadOptions {{ Except = [{string.Join(", ", patterns)}] }}";
            yield return $"Load with {how} to leave " + (report is { WrongShape.Count: 0, Missing.Count: 0 } ? "what the file has more." : $"{(layers.Count == 1 ? "that layer as it is" : "those layers as they are")}, as for another number of classes.");
        }
        // Who has half of the keys may be right to do without the rest. Less is another network, or the same under other names.
        yield return options.Strict && report.Loaded.Count * 2 > shapes.Count
            ? "Load with strict: false to take what fits, or check that the file belongs to this network."
            : "Check that the file belongs to this network.";
    }

    /// <summary>The few layers that alone do not fit, where one of them has other shapes, or the file alone has them, and all other layers fit whole.</summary>
    private static IReadOnlyList<string> OtherLayers(LoadReport report)
    {
        const int Few = 3;
        if ((report.WrongShape.Count == 0 && (report.Missing.Count > 0 || report.Unexpected.Count == 0)) || report.Loaded.Count == 0)
            return [];
        var layers = report.WrongShape.Select(static each => each.Key).Concat(report.Missing).Concat(report.Unexpected).Select(LayerOf).Distinct(StringComparer.Ordinal).ToList();
        return layers.Count <= Few && !layers.Contains("") && !report.Loaded.Any(key => layers.Contains(LayerOf(key), StringComparer.Ordinal)) ? layers : [];
    }

    private static string LayerOf(string key) => key[..Math.Max(0, key.LastIndexOf('.'))];

    [GeneratedRegex("-[0-9]{5}-of-([0-9]{5})", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();
}
