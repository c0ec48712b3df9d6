using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Runtime.Tests.Kernels;

/// <summary>Sums of more products than one chain of additions has: chains are summed, and end as shorter ones do.</summary>
public class LongSumTests
{
    // The results are of the size of 1. Several chains had 5e-7, and the longest that is one 1.8e-6.
    private const double Tolerance = 1e-6;
    private const double ToleranceOfOne = 2e-6;
    private const int OneChain = 1000;

    private static readonly Activation[] Ends = [Activation.None, Activation.Named("ReLU6", []), Activation.Named("SiLU", [])];

    // Whole tiles, rests, one pixel; runs that end within a chain; taps that touch and that do not; two groups, each of more than one chain.
    [Theory]
    [MemberData(nameof(Judge.Sets), MemberType = typeof(Judge))]
    public void TheErrorDoesNotGrowWithTheirLength(InstructionSet set, int parts)
    {
        foreach (var (runs, kernel, groups, size) in new (int[], int, int, int)[] { ([20000, 31200], 1, 1, 1), ([2048], 5, 1, 3), ([9000, 301], 1, 1, 4), ([20000], 1, 2, 3), ([OneChain], 1, 1, 2), ([OneChain + 1], 1, 1, 2) })
        {
            var random = new Random(kernel);
            var (depth, inputs) = (runs.Sum() / groups * kernel * kernel, runs.Sum());
            const int Outputs = 44;
            var range = 1 / Math.Sqrt(depth);
            float[] weights = Judge.Values(Outputs * depth, () => (float)(((random.NextDouble() * 2) - 1) * range)), bias = Judge.Values(Outputs, () => (float)random.NextDouble());
            using var packed = new PackedConvolution(set, weights, bias, Outputs, runs, kernel, kernel, groups);
            var maps = runs.Select(run => new TestMap(1, run, size, size, kernel / 2, default)).ToArray();
            foreach (var map in maps)
                map.Fill(() => (float)random.NextDouble());
            using var residual = new TestMap(1, Outputs, size, size, 0, default);
            residual.Fill(() => (float)random.NextDouble());
            using var output = new TestMap(1, Outputs, size, size, 0, new Lie(2, 3, false, 1));
            using var scope = NewDisposeScope();
            var sums = nn.functional.conv2d(
                cat([.. maps.Select(static map => map.ToTensor())], 1), tensor(weights).reshape(Outputs, inputs / groups, kernel, kernel).to(ScalarType.Float64), tensor(bias).to(ScalarType.Float64),
                padding: [kernel / 2, kernel / 2], groups: groups);
            foreach (var activation in Ends)
            {
                foreach (var hasResidual in new[] { false, true })
                {
                    output.Forget();
                    Judge.InParts(parts, share => Convolution.Run(
                        packed, Window.Square(kernel, 1, kernel / 2), maps.Select(static map => map.Map).ToArray(), output.Map, activation, hasResidual ? residual.Map : default, share));
                    var expected = Judge.Apply(activation, hasResidual ? Judge.Sum(sums, residual.ToTensor()) : sums);
                    var error = Judge.Difference(output.ToTensor(), expected).abs().max().item<double>();
                    Assert.True(error < (depth <= OneChain ? ToleranceOfOne : Tolerance), FormattableString.Invariant($"{error}: {depth} products, {groups} groups, {activation}, residual {hasResidual}, {set}."));
                    output.CheckUntouched("long sums");
                }
            }
            foreach (var map in maps)
                map.Dispose();
        }
    }
}
