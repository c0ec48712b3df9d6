using static System.FormattableString;

namespace Blockwright.Gpu.Check;

/// <summary>A network on a device against the same network on this machine's CPU, at several batches and sizes.</summary>
internal static class Comparison
{
    // As the tests have it, which is well above what another order of sums makes.
    private const double Tolerance = 2e-5;

    private static readonly (int Batch, int Height, int Width)[] Sizes = [(1, 224, 224), (3, 224, 224), (8, 96, 128), (65, 64, 64), (2, 45, 33)];

    /// <summary>Compares, and says so line by line; of several results the one that is off most.</summary>
    /// <returns>How many did not agree.</returns>
    public static int Run(Contestant contestant, FuseOptions device)
    {
        using var cpu = contestant.Make(device with { Device = FuseDevice.Cpu });
        using var gpu = contestant.Make(device);
        var wrong = 0;
        foreach (var (batch, height, width) in Sizes)
        {
            var (difference, largest) = Difference(cpu, gpu, batch, height, width);
            var isRight = difference <= Tolerance;
            wrong += isRight ? 0 : 1;
            Console.WriteLine(Invariant($"{contestant.Name,-20} {batch,3} x {height} x {width}: {(isRight ? "right" : "WRONG")}, difference {difference:0.0e0} of the largest value {largest:0.0e0}"));
        }
        return wrong;
    }

    private static (double Difference, double Largest) Difference(KernelNetwork cpu, KernelNetwork gpu, int batch, int height, int width)
    {
        var random = new Random(batch + height);
        var input = new float[batch * cpu.InputsOf(height, width).Sum(static each => each.Channels * each.Height * each.Width)];
        for (var i = 0; i < input.Length; i++)
            input[i] = (float)RandomWeights.Normal(random);
        var results = cpu.ResultsOf(height, width).Select(result => (int)(batch * result.Values)).ToList();
        float[] expected = new float[results.Sum()], found = new float[expected.Length];
        cpu.Run(input, expected, batch, height, width);
        gpu.Run(input, found, batch, height, width);
        var at = 0;
        return results.ConvertAll(values => Difference(expected.AsSpan(at, values), found.AsSpan((at += values) - values, values))).MaxBy(static each => each.Difference);
    }

    private static (double Difference, double Largest) Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        double difference = 0, largest = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            // What is not a number is as wrong as can be.
            var off = Math.Abs((double)found[i] - expected[i]);
            difference = Math.Max(difference, double.IsNaN(off) ? double.PositiveInfinity : off);
            largest = Math.Max(largest, Math.Abs((double)expected[i]));
        }
        return (difference / largest, largest);
    }
}
