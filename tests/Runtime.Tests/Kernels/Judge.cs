using Blockwright.Kernels;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>What the tests of the kernels share.</summary>
internal static class Judge
{
    private const float Slope = 0.1f;
    private const double Alpha = 0.7;
    private const double Beta = 1.5;
    private const double Threshold = 20;
    private const double Least = -0.75;
    private const double Greatest = 1.25;

    // TorchSharp makes a Scalar of each number that it is given, and of the 1 that an addition multiplies with, and frees it when nobody holds it any more: in the middle of the call, if a collection comes then.
    // Those that somebody holds stay.
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar MinusOne = (-1).ToScalar();
    private static readonly Scalar SlopeScalar = Slope.ToScalar();
    private static readonly Scalar AlphaScalar = Alpha.ToScalar();
    private static readonly Scalar LeastScalar = Least.ToScalar();
    private static readonly Scalar GreatestScalar = Greatest.ToScalar();

    // What says how each activation must come out: torch, and the definition.
    private static readonly Dictionary<string, (double[] Parameters, Func<Tensor, Tensor> Torch, Func<double, double> Definition)> Judges = new()
    {
        [""] = ([], static x => x, static x => x),
        ["ReLU"] = ([], static x => nn.functional.relu(x), static x => Math.Max(x, 0)),
        ["ReLU6"] = ([], static x => nn.functional.relu6(x), static x => Math.Min(Math.Max(x, 0), 6)),
        ["LeakyReLU"] = ([Slope], static x => x.leaky_relu(SlopeScalar), static x => x > 0 ? x : Slope * x),
        ["ELU"] = ([Alpha], static x => x.elu(AlphaScalar, One, One), static x => x > 0 ? x : Alpha * ExpMinusOne(x)),
        ["Sigmoid"] = ([], sigmoid, static x => 1 / (1 + Math.Exp(-x))),
        ["SiLU"] = ([], static x => nn.functional.silu(x), static x => x / (1 + Math.Exp(-x))),
        ["GELU"] = ([], static x => nn.functional.gelu(x), static x => x * NormalBelow(x)),
        ["GELUTanh"] = ([], static x => x.gelu(TorchSharp.Modules.GELU.Approximate.tanh), static x => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))),
        ["Mish"] = ([], static x => nn.functional.mish(x), static x => x * Math.Tanh(Math.Max(x, 0) + LogOfOnePlus(Math.Exp(-Math.Abs(x))))),
        ["Hardsigmoid"] = ([], static x => nn.functional.hardsigmoid(x), static x => Math.Min(Math.Max(x + 3, 0), 6) / 6),
        ["Hardswish"] = ([], static x => nn.functional.hardswish(x), static x => x * Math.Min(Math.Max(x + 3, 0), 6) / 6),
        ["Tanh"] = ([], static x => x.tanh(), Math.Tanh),
        ["Softplus"] = ([Beta, Threshold], static x => x.softplus(Beta, Threshold), static x => x * Beta > Threshold ? x : Math.Max(x, 0) + (LogOfOnePlus(Math.Exp(-Math.Abs(x * Beta))) / Beta)),
        ["Factor"] = ([Slope], static x => x.mul(SlopeScalar), static x => Slope * x),
        ["Hardtanh"] = ([Least, Greatest], static x => x.clamp(LeastScalar, GreatestScalar), static x => Math.Min(Math.Max(x, Least), Greatest)),
        ["Clamp"] = ([Least, Greatest], static x => x.clamp(LeastScalar, GreatestScalar), static x => Math.Min(Math.Max(x, Least), Greatest)),
    };

    /// <summary>The largest difference that is allowed, as a part of the largest value.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>Every instruction set whose code can run here, each with one, two and three shares.</summary>
    public static TheoryData<InstructionSet, int> Sets()
    {
        var data = new TheoryData<InstructionSet, int>();
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.CanRun))
        {
            for (var parts = 1; parts <= 3; parts++)
                data.Add(set, parts);
        }

        return data;
    }

    /// <summary>None, and every activation that the kernels have.</summary>
    public static readonly Activation[] Activations = [Activation.None, .. Activation.Names.Select(static name => Activation.Named(name, JudgeOf(name).Parameters))];

    /// <summary>Channel counts of networks, and awkward ones.</summary>
    public static readonly CsCheck.Gen<int> Channels = CsCheck.Gen.OneOf(1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 33, 40, 48, 58, 64, 100, 116);

    public static Tensor Sum(Tensor left, Tensor right) => left.add(right, One);

    public static Tensor Difference(Tensor left, Tensor right) => left.add(right, MinusOne);

    public static Tensor Apply(Activation activation, Tensor x) => JudgeOf(activation.Name).Torch(x);

    public static double Apply(Activation activation, double x) => JudgeOf(activation.Name).Definition(x);

    private static (double[] Parameters, Func<Tensor, Tensor> Torch, Func<double, double> Definition) JudgeOf(string name) =>
        Judges.TryGetValue(name, out var judge) ? judge : throw new InvalidOperationException($"The tests do not know how the activation {name} must come out: give it a row in {nameof(Judges)}.");

    /// <summary>How much of a normal distribution lies below x: a series, and far from 0 a continued fraction.</summary>
    private static double NormalBelow(double x)
    {
        if (double.IsNaN(x))
            return x;
        var z = Math.Abs(x) / Math.Sqrt(2);
        var tail = z > 30 ? 0 : z < 3 ? 0.5 - Series() : Math.Exp(-z * z) / (2 * Math.Sqrt(Math.PI) * Fraction());
        return x < 0 ? tail : 1 - tail;

        double Series()
        {
            var (sum, term) = (z, z);
            for (var n = 1; n < 100; n++)
                sum += term *= 2 * z * z / ((2 * n) + 1);
            return sum * Math.Exp(-z * z) / Math.Sqrt(Math.PI);
        }

        double Fraction()
        {
            var fraction = z;
            for (var n = 100; n > 0; n--)
                fraction = z + (n / 2.0 / fraction);
            return fraction;
        }
    }

    // Kahan's, too.
    private static double ExpMinusOne(double x) => Math.Exp(x) is var exp && exp == 1 ? x : exp < 1e-10 ? exp - 1 : (exp - 1) * (x / Math.Log(exp));

    // Kahan's: exact where 1 + x is rounded.
    private static double LogOfOnePlus(double x) => 1 + x == 1 ? x : Math.Log(1 + x) * (x / (1 + x - 1));

    /// <summary>Values of a normal distribution, the same for the same seed.</summary>
    public static Func<float> Normal(int seed)
    {
        var random = new Random(seed);
        return () => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    public static float[] Values(int count, Func<float> next)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = next();
        return values;
    }

    /// <summary>An input and the padding with which torch's windows take it: one that is another on two sides is laid round it before.</summary>
    public static (Tensor Input, long[] Padding) Padded(Tensor x, Window window, double value = 0) => window.MoreBelow == 0 && window.MoreRight == 0
        ? (x, [window.PaddingHeight, window.PaddingWidth])
        : (nn.functional.pad(x, [window.PaddingWidth, window.PaddingRight, window.PaddingHeight, window.PaddingBelow], value: value), [0, 0]);

    /// <summary>A window, or the same with other padding behind the map than before it.</summary>
    public static Gen<Window> Uneven(Window window, int mostBelow, int mostRight) =>
        from isEven in Gen.Bool
        from below in Gen.Int[0, mostBelow]
        from right in Gen.Int[0, mostRight]
        select isEven ? window : window with { MoreBelow = below - window.PaddingHeight, MoreRight = right - window.PaddingWidth };

    // summed: how large what it was made of is, where that is more.
    public static void Close(Tensor expected, Tensor actual, string what, double summed = 0)
    {
        Assert.Equal(expected.shape, actual.shape);
        Close(expected.to(ScalarType.Float64).contiguous().data<double>().ToArray(), actual, what, summed);
    }

    public static void Close(double[] expected, Tensor actual, string what, double summed = 0)
    {
        var found = actual.to(ScalarType.Float64).contiguous().data<double>().ToArray();
        Assert.Equal(expected.Length, found.Length);
        // What is summed is of the size of one, also where a few results happen to be near zero.
        var largest = Math.Max(Math.Max(0.1, summed), expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (var i = 0; i < expected.Length; i++)
        {
            var same = double.IsFinite(expected[i]) ? Math.Abs(expected[i] - found[i]) <= Tolerance * largest : expected[i].Equals(found[i]);
            if (!same)
                Assert.Fail($"{what}: element {i} is {found[i]}, expected {expected[i]} (largest {largest}).");
        }
    }

    public static void InParts(int parts, Action<Share> run)
    {
        for (var part = 0; part < parts; part++)
            run(new Share(part, parts));
    }
}
