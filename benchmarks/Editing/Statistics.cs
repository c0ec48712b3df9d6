namespace Blockwright.Benchmarks.Editing;

internal static class Statistics
{
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The value that the share of all does not exceed, interpolated between the two nearest.</summary>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        var at = share * (sorted.Length - 1);
        var (below, above) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return sorted[below] + ((sorted[above] - sorted[below]) * (at - below));
    }
}
