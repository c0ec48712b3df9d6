namespace Blockwright.Weights;

/// <summary>Guesses why keys do not fit, for the message: a prefix before them, or other names for the same shapes.</summary>
/// <param name="comparison">The file, with its names as the load calls them.</param>
/// <param name="shapes">The module's shapes by key.</param>
/// <param name="report">What fits and what does not.</param>
internal sealed class NearMisses(KeyComparison comparison, Dictionary<string, long[]> shapes, LoadReport report)
{
    private const int MostShown = 4;

    // A message is worth a moment, not a search through a large file for each of its keys.
    private const int MostKeys = 20;
    private const int MostCompared = 500;
    public const int LongestCompared = 120;

    /// <summary>A few lines, or none.</summary>
    public IReadOnlyList<string> Lines()
    {
        var strangers = comparison.Strangers.Take(MostCompared).ToList();
        var unreadable = report.Missing.Select(comparison.Unreadable).OfType<SkippedEntry>().Take(MostShown).ToList();
        if (unreadable.Count > 0)
            return [.. unreadable.Select(skipped => $"The file has '{WeightsException.Show(skipped.Name)}', but as {skipped.Content}, which cannot be read.")];
        if (report.Missing.Count == 0 || strangers.Count == 0)
            return [];
        return Prefixed(strangers) is { } line
            ? [line]
            : [.. report.Missing.Take(MostKeys).Select(key => Similar(key, strangers)).OfType<string>().Take(MostShown)];
    }

    private string? Prefixed(List<(string Key, WeightEntry Entry)> strangers)
    {
        var names = strangers.Select(stranger => stranger.Key).ToHashSet(StringComparer.Ordinal);
        var (first, last) = (report.Missing[0], report.Missing[^1]);
        foreach (var name in names)
        {
            if (name.EndsWith($".{first}", StringComparison.Ordinal) && name[..^first.Length] is var before && names.Contains(before + last))
            {
                var prefix = WeightsException.Show(report.Prefix + before);
                return $"The file has keys behind '{prefix}': load with new() {{ Prefix = \"{prefix}\" }}.";
            }
            if (first.EndsWith($".{name}", StringComparison.Ordinal) && first[..^name.Length] is var more
                && names.Count(other => shapes.ContainsKey(more + other)) * 2 > names.Count)
            {
                var prefix = WeightsException.Show(more);
                return $"The module has the file's keys behind '{prefix}': load with new() {{ Rename = key => \"{prefix}\" + key }}.";
            }
        }
        return null;
    }

    private string? Similar(string key, List<(string Key, WeightEntry Entry)> strangers)
    {
        var fitting = strangers.Where(stranger => LastName(stranger.Key) == LastName(key) && stranger.Entry.Shape.AsSpan().SequenceEqual(shapes[key])).ToList();
        if (fitting.Count == 0 || key.Length > LongestCompared)
            return null;
        var (near, entry) = fitting.MinBy(stranger => Distance(key, stranger.Key));
        if (fitting.Count > 1 && Distance(key, near) * 2 > key.Length)
            return null;
        // Whoever follows the advice must not give one entry to two keys.
        strangers.Remove((near, entry));
        return $"'{WeightsException.Show(key)}' may be the file's '{WeightsException.Show(entry.Name)}', which has its shape. Rename gives keys other names.";
    }

    private static string LastName(string key) => key[(key.LastIndexOf('.') + 1)..];

    /// <summary>Levenshtein's: how many characters are to be put in, taken out or changed.</summary>
    public static int Distance(string left, string right)
    {
        if (right.Length > LongestCompared)
            return int.MaxValue / 2;
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.Length];
    }
}
