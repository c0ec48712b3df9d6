using Blockwright.Plans;

namespace Blockwright.Gpu.Check;

/// <summary>Weights that are the same on every machine, so that no file is carried: of a size that keeps values from growing or vanishing on their way.</summary>
internal static class RandomWeights
{
    public static FoldedWeights Of(CpuPlan plan)
    {
        var random = new Random(1);
        return new(FoldedWeights.Of(plan).ToDictionary(static weights => weights.FoldedKey, weights => Layer(weights, random)));
    }

    private static FoldedLayer Layer(PlanWeights weights, Random random)
    {
        var inputs = weights.Shape.Skip(1).Aggregate(1L, static (product, size) => product * size);
        var weight = new float[weights.Shape[0] * inputs];
        // A batch norm by itself is a scale round 1.
        var (centre, spread) = weights.Shape.Length == 1 ? (1, 0.2) : (0, Math.Sqrt(2.0 / inputs));
        for (var i = 0; i < weight.Length; i++)
            weight[i] = (float)(centre + (spread * Normal(random)));
        var bias = new float[weights.Shape[0]];
        for (var i = 0; i < bias.Length; i++)
            bias[i] = (float)(0.1 * Normal(random));
        return new([.. weights.Shape.Select(static size => (long)size)], weight, weights.HasFoldedBias ? bias : []);
    }

    public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
