using Spectre.Console;
using static System.FormattableString;

namespace Blockwright.Benchmarks;

/// <summary>A comparison as tables: one for each network, batch and number of threads, and one of all.</summary>
internal static class EngineTables
{
    private const string Fused = "Fuse(), ";
    private const string Ort = "ONNX Runtime";

    /// <summary>One network's engines.</summary>
    public static void Print(List<EngineRow> rows, double peak, double floor)
    {
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine(Invariant($"{rows[0].Network}, batch {rows[0].Batch}, {rows[0].Threads} thread(s). One core's peak: {peak / 1e9:F1} GFLOP/s; the floor of the direct sums: {floor * 1e3:F3} ms."));
        var table = new Table().Border(TableBorder.Markdown);
        table.AddColumns("engine", "median ms", "least", "p10", "p90", "GFLOP/s", "of the peak", "x forward", "x ONNX Runtime", "max rel diff", "MB an image");
        foreach (var row in rows)
        {
            table.AddRow(
                row.Engine, Invariant($"{row.MedianMs:F3}"), Invariant($"{row.LeastMs:F3}"), Invariant($"{row.P10Ms:F3}"), Invariant($"{row.P90Ms:F3}"), Invariant($"{row.Gflops:F1}"),
                Invariant($"{row.Gflops * 1e9 / (peak * row.Threads):P0}"), Invariant($"{row.RatioForward:F2}"), Invariant($"{row.RatioOrt:F2}"), Invariant($"{row.MaxRelDiff:E1}"),
                row.MegabytesAnImage > 0 ? Invariant($"{row.MegabytesAnImage:F1}") : "");
        }
        AnsiConsole.Write(table);
    }

    /// <summary>Each network in a row, and the geometric means.</summary>
    public static void PrintSummary(List<EngineRow> rows)
    {
        var sets = rows.Where(static row => row.Engine.StartsWith(Fused, StringComparison.Ordinal)).Select(static row => row.Engine[Fused.Length..]).Distinct().ToList();
        foreach (var size in rows.GroupBy(static row => (row.Threads, row.Batch)))
        {
            AnsiConsole.WriteLine();
            AnsiConsole.WriteLine(Invariant($"Batch {size.Key.Batch}, {size.Key.Threads} thread(s): medians in ms, and how many times as fast as the better ONNX Runtime row."));
            var table = new Table().Border(TableBorder.Markdown);
            table.AddColumns(["network", "forward", Ort, .. sets.SelectMany(static set => new[] { set, "x " + Ort, "max rel diff" })]);
            var ratios = sets.ToDictionary(static set => set, static _ => new List<double>());
            foreach (var network in size.GroupBy(static row => row.Network))
            {
                var cells = new List<string> { network.Key, Invariant($"{network.First().MedianMs:F3}"), Invariant($"{network.Where(static row => row.Engine.StartsWith(Ort, StringComparison.Ordinal)).Min(static row => row.MedianMs):F3}") };
                foreach (var set in sets)
                {
                    var row = network.Single(row => row.Engine == Fused + set);
                    ratios[set].Add(row.RatioOrt);
                    cells.AddRange([Invariant($"{row.MedianMs:F3}"), Invariant($"{row.RatioOrt:F2}"), Invariant($"{row.MaxRelDiff:E1}")]);
                }
                table.AddRow([.. cells]);
            }
            table.AddRow(["geometric mean", "", "", .. sets.SelectMany(set => new[] { "", Invariant($"{Math.Exp(ratios[set].Average(Math.Log)):F2}"), "" })]);
            AnsiConsole.Write(table);
        }
    }
}
