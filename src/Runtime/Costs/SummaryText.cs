using System.Globalization;
using static System.FormattableString;

namespace Blockwright;

/// <summary>A summary's cells.</summary>
internal static class SummaryText
{
    public static IReadOnlyList<(SummaryColumns Flag, string Header, bool IsNumber, Func<NetworkSummary, SummaryRow, string> Cell)> Columns { get; } =
    [
        (SummaryColumns.Kind, "kind", false, static (_, row) => row.Kind),
        (SummaryColumns.Numbers, "numbers", false, static (_, row) => row.Numbers),
        (SummaryColumns.InputShape, "takes", false, static (_, row) => Shape(row.InputShape)),
        (SummaryColumns.OutputShape, "gives", false, static (summary, row) => row.Depth == 0 && summary.Cost.Results.Count is > 1 and var results ? Invariant($"{results} results") : Shape(row.OutputShape)),
        (SummaryColumns.Parameters, "parameters", true, static (_, row) => Counted(row, row.Parameters)),
        (SummaryColumns.ParameterShare, "share", true, static (summary, row) => Share(row.Parameters, summary.Cost.Parameters)),
        (SummaryColumns.Trainable, "trainable", false, static (summary, row) => summary.TrainableText(row)),
        (SummaryColumns.MultiplyAdds, "multiply-adds", true, static (_, row) => Counted(row, row.MultiplyAdds)),
        (SummaryColumns.MultiplyAddShare, "share", true, static (summary, row) => Share(row.MultiplyAdds, summary.Cost.MultiplyAdds)),
        (SummaryColumns.MemoryAccess, "bytes", true, static (_, row) => Count(row.MemoryAccessBytes)),
        (SummaryColumns.FusedAccess, "bytes fused", true, static (_, row) => Count(row.FusedBytes)),
        (SummaryColumns.Intensity, "FLOPs/byte", true, static (_, row) => row.MultiplyAdds == 0 ? "" : row.ArithmeticIntensity.ToString("F1", CultureInfo.InvariantCulture)),
        (SummaryColumns.Pass, "fused", false, Pass),
    ];

    public static string Exact(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Bytes(long bytes) => Math.Abs(bytes) < 100_000 ? Invariant($"{bytes / 1e3:N2} kB") : Invariant($"{bytes / 1e6:N2} MB");

    public static string Shape(IReadOnlyList<long> shape) => shape.Joined(" x ");

    public static string Count(long number) => number == 0 ? "" : Exact(number);

    /// <summary>A count that the build cannot make of a module of the user's own.</summary>
    public static string Counted(SummaryRow row, long number) => row is { IsGroup: false, Layers: [{ IsUncounted: true }] } ? "?" : Count(number);

    private static string Share(long part, long whole) => part == 0 ? "" : Invariant($"{100.0 * part / whole:F1} %");

    public static string Pass(NetworkSummary summary, SummaryRow row)
    {
        if (!summary.Cost.HasPlan)
            return "";
        if (row.IsGroup)
            return Invariant($"{row.Passes} {(row.Passes == 1 ? "pass" : "passes")}");
        return row.Layers[0].Pass switch
        {
            LayerPass.Own => "pass",
            LayerPass.Torch => "torch",
            LayerPass.Fused => "in " + summary.NameOf(row.Layers[0].ComputedBy),
            _ => "free",
        };
    }
}
