using System.Collections.Immutable;
using Blockwright.Analyzers;
using Spectre.Console;
using static System.FormattableString;

namespace Blockwright.Benchmarks.Guidelines;

/// <summary>Prints what the experiments gave beside the paper's figures, and makes the table that analyzers quote.</summary>
public static class GuidelineTables
{
    /// <summary>Prints one experiment.</summary>
    public static void Print(Experiment experiment, IReadOnlyList<GuidelineRow> rows)
    {
        var table = new Table().Border(TableBorder.Markdown);
        table.AddColumns(new[] { "", "multiply-adds", "forward, images/s", "x first", "Fuse(), images/s", "x first", "multiply-adds/s", "paper's GPU", "x first", "paper's ARM", "x first" }.Select(static header => new TableColumn(header).NoWrap()).ToArray());
        foreach (var row in rows)
        {
            table.AddRow([
                row.Variant.Label, Invariant($"{row.MultiplyAdds / 1e6:F0} M"), Speed(row.Forward), Invariant($"{row.Forward.OfFirst:F2}"), Speed(row.Fused), Invariant($"{row.Fused.OfFirst:F2}"),
                Invariant($"{row.MultiplyAdds * row.Fused.ImagesPerSecond / 1e9:F1} G"), .. OfPaper(experiment, row, Paper.Gpu), .. OfPaper(experiment, row, Paper.Arm)]);
        }
        AnsiConsole.WriteLine(experiment.Title);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine();
    }

    /// <summary>The figures of Fuse() as a table for <c>blockwright_measured</c>.</summary>
    /// <param name="results">The experiments that the paper has, all of them.</param>
    /// <param name="machine">What was measured on.</param>
    public static MeasuredTable TableOf(IReadOnlyList<(Experiment Experiment, IReadOnlyList<GuidelineRow> Rows)> results, string machine)
    {
        return new($"images/s on {machine}", Of("G1"), Of("G2"), Of("G3-parallel"), Of("G3-series"), Of("G4"));

        ImmutableArray<MeasuredRow> Of(string name) =>
            [.. results.Single(result => result.Experiment.Name == name).Rows.Select(static row => new MeasuredRow(row.Variant.Key!.Value, Math.Round(row.Fused.ImagesPerSecond, 4))).OrderBy(static row => row.Key)];
    }

    private static string Speed(Rate rate) => Invariant($"{rate.ImagesPerSecond:F1} (-{100 * (1 - rate.Low):F0} +{100 * (rate.High - 1):F0} %)");

    private static string[] OfPaper(Experiment experiment, GuidelineRow row, MeasuredTable paper)
    {
        var rows = experiment.Rows(paper).ToList();
        return row.Variant.Key is { } key && rows.Count > 0
            ? [Invariant($"{rows.Single(each => each.Key == key).Value:0.#}"), Invariant($"{rows.Single(each => each.Key == key).Value / rows[0].Value:F2}")]
            : ["", ""];
    }
}
