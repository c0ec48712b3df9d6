using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>Powers of numbers above 0.</summary>
internal static class Powers
{
    /// <summary>
    /// value^exponent, as 2^(exponent * log2(value)): to four units in the last place, and 0.6 for each 1 of that product. Infinity has its limit, NaN stays NaN; what is below the least normal number is taken for that.
    /// </summary>
    /// <param name="value">Numbers of at least 0.</param>
    /// <param name="exponent">Anything but 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TSimd, TVector>(TVector value, TVector exponent)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var largest = TSimd.Broadcast(float.MaxValue);
        var logarithm = BinaryLogarithm<TSimd, TVector>(TSimd.AtMost(TSimd.AtLeast(value, TSimd.Broadcast(1.17549435e-38f)), largest));
        // No more than infinity is above the largest number.
        logarithm = TSimd.SelectPositive(TSimd.Subtract(value, largest), TSimd.Broadcast(float.PositiveInfinity), logarithm);
        return Formulas.PowerOf<TSimd, TVector>(TSimd.Multiply(logarithm, exponent));
    }

    /// <summary>log2(2^e * m) = e + 1/2 + log2(m / sqrt(2)), m from 1 to 2: of the last an odd series in u = (m - sqrt(2)) / (m + sqrt(2)), |u| at most 0.172.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector BinaryLogarithm<TSimd, TVector>(TVector value)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        const float Root = 1.41421354f;
        var exponent = TSimd.Exponent(value);
        var part = TSimd.Scale(value, TSimd.Subtract(TSimd.Zero, exponent));
        var u = TSimd.Divide(TSimd.Subtract(part, TSimd.Broadcast(Root)), TSimd.Add(part, TSimd.Broadcast(Root)));
        var square = TSimd.Multiply(u, u);
        var series = TSimd.Broadcast(0.426749706f);
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(0.576916127f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(0.961796959f));
        series = TSimd.MultiplyAdd(series, square, TSimd.Broadcast(2.88539008f));
        return TSimd.Add(exponent, TSimd.MultiplyAdd(series, u, TSimd.Broadcast(0.5f)));
    }
}
