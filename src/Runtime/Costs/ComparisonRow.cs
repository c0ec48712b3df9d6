using static System.FormattableString;

namespace Blockwright;

/// <summary>What a figure of a <see cref="Comparison"/> is counted in.</summary>
public enum ComparisonUnit
{
    /// <summary>A number of things.</summary>
    Count,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>Seconds.</summary>
    Seconds,

    /// <summary>A part of the whole.</summary>
    Share,
}

/// <summary>A figure of two networks.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">What it is counted in.</param>
/// <param name="Before">The first network's; no number where it is of kernels that the network has not.</param>
/// <param name="After">The second network's; the same.</param>
public sealed record ComparisonRow(string Name, ComparisonUnit Unit, double Before, double After)
{
    private const double LeastSpread = 0.0005; // which is shown

    /// <summary>By how much the second is more than the first: -0.25 is a quarter less.</summary>
    public double Change => (After / Before) - 1;

    /// <summary>How far the first network's runs lie apart: half of what lies between the quartiles of their times, as a share of the median; 0 for what is counted.</summary>
    public double BeforeSpread { get; init; }

    /// <summary>The same of the second network's.</summary>
    public double AfterSpread { get; init; }

    internal string BeforeText => Text(Before, BeforeSpread);

    internal string AfterText => Text(After, AfterSpread);

    /// <summary>The change as a person reads it; empty where there is nothing that it is a part of.</summary>
    internal string ChangeText => Before > 0 && double.IsFinite(After) ? Invariant($"{100 * Change:+0.0;-0.0;0.0} %") : "";

    /// <summary>A figure as a person reads it.</summary>
    private string Text(double figure, double spread) => Unit switch
    {
        _ when double.IsNaN(figure) => "no kernels",
        ComparisonUnit.Seconds when spread >= LeastSpread => Invariant($"{ProfileText.Time(figure)} ± {100 * spread:F1} %"),
        ComparisonUnit.Bytes => SummaryText.Bytes((long)figure),
        ComparisonUnit.Seconds => ProfileText.Time(figure),
        ComparisonUnit.Share => Invariant($"{100 * figure:F2} %"),
        _ => SummaryText.Exact((long)figure),
    };
}
