using Blockwright.Fused.Tests;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Gpu.Tests;

// Each activation, behind a product with 1 that leaves values as they are.
[Network, Input(1, 16, 16), From("in", As = "a"), Conv1x1(1), ReLU, From("in", As = "b"), Conv1x1(1), ReLU6, From("in", As = "c"), Conv1x1(1), LeakyReLU(NegativeSlope = 0.1)]
[From("in", As = "d"), Conv1x1(1), ELU(Alpha = 0.7), From("in", As = "e"), Conv1x1(1), SiLU, From("in", As = "f"), Conv1x1(1), GELU, From("in", As = "g"), Conv1x1(1), GELU(Approximate = "tanh")]
[From("in", As = "h"), Conv1x1(1), Mish, From("in", As = "i"), Conv1x1(1), Hardswish, From("in", As = "j"), Conv1x1(1), Hardsigmoid, From("in", As = "k"), Conv1x1(1), Sigmoid]
[From("in", As = "l"), Conv1x1(1), Tanh, From("in", As = "m"), Conv1x1(1), Softplus(Beta = 2), From("in", As = "n"), Conv1x1(1), Softplus(Threshold = 1), From("in", As = "o"), Conv1x1(1), Hardtanh(MinVal = -0.5)]
[From("in", As = "p"), Conv1x1(1), Clamp(Min = -2, Max = 3), From("in", As = "q"), Conv1x1(1), Clamp(Min = 0.5), From("in", As = "r"), Conv1x1(1), Clamp(Max = -0.5), From("in", As = "s"), Conv1x1(1), Factor(-0.2)]
[Concat("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s")]
public partial class Formulas;

// The same of what takes several values: sums, products, maxima, means, batch norms.
[Network, Input(2, 6, 6), Split("a", "b"), From("a", As = "s"), Add("b"), From("a", As = "p"), Multiply("b"), From("a", As = "m"), MaxPool2d(3, Stride = 1)]
[From("b", As = "v"), AvgPool2d(3, Stride = 1), From("b", As = "n"), BatchNorm2d, Concat("s", "p", "m", "v", "n")]
public partial class Joins;

/// <summary>
/// Kernels at values of every size, infinities, NaN and denormal ones, as torch has them in float64 and rounded: on the CPU and by OpenCL. (Torch's own float32 is of two minds about some: docs/accuracy.md.)
/// </summary>
public class FormulaTests
{
    private const int Side = 128;

    // How exact small results are, is stated for each function (docs/accuracy.md): float64 itself has lost those of a gate that is 1 - 1.
    private const double Least = 1e-6;

    private static readonly float[] Special =
    [
        float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, float.Epsilon, -float.Epsilon, 1e-38f, -1e-38f, 1e-42f, -1e-42f, float.MaxValue, float.MinValue, 3e38f, -3e38f, 1.7e38f, -1.7e38f, 5.7e37f, -5.7e37f,
        1e30f, -1e30f, 1e19f, -1e19f, 1e13f, -1e13f, 88.7f, -88.7f, 88.8f, -88.8f, 104, -104, 20, -20, 20.1f, 12, -12, 6, -6, 5.7f, -5.7f, 3, -3, 3.1f, -3.1f, 1, -1,
    ];

    [SkippableTheory]
    [InlineData(FuseDevice.Cpu)]
    [InlineData(FuseDevice.OpenCl)]
    public void ActivationsAreTorchsAtEveryValue(FuseDevice device)
    {
        if (device == FuseDevice.OpenCl)
            OpenClMachine.Require();
        using var network = new Formulas();
        using (no_grad())
            foreach (var (name, parameter) in network.named_parameters())
                parameter.fill_(name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
        // Of every exponent and sign.
        const uint Step = uint.MaxValue / (Side * Side);
        var values = Enumerable.Range(0, Side * Side).Select(static i => i < Special.Length ? Special[i] : BitConverter.UInt32BitsToSingle((uint)i * Step)).ToArray();
        AssertTorchs(network, device, values, 1, Side);
    }

    /// <summary>Sums that no order changes: where one value is large or none, the others are 0.</summary>
    [SkippableTheory]
    [InlineData(FuseDevice.Cpu)]
    [InlineData(FuseDevice.OpenCl)]
    public void JoinsAreTorchsAtEveryValue(FuseDevice device)
    {
        if (device == FuseDevice.OpenCl)
            OpenClMachine.Require();
        using var network = new Joins();
        network.eval();
        const int Size = 48;
        var values = new float[2 * Size * Size];
        for (var i = 0; i < Special.Length; i++)
        {
            var at = (((i / 12 * 4) + 1) * Size) + (i % 12 * 4) + 1;
            (values[at], values[at + (Size * Size)]) = (Special[i], Special[(i * 7) % Special.Length]);
        }
        AssertTorchs(network, device, values, 2, Size);
    }

    private static void AssertTorchs(NetworkModule network, FuseDevice device, float[] values, int channels, int side)
    {
        using var fused = network.Fuse(new FuseOptions { Device = device, Threads = 1 });
        var found = new float[fused.Kernels!.OutputOf(side, side).Channels * side * side];
        fused.Run(values, found, 1, side, side);
        network.to(ScalarType.Float64);
        network.eval();
        using var input = tensor(values, [1, channels, side, side], ScalarType.Float64);
        using var result = network.call(input);
        var expected = result.data<double>().ToArray();
        var wrong = Enumerable.Range(0, found.Length).Where(i => !IsRight(found[i], expected[i]))
            .Select(i => FormattableString.Invariant($"channel {i / side / side}: of {values[i % (side * side)]:G9} {found[i]:G9}, and not {expected[i]:G9}")).ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong:\n{string.Join("\n", wrong.Take(40))}");
    }

    private static bool IsRight(float found, double expected)
    {
        var rounded = (float)expected;
        if (!float.IsFinite(rounded) || !float.IsFinite(found))
            return found.Equals(rounded) || (Math.Abs(expected) > 3.4e38 && double.IsFinite(expected) && Math.Sign(found) == Math.Sign(expected));
        return Math.Abs(found - expected) <= (1e-5 * Math.Abs(expected)) + Least;
    }
}
