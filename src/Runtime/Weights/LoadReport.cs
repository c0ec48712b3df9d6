using System.Collections.Immutable;
using System.Text;
using static System.FormattableString;

namespace Blockwright;

/// <summary>What a load of weights found and did, by state-dict key.</summary>
/// <param name="Loaded">Keys that stand in the file and in the module with the same shape. After a strict load that failed none of them was copied.</param>
/// <param name="Missing">Keys of the module that the file lacks. The counters <c>num_batches_tracked</c> of batch norms are not counted: files
/// of before PyTorch 0.4.1 lack them, and nothing that a network computes depends on them at the default momentum.</param>
/// <param name="Unexpected">Keys of the file that the module lacks.</param>
/// <param name="WrongShape">Keys that both have, with different shapes.</param>
public sealed record LoadReport(
    IReadOnlyList<string> Loaded,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Unexpected,
    IReadOnlyList<ShapeMismatch> WrongShape)
{
    private const int MostShown = 5;

    /// <summary>Keys of the module that were to stay as they are (<see cref="LoadOptions.Except"/>). They count nowhere else.</summary>
    public IReadOnlyList<string> Excepted { get; init; } = [];

    /// <summary>What stands before the module's keys in the file, and was taken off: <c>module.</c>, or what the caller said; empty if nothing was.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Which dict of a PyTorch file was read: the keys that lead to it, joined by dots; empty if it is what was saved itself, and for all other
    /// files.</summary>
    public string Entry { get; init; } = "";

    /// <summary>What stands among the file's weights and cannot be read. Those that are tensors and that the module lacks are unexpected, too.</summary>
    public IReadOnlyList<SkippedEntry> Skipped { get; init; } = [];

    /// <summary>Whether file and module agree: nothing is missing, unexpected or of another shape.</summary>
    public bool IsComplete => Missing.Count == 0 && Unexpected.Count == 0 && WrongShape.Count == 0;

    /// <summary>The report as a list: the first keys of each kind, one line for each.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(IsComplete ? $"All {Loaded.Count} keys fit" : $"{Loaded.Count} keys fit");
        if (Excepted.Count > 0)
            text.Append(Invariant($" beside {Excepted.Count} that were to stay as they are"));
        if (Entry.Length > 0)
            text.Append(Invariant($" (of the file's '{WeightsException.Show(Entry)}')"));
        text.Append(Prefix.Length > 0 ? $", without '{WeightsException.Show(Prefix)}' before the file's keys." : ".");
        Append(text, "missing in the file", Missing.Select(WeightsException.Show), Missing.Count);
        Append(text, "unexpected in the file", Unexpected.Select(WeightsException.Show), Unexpected.Count);
        Append(text, "of another shape", WrongShape.Select(mismatch => mismatch.ToString()), WrongShape.Count);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, IEnumerable<string> lines, int count)
    {
        if (count == 0)
            return;
        text.AppendLine().Append(Invariant($"  {title} ({count}):"));
        foreach (var line in lines.Take(MostShown))
            text.AppendLine().Append("    ").Append(line);
        if (count > MostShown)
            text.AppendLine().Append(Invariant($"    and {count - MostShown} more"));
    }
}

/// <summary>A key whose shape in the file is not the module's.</summary>
/// <param name="Key">The state-dict key.</param>
/// <param name="Expected">The module's shape.</param>
/// <param name="Found">The file's shape.</param>
public sealed record ShapeMismatch(string Key, ImmutableArray<long> Expected, ImmutableArray<long> Found)
{
    /// <summary>The mismatch in words.</summary>
    public override string ToString() => $"{WeightsException.Show(Key)}: expected [{Expected.Joined(", ")}], found [{Found.Joined(", ")}]";
}
