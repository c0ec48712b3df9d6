using Blockwright.Kernels;
using Blockwright.Kernels.Simd;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>What docs/accuracy.md says of each activation.</summary>
public class ActivationAccuracyTests
{
    private const double Tiny = 1e-30;

    /// <summary>Its error at most, in units in the last place of the exact result, or of a size where that is smaller; and how much more for each 1 of an input below 0.</summary>
    private static readonly Dictionary<string, (double Units, double Size, double More)> Bounds = new()
    {
        ["ReLU"] = (0, Tiny, 0),
        ["ReLU6"] = (0, Tiny, 0),
        ["LeakyReLU"] = (0.5, Tiny, 0),
        ["ELU"] = (4, Tiny, 0),
        ["Sigmoid"] = (3, Tiny, 0.35),
        ["SiLU"] = (4, Tiny, 0.35),
        ["GELU"] = (8, 1, 0),
        ["GELUTanh"] = (8, 1, 0),
        ["Mish"] = (6, Tiny, 0.35),
        ["Hardsigmoid"] = (1, 1, 0),
        ["Hardswish"] = (1, 1, 0),
        ["Tanh"] = (6, Tiny, 0),
        ["Softplus"] = (5, Tiny, 0.53),
        ["Factor"] = (0.5, Tiny, 0),
        ["Hardtanh"] = (0, Tiny, 0),
        ["Clamp"] = (0, Tiny, 0),
    };

    public static TheoryData<InstructionSet, string> Cases()
    {
        var data = new TheoryData<InstructionSet, string>();
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.CanRun))
        {
            foreach (var name in Activation.Names)
                data.Add(set, name);
        }
        return data;
    }

    /// <summary>Every 4,001st float: of both signs, of every exponent, the denormal ones, infinities and NaN too.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void EachIsWithinItsBound(InstructionSet set, string name)
    {
        var activation = Judge.Activations.Single(each => each.Name == name);
        var (units, size, more) = Bounds[name];
        var (worst, place) = (0.0, 0f);
        var inputs = new float[1 << 14];
        for (var first = 0L; first < 1L << 32; first += 4001L * inputs.Length)
        {
            for (var i = 0; i < inputs.Length; i++)
                inputs[i] = BitConverter.UInt32BitsToSingle((uint)(first + (4001L * i)));
            Special.CopyTo(inputs, 0);
            var outputs = Apply(set, activation, inputs);
            for (var i = 0; i < inputs.Length; i++)
            {
                var error = Error(Judge.Apply(activation, (double)inputs[i]), outputs[i], size) - (more * Math.Max(-inputs[i], 0));
                if (!(error <= worst))
                    (worst, place) = (error, inputs[i]);
            }
        }
        Assert.True(worst <= units, FormattableString.Invariant($"{name} of {place:R} is {worst} units away, on {set}."));
    }

    private static readonly float[] Special =
        [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon, 88.72f, -88.72f, 88.8f, -88.8f, -103.9f, -105f, 5.656854f, -5.656854f, -3, 3];

    private static double Error(double exact, float found, double size)
    {
        if (!double.IsFinite(exact) || !float.IsFinite(found))
            return exact.Equals(found) ? 0 : double.PositiveInfinity;
        var rounded = (float)Math.Max(Math.Abs(exact), size);
        return Math.Abs(exact - found) / ((double)MathF.BitIncrement(rounded) - rounded);
    }

    private static unsafe float[] Apply(InstructionSet set, Activation activation, float[] inputs)
    {
        var outputs = new float[inputs.Length];
        fixed (float* from = inputs, to = outputs)
        {
            var sweep = new Sweep { A = from, B = from, C = from, Target = to, Pixels = 1, Lanes = inputs.Length, First = activation.First, Second = activation.Second };
            LoopOf<Identity>.On(set, activation)(&sweep);
        }
        return outputs;
    }
}
