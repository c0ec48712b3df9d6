using System.Collections.Immutable;
using System.Text;

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
    /// <summary>Whether file and module agree: nothing is missing, unexpected or of another shape.</summary>
    public bool IsComplete => Missing.Count == 0 && Unexpected.Count == 0 && WrongShape.Count == 0;

    /// <summary>The report as a list, one line for each key that differs.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(IsComplete ? $"All {Loaded.Count} keys fit." : $"{Loaded.Count} keys fit.");
        Append(text, "missing in the file", Missing.Select(WeightsException.Show));
        Append(text, "unexpected in the file", Unexpected.Select(WeightsException.Show));
        Append(text, "of another shape", WrongShape.Select(mismatch => mismatch.ToString()));
        return text.ToString();
    }

    private static void Append(StringBuilder text, string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0)
            return;
        text.AppendLine().Append($"  {title} ({all.Count}):");
        foreach (var line in all)
            text.AppendLine().Append("    ").Append(line);
    }
}

/// <summary>A key whose shape in the file is not the module's.</summary>
/// <param name="Key">The state-dict key.</param>
/// <param name="Expected">The module's shape.</param>
/// <param name="Found">The file's shape.</param>
public sealed record ShapeMismatch(string Key, ImmutableArray<long> Expected, ImmutableArray<long> Found)
{
    /// <summary>The mismatch in words.</summary>
    public override string ToString() => $"{WeightsException.Show(Key)}: expected [{string.Join(", ", Expected)}], found [{string.Join(", ", Found)}]";
}
