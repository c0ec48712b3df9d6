using Zoo;
using static TorchSharp.torch;

namespace Blockwright.Zoo.Tests;

/// <summary>Every value that a network of the zoo gives by a name: blocks' are what hooks see, a snapshot's are the module's.</summary>
public sealed class FeaturesTests
{
    // Several passes over small images take a moment.
    private const long ManyMultiplyAdds = 2_000_000_000;

    /// <summary>Those with one result that take small images, and compute little on them.</summary>
    public static TheoryData<string> Names => [.. Animal.All.Where(Serves).Select(static animal => animal.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheModulesAreWhatHooksSee(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Create(name);
        var seen = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (key, module) in network.named_modules().Where(static each => each.module is BlockModule and not NetworkModule))
        {
            ((BlockModule)module).register_forward_hook((_, _, result) =>
            {
                seen.Add(key, result.clone().DetachFromDisposeScope());
                return result;
            });
        }
        using var features = network.Features(randn(1, network.InChannels, 64, 96), [.. network.FeatureNames]);
        Assert.Empty(seen.Keys.Except(features.Names));
        foreach (var (key, value) in seen)
        {
            using (value)
                Assert.True(value.equal(features[key]).all().item<bool>(), key);
        }
        // A stage is its last unit.
        foreach (var stage in network.named_children().Where(each => each.module is LayerGroup group && features.Names.Contains(each.name) && group.children().All(static child => child is BlockModule)))
            Assert.True(features[stage.name].equal(features[$"{stage.name}.{((LayerGroup)stage.module).Keys[^1]}"]).all().item<bool>(), stage.name);
    }

    /// <summary>At two sizes, one image whose rows two threads share and three that they share out; all together and some by themselves.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ASnapshotsAreTheModules(string name)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Create(name);
        using var fused = network.Fuse(new FuseOptions { Threads = 2 });
        foreach (var (batch, height, width) in new[] { (1, 64, 64), (3, 96, 80) })
        {
            var (names, input) = (fused.FeatureNames.ToArray(), randn(batch, network.InChannels, height, width));
            using var expected = network.Features(input, names);
            using var found = fused.Features(input, names);
            for (var i = 0; i < names.Length; i++)
                AssertClose(expected[i], found[i], $"{names[i]}, {batch} images");
            foreach (var i in new[] { 0, names.Length / 2, names.Length - 1 })
            {
                using var alone = fused.Features(input, names[i]);
                Assert.True(alone[0].equal(found[i]).all().item<bool>(), $"{names[i]} alone");
            }
        }
    }

    private static void AssertClose(Tensor expected, Tensor found, string what)
    {
        Assert.Equal(expected.shape, found.shape);
        var difference = (expected - found).abs().max().item<float>();
        Assert.True(difference <= 1e-5 * Math.Max(1, expected.abs().max().item<float>()), $"{what}: {difference}");
    }

    private static bool Serves(Animal animal)
    {
        try
        {
            if (animal.Cost.At(1, 64, 96).MultiplyAdds > ManyMultiplyAdds)
                return false;
        }
        catch (ArgumentException)
        {
            return false; // too small for it
        }
        using var network = animal.Create();
        return network is NetworkModule;
    }

    private static NetworkModule Create(string name)
    {
        manual_seed(11);
        var network = Animals.Create(name);
        network.eval();
        return network;
    }
}
