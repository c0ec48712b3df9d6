using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>What the tests of the kernels share.</summary>
internal static class Judge
{
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

    public static readonly Activation[] Activations =
    [
        Activation.None, Activation.Relu, Activation.Relu6, Activation.LeakyRelu(0.1f), Activation.Sigmoid, Activation.Silu, Activation.Hardsigmoid, Activation.Hardswish,
    ];

    /// <summary>Channel counts of networks, and awkward ones.</summary>
    public static readonly CsCheck.Gen<int> Channels = CsCheck.Gen.OneOf(1, 2, 3, 7, 8, 9, 15, 16, 17, 24, 31, 33, 40, 48, 58, 64, 100, 116);

    public static Tensor Apply(Activation activation, Tensor x) => activation.Kind switch
    {
        ActivationKind.None => x,
        ActivationKind.Relu => nn.functional.relu(x),
        ActivationKind.Clamp => x.clamp(activation.First, activation.Second),
        ActivationKind.LeakyRelu => nn.functional.leaky_relu(x, activation.First),
        ActivationKind.Sigmoid => sigmoid(x),
        ActivationKind.Silu => nn.functional.silu(x),
        ActivationKind.Hardsigmoid => nn.functional.hardsigmoid(x),
        ActivationKind.Hardswish => nn.functional.hardswish(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    public static double Apply(Activation activation, double x) => activation.Kind switch
    {
        ActivationKind.None => x,
        ActivationKind.Relu => Math.Max(x, 0),
        ActivationKind.Clamp => Math.Min(Math.Max(x, activation.First), activation.Second),
        ActivationKind.LeakyRelu => x > 0 ? x : activation.First * x,
        ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        ActivationKind.Silu => x / (1 + Math.Exp(-x)),
        ActivationKind.Hardsigmoid => Math.Min(Math.Max(x + 3, 0), 6) / 6,
        ActivationKind.Hardswish => x * Math.Min(Math.Max(x + 3, 0), 6) / 6,
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

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

    public static void Close(Tensor expected, Tensor actual, string what)
    {
        Assert.Equal(expected.shape, actual.shape);
        Close(expected.to(ScalarType.Float64).contiguous().data<double>().ToArray(), actual, what);
    }

    public static void Close(double[] expected, Tensor actual, string what)
    {
        var found = actual.to(ScalarType.Float64).contiguous().data<double>().ToArray();
        Assert.Equal(expected.Length, found.Length);
        // What is summed is of the size of one, also where a few results happen to be near zero.
        var largest = Math.Max(0.1, expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max());
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
