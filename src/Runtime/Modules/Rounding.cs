using System.ComponentModel;

namespace Blockwright;

/// <summary>What numbers in declarations say and C# has no operator for. Called by the build's code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Rounding
{
    /// <summary>The multiple of a number that is nearest to a fraction, as torchvision's <c>_make_divisible</c> has it: halves up, the next one where more than a tenth would be lost, at least the number itself.</summary>
    /// <param name="numerator">The fraction's numerator.</param>
    /// <param name="denominator">The fraction's denominator, at least 1.</param>
    /// <param name="divisor">What divides the result, at least 1.</param>
    /// <exception cref="OverflowException">No int holds the result.</exception>
    public static int ToMultiple(long numerator, long denominator, long divisor) => Multiple.Nearest(numerator, denominator, divisor);
}
