using System.Collections.Frozen;
using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>
/// The activations: all that the kernels know of each is its row and its formula here. The formulas are libtorch's (aten/src/ATen/native/cpu/Activation.cpp), in
/// its order of operations, so that infinities and NaN come out as there.
/// </summary>
internal static class Formulas
{
    /// <summary>By torch.nn's names.</summary>
    public static readonly FrozenDictionary<string, Formula> All = new[]
    {
        Formula.Clamp<AtLeast>("ReLU", 0, float.PositiveInfinity),
        Formula.Clamp<Between>("ReLU6", 0, 6),
        Formula.Function<LeakyReLU>("LeakyReLU", "negative_slope"),
        Formula.Function<ELU>("ELU", "alpha"),
        Formula.Function<Sigmoid>("Sigmoid"),
        Formula.Function<SiLU>("SiLU"),
        Formula.Function<Hardsigmoid>("Hardsigmoid"),
        Formula.Function<Hardswish>("Hardswish"),
    }.ToFrozenDictionary(static formula => formula.Name);

    /// <summary>x.</summary>
    public static readonly Formula None = Formula.Function<Unchanged>("");

    private readonly struct Unchanged : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => x;
    }

    /// <summary>max(x, first).</summary>
    private readonly struct AtLeast : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.AtLeast(x, first);
    }

    /// <summary>min(max(x, first), second).</summary>
    private readonly struct Between : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.AtMost(TSimd.AtLeast(x, first), second);
    }

    /// <summary>x where x &gt; 0, else first * x.</summary>
    private readonly struct LeakyReLU : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.SelectPositive(x, x, TSimd.Multiply(x, first));
    }

    /// <summary>x where x &gt; 0, else first * (exp(x) - 1).</summary>
    private readonly struct ELU : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.SelectPositive(x, x, TSimd.Multiply(first, ExpMinusOne<TSimd, TVector>(x)));
    }

    /// <summary>1 / (1 + exp(-x)).</summary>
    private readonly struct Sigmoid : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.Divide(TSimd.Broadcast(1f), OnePlusExpOfMinus<TSimd, TVector>(x));
    }

    /// <summary>x / (1 + exp(-x)).</summary>
    private readonly struct SiLU : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.Divide(x, OnePlusExpOfMinus<TSimd, TVector>(x));
    }

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    private readonly struct Hardsigmoid : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.Multiply(ZeroToSix<TSimd, TVector>(x), TSimd.Broadcast(1f / 6));
    }

    /// <summary>x * min(max(x + 3, 0), 6) / 6.</summary>
    private readonly struct Hardswish : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.Multiply(TSimd.Multiply(x, ZeroToSix<TSimd, TVector>(x)), TSimd.Broadcast(1f / 6));
    }

    /// <summary>
    /// e^x to 1.5 units in the last place: 2^n * e^r with n = round(x / ln 2) and a polynomial for e^r, |r| at most ln(2) / 2 (Moshier's expf of the Cephes library). NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Exp<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        // Beyond these e^x is 0 or infinite, which Scale makes of it; infinities themselves would give NaN.
        x = TSimd.AtMost(TSimd.AtLeast(x, TSimd.Broadcast(-105f)), TSimd.Broadcast(89f));
        // A sum of this size has no room for a fraction: it is rounded to the nearest whole number.
        var rounding = TSimd.Broadcast(12582912f);
        var n = TSimd.Add(TSimd.MultiplyAdd(x, TSimd.Broadcast(1.44269504f), rounding), TSimd.Broadcast(-12582912f));
        // ln 2 in two parts, the first so short that its products with n are exact.
        var r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(2.12194440e-4f), r);
        var series = TSimd.Broadcast(1.9875691500e-4f);
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1.3981999507e-3f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(8.3334519073e-3f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(4.1665795894e-2f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1.6666665459e-1f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(5.0000001201e-1f));
        series = TSimd.MultiplyAdd(series, TSimd.Multiply(r, r), r);
        return TSimd.Scale(TSimd.Add(series, TSimd.Broadcast(1f)), n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OnePlusExpOfMinus<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Add(TSimd.Broadcast(1f), Exp<TSimd, TVector>(TSimd.Multiply(x, TSimd.Broadcast(-1f))));

    /// <summary>exp(x) - 1 for x of at most 0: near 0, where nothing of the difference would be left, its series up to x^8 / 8!.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpMinusOne<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var series = TSimd.Broadcast(1f / 40320);
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1f / 5040));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1f / 720));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1f / 120));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1f / 24));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1f / 6));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1f / 2));
        series = TSimd.MultiplyAdd(series, x, TSimd.Broadcast(1f));
        return TSimd.SelectPositive(TSimd.Add(x, TSimd.Broadcast(0.5f)), TSimd.Multiply(series, x), TSimd.Add(Exp<TSimd, TVector>(x), TSimd.Broadcast(-1f)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ZeroToSix<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.AtMost(TSimd.AtLeast(TSimd.Add(x, TSimd.Broadcast(3f)), TSimd.Zero), TSimd.Broadcast(6f));
}
