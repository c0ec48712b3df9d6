using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Blockwright.Kernels.Simd;

/// <summary>
/// The activations: all that the kernels know of each is its row and its formula here. What is not finite comes out as libtorch has it in float64, rounded to
/// float32 (its own float32 differs from that, and between its vectors and their rests, for infinities under GELU and what passes 5e37 under Hardswish).
/// </summary>
internal static class Formulas
{
    private const float BinaryLogOfE = 1.44269504f;

    /// <summary>By torch.nn's names.</summary>
    public static readonly FrozenDictionary<string, Formula> All = WithTables(
    [
        Formula.Clamp<AtLeast>("ReLU", 0, float.PositiveInfinity),
        Formula.Clamp<Between>("ReLU6", 0, 6),
        Formula.Function<LeakyReLU>("LeakyReLU", "negative_slope"),
        Formula.Function<ELU>("ELU", "alpha"),
        Formula.Function<Sigmoid>("Sigmoid"),
        Formula.Function<SiLU>("SiLU"),
        Formula.Function<GELU>("GELU"),
        Formula.Function<GELUTanh>("GELUTanh"),
        Formula.Function<Mish>("Mish"),
        Formula.Function<Hardsigmoid>("Hardsigmoid"),
        Formula.Function<Hardswish>("Hardswish"),
        Formula.Function<Tanh>("Tanh"),
        Formula.Function<Softplus>("Softplus", "beta", "threshold"),
        Formula.Function<Factor>("Factor", "value"),
        Formula.Clamp<Between>("Hardtanh", "min_val", "max_val"),
        Formula.Clamp<Between>("Clamp", "min", "max"),
    ]).ToFrozenDictionary(static formula => formula.Name);

    /// <summary>x.</summary>
    public static readonly Formula None = Formula.Function<Unchanged>("");

    // They are there before any loop is compiled, which so takes their addresses for constants.
    private static Formula[] WithTables(Formula[] rows)
    {
        RuntimeHelpers.RunClassConstructor(typeof(GateTable).TypeHandle);
        return rows;
    }

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
    /// x * (1 + erf(x / sqrt(2))) / 2. By a table; or the error function is the quotient of polynomials that Eigen has, for |x| at most 4 sqrt(2), where erf is 1 in float32.
    /// </summary>
    private readonly unsafe struct GELU : IFormula
    {
        private const float Farthest = 5.656854f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            // A test of types is decided before anything is inlined; what no set reads would else use up what the JIT inlines at most.
            if (typeof(TVector) == typeof(Vector512<float>))
                return GateTable.Times<TSimd, TVector>(x, GateTable.OfErf);
            var near = TSimd.AtMost(TSimd.AtLeast(x, TSimd.Broadcast(-Farthest)), TSimd.Broadcast(Farthest));
            var square = TSimd.Multiply(near, near);
            var above = Above<TSimd, TVector>(square);
            var below = Below<TSimd, TVector>(square);
            var part = TSimd.Add(TSimd.Divide(TSimd.Multiply(near, above), below), TSimd.Broadcast(0.5f));
            // What is left of 1 - 1 there would be multiplied by any x; and of 1, what is above it.
            var isNear = TSimd.Add(x, TSimd.Broadcast(Farthest));
            part = TSimd.AtMost(part, TSimd.Broadcast(1f));
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

    /// <summary>x * (1 + tanh(z)) / 2 with z = sqrt(2 / pi) * (x + 0.044715 x^3). By a table; or as x / (1 + e^(-2z)).</summary>
    private readonly unsafe struct GELUTanh : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            if (typeof(TVector) == typeof(Vector512<float>))
                return GateTable.Times<TSimd, TVector>(x, GateTable.OfTanh);
            // From here on the gate is 0 or 1, and the cube stays finite.
            var near = TSimd.AtMost(TSimd.AtLeast(x, TSimd.Broadcast(-12f)), TSimd.Broadcast(12f));
            var slope = TSimd.MultiplyAdd(TSimd.Multiply(near, near), TSimd.Broadcast(0.0713548163f), TSimd.Broadcast(1.59576912f));
            return TSimd.DivideByPositive(x, OnePlusExpOfMinus<TSimd, TVector>(TSimd.Multiply(near, slope)));
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
            var exp = PowerOf<TSimd, TVector>(TSimd.Multiply(TSimd.AtMost(x, TSimd.Broadcast(20f)), TSimd.Broadcast(BinaryLogOfE)));
            var two = TSimd.Broadcast(2f);
            var sum = TSimd.Multiply(exp, TSimd.Add(exp, two));
            return TSimd.Multiply(x, TSimd.Divide(sum, TSimd.Add(sum, two)));
        }
    }

    /// <summary>min(max(x / 6 + 1 / 2, 0), 1).</summary>
    private readonly struct Hardsigmoid : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => HardGate<TSimd, TVector>(x);
    }

    /// <summary>x * min(max(x / 6 + 1 / 2, 0), 1).</summary>
    private readonly struct Hardswish : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.Multiply(x, HardGate<TSimd, TVector>(x));
    }

    /// <summary>first * x.</summary>
    private readonly struct Factor : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged => TSimd.Multiply(x, first);
    }

    /// <summary>-z / (2 + z) of |x|, with z = exp(-2 |x|) - 1: nothing is lost near 0.</summary>
    private readonly struct Tanh : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var z = ExpMinusOne<TSimd, TVector>(TSimd.Multiply(TSimd.Absolute(x), TSimd.Broadcast(-2f)));
            var below = TSimd.Divide(z, TSimd.Add(z, TSimd.Broadcast(2f)));
            return TSimd.SelectPositive(x, TSimd.Subtract(TSimd.Zero, below), below);
        }
    }

    /// <summary>x where first * x &gt; second, else max(x, 0) + log(1 + exp(-|first * x|)) / first: the logarithm is a polynomial of what is from 0 to 1.</summary>
    private readonly struct Softplus : IFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Apply<TSimd, TVector>(TVector x, TVector first, TVector second)
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            var scaled = TSimd.Multiply(x, first);
            var exp = PowerOf<TSimd, TVector>(TSimd.Multiply(TSimd.Absolute(scaled), TSimd.Broadcast(-BinaryLogOfE)));
            var series = TSimd.Broadcast(1.9866965e-3f);
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(-1.31878263e-2f));
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(4.10065732e-2f));
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(-8.18804088e-2f));
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(1.23779958e-1f));
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(-1.6087623e-1f));
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(1.98858203e-1f));
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(-2.49864965e-1f));
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(3.33324975e-1f));
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(-4.99999795e-1f));
            series = TSimd.MultiplyAdd(series, exp, TSimd.Broadcast(1f));
            var bend = TSimd.Divide(TSimd.Multiply(series, exp), first);
            return TSimd.SelectPositive(TSimd.Subtract(scaled, second), x, TSimd.Add(TSimd.AtLeast(x, TSimd.Zero), bend));
        }
    }

    /// <summary>
    /// e^x to 2 units in the last place: 2^n * e^r with n = round(x / ln 2) and a polynomial for e^r, |r| at most ln(2) / 2 (Moshier's expf of the Cephes library). NaN stays NaN.
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
        var n = TSimd.Subtract(TSimd.MultiplyAdd(x, TSimd.Broadcast(BinaryLogOfE), rounding), rounding);
        // ln 2 in two parts, the first so short that its products with n are exact.
        var r = TSimd.MultiplyAdd(n, TSimd.Broadcast(-0.693359375f), x);
        r = TSimd.MultiplyAdd(n, TSimd.Broadcast(2.12194440e-4f), r);
        var series = TSimd.Broadcast(1.9875691500e-4f);
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1.3981999507e-3f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(8.3334519073e-3f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(4.1665795894e-2f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1.6666665459e-1f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(5.0000001201e-1f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1f));
        series = TSimd.MultiplyAdd(series, r, TSimd.Broadcast(1f));
        return TSimd.Scale(series, n);
    }

    /// <summary>
    /// 2^t, to 2 units in the last place and what the rounding of t makes: where t is x * log2(e), a third of a unit for each 1 of |x|, which a gate loses in its 1 + or has where it is next to 0. It takes half
    /// of the instructions of <see cref="Exp"/>: a polynomial for 2^f, f from 0 to 1.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector PowerOf<TSimd, TVector>(TVector t)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        t = TSimd.ToExponent(t);
        var fraction = TSimd.Fraction(t);
        var series = TSimd.Broadcast(2.081791462842375e-4f);
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(1.2692166492342949e-3f));
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(9.652195498347282e-3f));
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(5.549602210521698e-2f));
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(2.4022720754146576e-1f));
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(6.931471824645996e-1f));
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(1f));
        return TSimd.ScaleByFloor(series, t);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OnePlusExpOfMinus<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Add(TSimd.Broadcast(1f), PowerOf<TSimd, TVector>(TSimd.Multiply(x, TSimd.Broadcast(-BinaryLogOfE))));

    /// <summary>exp(x) - 1 for x of at most 0: 2^n * (2^f - 1) + (2^n - 1), f from -1/2 to 1/2, so that nothing is lost near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpMinusOne<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        // From here on it is -1. What is above 0 is not asked for.
        var t = TSimd.Multiply(TSimd.AtMost(TSimd.AtLeast(x, TSimd.Broadcast(-30f)), TSimd.Zero), TSimd.Broadcast(BinaryLogOfE));
        var rounding = TSimd.Broadcast(12582912f);
        var n = TSimd.Subtract(TSimd.Add(t, rounding), rounding);
        var fraction = TSimd.Subtract(t, n);
        var series = TSimd.Broadcast(1.5453163359779865e-4f);
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(1.3390863314270973e-3f));
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(9.618083015084267e-3f));
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(5.5503569543361664e-2f));
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(2.4022650718688965e-1f));
        series = TSimd.MultiplyAdd(series, fraction, TSimd.Broadcast(6.931471824645996e-1f));
        var power = TSimd.ScaleByFloor(TSimd.Broadcast(1f), n);
        return TSimd.MultiplyAdd(TSimd.Multiply(series, fraction), power, TSimd.Add(power, TSimd.Broadcast(-1f)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector HardGate<TSimd, TVector>(TVector x)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.AtMost(TSimd.AtLeast(TSimd.MultiplyAdd(x, TSimd.Broadcast(1f / 6), TSimd.Broadcast(0.5f)), TSimd.Zero), TSimd.Broadcast(1f));
}
