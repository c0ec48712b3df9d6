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
/// <param name="Before">The first network's.</param>
/// <param name="After">The second network's.</param>
public sealed record ComparisonRow(string Name, ComparisonUnit Unit, double Before, double After)
{
    /// <summary>By how much the second is more than the first: -0.25 is a quarter less.</summary>
    public double Change => (After / Before) - 1;

    /// <summary>The change as a person reads it; empty where there is nothing that it is a part of.</summary>
    internal string ChangeText => Before > 0 ? Invariant($"{100 * Change:+0.0;-0.0;0.0} %") : "";

    /// <summary>A figure as a person reads it.</summary>
    internal string Text(double figure) => Unit switch
    {
        ComparisonUnit.Bytes => SummaryText.Bytes((long)figure),
        ComparisonUnit.Seconds => ProfileText.Time(figure),
        ComparisonUnit.Share => Invariant($"{100 * figure:F2} %"),
        _ => SummaryText.Exact((long)figure),
    };
}
