using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>What the tests of the kernels share.</summary>
internal static class Judge
{
    private const float Slope = 0.1f;
    private const double Alpha = 0.7;

    // What says how each activation must come out: torch, and the definition.
    private static readonly Dictionary<string, (double[] Parameters, Func<Tensor, Tensor> Torch, Func<double, double> Definition)> Judges = new()
    {
        [""] = ([], static x => x, static x => x),
        ["ReLU"] = ([], static x => nn.functional.relu(x), static x => Math.Max(x, 0)),
        ["ReLU6"] = ([], static x => nn.functional.relu6(x), static x => Math.Min(Math.Max(x, 0), 6)),
        ["LeakyReLU"] = ([Slope], static x => nn.functional.leaky_relu(x, Slope), static x => x > 0 ? x : Slope * x),
        ["ELU"] = ([Alpha], static x => nn.functional.elu(x, Alpha), static x => x > 0 ? x : Alpha * (Math.Exp(x) - 1)),
        ["Sigmoid"] = ([], sigmoid, static x => 1 / (1 + Math.Exp(-x))),
        ["SiLU"] = ([], static x => nn.functional.silu(x), static x => x / (1 + Math.Exp(-x))),
        ["Hardsigmoid"] = ([], static x => nn.functional.hardsigmoid(x), static x => Math.Min(Math.Max(x + 3, 0), 6) / 6),
        ["Hardswish"] = ([], static x => nn.functional.hardswish(x), static x => x * Math.Min(Math.Max(x + 3, 0), 6) / 6),
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

    public static Tensor Apply(Activation activation, Tensor x) => JudgeOf(activation.Name).Torch(x);

    public static double Apply(Activation activation, double x) => JudgeOf(activation.Name).Definition(x);

    private static (double[] Parameters, Func<Tensor, Tensor> Torch, Func<double, double> Definition) JudgeOf(string name) =>
        Judges.TryGetValue(name, out var judge) ? judge : throw new InvalidOperationException($"The tests do not know how the activation {name} must come out: give it a row in {nameof(Judges)}.");


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
