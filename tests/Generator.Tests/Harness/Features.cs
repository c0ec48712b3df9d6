using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Harness;

/// <summary>Compares the values that networks give by their names.</summary>
internal static class Features
{
    private const double Double = 1e-10;

    /// <summary>Fails unless a network in float64 has just these names, and gives these values: itself and in a snapshot of torch's operations.</summary>
    public static void AssertEqual(IReadOnlyDictionary<string, Tensor> expected, NetworkModule network, Tensor input)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), network.FeatureNames.Order(StringComparer.Ordinal));
        if (expected.Count == 0)
            return;
        using (var found = network.Features(input, [.. network.FeatureNames]))
            AssertEqual(expected, found, Double, "the network");
        using var fused = network.Fuse();
        AssertEqual(expected, fused, input, Double);
    }

    /// <summary>Fails unless a snapshot gives these values, all that it has together and each alone. Of those that it has not it says so.</summary>
    public static void AssertEqual(IReadOnlyDictionary<string, Tensor> expected, FusedNetwork snapshot, Tensor input, double tolerance)
    {
        var there = new List<string>();
        foreach (var name in expected.Keys)
        {
            try
            {
                using var found = snapshot.Features(input, name);
                Tensors.AssertClose(expected[name], found[name], tolerance, $"'{name}' alone, {Kind(snapshot)}");
                there.Add(name);
            }
            catch (ArgumentException e) when (e.Message.Contains($"has no '{name}': it is computed in one pass", StringComparison.Ordinal))
            {
                // A kernel or a folded layer has taken in what follows.
            }
        }
        if (snapshot.Kernels is { } kernels)
            Assert.Equal(there.Order(StringComparer.Ordinal), kernels.FeatureNames.Order(StringComparer.Ordinal));
        if (there.Count == 0)
            return;
        using var all = snapshot.Features(input, [.. there]);
        AssertEqual(expected, all, tolerance, Kind(snapshot));
    }

    public static void AssertEqual(IReadOnlyDictionary<string, Tensor> expected, FeatureTensors found, double tolerance, string what)
    {
        for (var i = 0; i < found.Count; i++)
            Tensors.AssertClose(expected[found.Names[i]], found[i], tolerance, $"'{found.Names[i]}', {what}");
    }

    private static string Kind(FusedNetwork snapshot) => snapshot.Kernels is null ? "torch's operations" : "kernels";
}
