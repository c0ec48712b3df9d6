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
        Formula.Function<GELU>("GELU"),
        Formula.Function<Mish>("Mish"),
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
            where TVector : unmanaged => TSimd.DivideByPositive(TSimd.Broadcast(1f), OnePlusExpOfMinus<TSimd, TVector>(x));
    }

    /// <summary>x / (1 + exp(-x)).</summary>
    private readonly struct SiLU : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.DivideByPositive(x, OnePlusExpOfMinus<TSimd, TVector>(x));
    }

    /// <summary>
    /// x * (1 + erf(x / sqrt(2))) / 2. The error function is the quotient of polynomials that Eigen has, for |x| at most 4 sqrt(2), where erf is 1 in float32.
    /// </summary>
    private readonly struct GELU : IFormula
    {
        private const float Farthest = 5.656854f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var near = TSimd.AtMost(TSimd.AtLeast(x, TSimd.Broadcast(-Farthest)), TSimd.Broadcast(Farthest));
            var square = TSimd.Multiply(near, near);
            var above = Above<TSimd, TVector>(square);
            var below = Below<TSimd, TVector>(square);
            var part = TSimd.Add(TSimd.DivideByPositive(TSimd.Multiply(near, above), below), TSimd.Broadcast(0.5f));
            // What is left of 1 - 1 there would be multiplied by any x.
            var isNear = TSimd.Add(x, TSimd.Broadcast(Farthest));
            return TSimd.Multiply(x, TSimd.SelectPositive(isNear, part, TSimd.Multiply(part, TSimd.Zero)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Above<TSimd, TVector>(TVector square)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var sum = TSimd.Broadcast(1.505995060e-12f);
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(-3.061199413e-10f));
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(4.642651039e-08f));
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(2.515756171e-06f));
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(6.496460735e-05f));
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(5.223043901e-04f));
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(5.690807158e-03f));
            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TVector Below<TSimd, TVector>(TVector square)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var sum = TSimd.Broadcast(9.103794904e-07f);
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(2.667175691e-05f));
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(4.207067436e-04f));
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(3.686664584e-03f));
            sum = TSimd.MultiplyAdd(sum, square, TSimd.Broadcast(1.426473905e-02f));
            return sum;
        }
    }

    /// <summary>x * tanh(log(1 + e^x)) = x * s / (s + 2) with s = e^x * (e^x + 2): one exponential.</summary>
    private readonly struct Mish : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            // From here on the quotient is 1, and its parts stay finite.
            var exp = Exp<TSimd, TVector>(TSimd.AtMost(x, TSimd.Broadcast(20f)));
            var two = TSimd.Broadcast(2f);
            var sum = TSimd.Multiply(exp, TSimd.Add(exp, two));
            return TSimd.Multiply(x, TSimd.DivideByPositive(sum, TSimd.Add(sum, two)));
        }
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
    /// e^x to 2 units in the last place: 2^n * e^r with n = round(x / ln 2) and a polynomial for e^r, |r| at most ln(2) / 2 (Moshier's expf of the Cephes library). NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Exp<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => ExpOfSigned<TSimd, TVector>(x, 1);

    /// <summary>e^(sign * x) for a sign of 1 or -1, a constant, which costs nothing: it goes into the polynomial's numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpOfSigned<TSimd, TVector>(TVector x, float sign)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        // Beyond these e^x is 0 or infinite, which Scale makes of it; infinities themselves would give NaN.
        x = TSimd.AtMost(TSimd.AtLeast(x, TSimd.Broadcast(sign > 0 ? -105f : -89f)), TSimd.Broadcast(sign > 0 ? 89f : 105f));
        // A sum of this size has no room for a fraction: it is rounded to the nearest whole number.
        var rounding = TSimd.Broadcast(12582912f);
        var n = TSimd.Subtract(TSimd.MultiplyAdd(x, TSimd.Broadcast(sign * 1.44269504f), rounding), rounding);
        // ln 2 in two parts, the first so short that its products with n are exact.
        var r = TSimd.MultiplyAdd(n, TSimd.Broadcast(sign * -0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(sign * 2.12194440e-4f), r);
        var series = TSimd.Broadcast(sign * 1.9875691500e-4f);
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1.3981999507e-3f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(sign * 8.3334519073e-3f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(4.1665795894e-2f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(sign * 1.6666665459e-1f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(5.0000001201e-1f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(sign));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1f));
        return TSimd.Scale(series, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OnePlusExpOfMinus<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Add(TSimd.Broadcast(1f), ExpOfSigned<TSimd, TVector>(x, -1));

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
