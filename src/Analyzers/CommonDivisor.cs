using Blockwright.Graph;

namespace Blockwright.Analyzers;

/// <summary>How many groups two numbers of channels can be in.</summary>
internal static class CommonDivisor
{
    /// <summary>The largest number that divides both and is at most the limit; 1 at least.</summary>
    public static long AtMost(long limit, long a, long b)
    {
        var common = Rational.Gcd(a, b);
        var largest = 1L;
        // Each divisor below the root has one above it.
        for (var divisor = 1L; divisor * divisor <= common; divisor++)
        {
            if (common % divisor != 0)
                continue;
            if (divisor <= limit)
                largest = Math.Max(largest, divisor);
            if (common / divisor <= limit)
                largest = Math.Max(largest, common / divisor);
        }
        return largest;
    }
}
