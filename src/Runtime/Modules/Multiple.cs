namespace Blockwright;

/// <summary>What <c>round(x, 8)</c> in a declaration means: the build computes it here, and so do the constructors that it writes.</summary>
internal static class Multiple
{
    /// <summary>
    /// torchvision's <c>_make_divisible</c>, without its rounding errors: the multiple of <paramref name="divisor"/> that is nearest to the fraction, halves up; the next one where that would lose more than a tenth of
    /// it; at least <paramref name="divisor"/>.
    /// </summary>
    /// <param name="numerator">The fraction's numerator.</param>
    /// <param name="denominator">The fraction's denominator, at least 1.</param>
    /// <param name="divisor">What divides the result, at least 1.</param>
    /// <exception cref="OverflowException">No int holds the result.</exception>
    public static int Nearest(long numerator, long denominator, long divisor)
    {
        checked
        {
            var nearest = ((2 * numerator) + (divisor * denominator)) / (2 * denominator * divisor) * divisor;
            var result = Math.Max(divisor, nearest);
            return (int)(10 * result * denominator < 9 * numerator ? result + divisor : result);
        }
    }
}
