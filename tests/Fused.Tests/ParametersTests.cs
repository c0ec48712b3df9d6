using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>Networks with parameters, at other numbers than the build planned them for, against modules written by hand with the same weights.</summary>
[Collection(nameof(StressTests))] // what drops out is drawn of the one source that all tests have
public sealed class ParametersTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"blockwright-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(_file);

    public static TheoryData<int> Classes { get; } = new([1, 3, 7, 16, 33, 257]);

    [Theory]
    [MemberData(nameof(Classes))]
    public void AClassifierIsAsWrittenByHand(int classes)
    {
        using var network = new Classifier(classes: classes);
        using var twin = ParameterTwins.Classifier(classes);
        AssertTwins(network, twin);
        AssertSnapshots(network, options => network.Fuse(options), [(24, 20), (37, 29)]);
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void SoIsOneWhoseLastLayerIsAConvolution(int classes)
    {
        using var network = new ConvolutionalClassifier(classes);
        using var twin = ParameterTwins.ConvolutionalClassifier(classes);
        AssertTwins(network, twin);
        AssertSnapshots(network, options => network.Fuse(options), [(24, 20), (37, 29)]);
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(1, 1)]
    [InlineData(9, 3)]
    [InlineData(80, 1)]
    public void SeveralHeadsAreAsWrittenByHand(int classes, int anchors)
    {
        using var network = new ParameterHeads(classes, anchors);
        using var twin = new ParameterTwins.Heads(classes, anchors);
        Networks.Draw(network);
        Copy(network, twin);
        foreach (var (height, width) in new[] { (32, 24), (44, 36) })
        {
            using var input = randn(2, 3, height, width);
            foreach (var module in new nn.Module[] { network, twin })
                module.train();
            AssertNear(Results(network.call(input)), Results(twin.call(input)), "forward");
            AssertGradients(network, twin, () => Sum(network.call(input)), () => Sum(twin.call(input)));
            network.eval();
            twin.eval();
            using var noGradient = no_grad();
            foreach (var threads in new[] { 1, 2 })
            {
                using var fused = network.Fuse(new FuseOptions { Threads = threads });
                Assert.NotNull(fused.Kernels);
                AssertNear(Results(fused.call(input)), Results(twin.call(input)), $"{height} x {width}, {threads} threads");
            }
        }
        Assert.Equal(network.parameters().Sum(static parameter => parameter.numel()), network.GetCost().Parameters);
    }

    [Theory]
    [InlineData(50, 2, 16, 5)]
    [InlineData(25, 2, 16, 5)]
    [InlineData(50, 3, 16, 5)]
    [InlineData(30, 1, 40, 9)]
    [InlineData(25, 3, 16, 9)]
    [InlineData(50, 2, 16, 9)]
    public void WhatParametersSayOfTheMiddleIsAsWrittenByHand(int percent, int units, int width, int classes)
    {
        using var network = new RatioNetwork(percent, units, width, classes);
        using var twin = ParameterTwins.RatioNetwork(percent, units, width, classes);
        AssertTwins(network, twin);
        var isPlanned = percent is 50 or 25 && units is 2 or 3 && width == 16;
        if (isPlanned)
        {
            AssertSnapshots(network, options => network.Fuse(options), [(24, 20), (37, 29)]);
            Assert.Equal(network.parameters().Sum(static parameter => parameter.numel()), network.GetCost().Parameters);
            return;
        }
        using var fused = network.Fuse();
        using var input = randn(2, 3, 37, 29);
        Assert.Null(fused.Kernels);
        Assert.InRange(Networks.Difference(network, fused, input), 0, Tolerance);
    }

    /// <summary>What the plan does not serve says so, by the parameters.</summary>
    [Fact]
    public void WhatIsNotPlannedIsRefusedByItsParameters()
    {
        using var network = new RatioNetwork(percent: 75, classes: 3);
        using var fused = network.Fuse();
        const string Why = "the build planned RatioNetwork for percent = 50, and this one has percent = 75";
        Assert.Contains(Why, Assert.Throws<ArgumentException>(() => network.Fuse(new FuseOptions { Device = FuseDevice.Cpu })).Message, StringComparison.Ordinal);
        Assert.Contains(Why, Assert.Throws<InvalidOperationException>(() => fused.Save(_file)).Message, StringComparison.Ordinal);
        Assert.Contains(Why, Assert.Throws<NotSupportedException>(() => network.GetCost()).Message, StringComparison.Ordinal);
        Assert.Equal(new RatioNetwork().FeatureNames, network.FeatureNames);
    }

    [Fact]
    public void TheConstructorChecksWhatItIsGiven()
    {
        Refused(() => new Classifier(0), "Classifier: Linear fc: OutFeatures: expected at least 1, found 0.");
        Refused(() => new Classifier(-5), "Classifier: Linear fc: OutFeatures: expected at least 1, found -5.");
        Refused(() => new RatioNetwork(units: 0), "RatioNetwork: Stage stage: Units: expected at least 1, found 0.");
        Refused(() => new RatioNetwork(percent: 100), "RatioUnit: Split: the second part's channels: expected at least 1, found 0.");

        static void Refused(Func<nn.Module> make, string message) => Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => make().Dispose()).Message, StringComparison.Ordinal);
    }

    /// <summary>A file says what the parameters were.</summary>
    [Theory]
    [InlineData(7)]
    [InlineData(10)]
    public void ASavedSnapshotIsLoadedWithItsParameters(int classes)
    {
        using var network = new Classifier(classes);
        Networks.Draw(network);
        using (var fused = network.Fuse(new FuseOptions { Threads = 1 }))
            fused.Save(_file);
        using var loaded = Classifier.LoadFused(_file, new FuseOptions { Threads = 1 });
        Assert.Equal((classes, 1, 1), loaded.OutputOf(24, 20));
        using var input = randn(1, 3, 24, 20);
        var output = new float[classes];
        loaded.Run(input.data<float>().ToArray(), output, 1);
        using var result = tensor(output, [1, classes]);
        Assert.InRange(Networks.Difference(network, result, input), 0, Tolerance);
        Assert.Contains("no snapshot for this network", Assert.Throws<WeightsException>(() => ConvolutionalClassifier.LoadFused(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CostsAndSummariesAreOfTheParametersGiven()
    {
        using var usual = new Classifier();
        using var few = new Classifier(2);
        Assert.Equal(Classifier.Cost.Parameters, usual.GetCost().Parameters);
        Assert.Equal(few.parameters().Sum(static parameter => parameter.numel()), few.GetCost().Parameters);
        Assert.Equal(40 * 5, usual.GetCost().MultiplyAdds - few.GetCost().MultiplyAdds);
        Assert.Contains("-> 1 x 2", few.Summary().ToString(), StringComparison.Ordinal);
    }

    /// <summary>Weights are loaded but for the last layer, as for transfer.</summary>
    [Fact]
    public void WeightsAreLoadedButForTheLastLayers()
    {
        using var source = new Classifier();
        using var target = new Classifier(3);
        source.SaveWeights(_file);
        target.LoadWeights(_file, except: "fc.*");
        Assert.True(source.state_dict()["stem.0.weight"].equal(target.state_dict()["stem.0.weight"]).all().item<bool>());
        Assert.Equal([3, 40], target.state_dict()["fc.weight"].shape);
    }

    private static void AssertTwins(BlockModule network, nn.Module<Tensor, Tensor> twin)
    {
        Networks.Draw(network);
        Copy(network, twin);
        using var input = randn(2, 3, 24, 20);
        network.train();
        twin.train();
        // What drops out is drawn.
        manual_seed(3);
        using var found = network.call(input);
        manual_seed(3);
        using var expected = twin.call(input);
        AssertNear([found], [expected], "in training");
        AssertGradients(network, twin, () => Seeded(() => network.call(input).square().sum()), () => Seeded(() => twin.call(input).square().sum()));
        network.eval();
        twin.eval();
        AssertNear([network.call(input)], [twin.call(input)], "in evaluation");

        static Tensor Seeded(Func<Tensor> make)
        {
            manual_seed(3);
            return make();
        }
    }

    private static void AssertSnapshots(BlockModule network, Func<FuseOptions, FusedNetwork> fuse, (int Height, int Width)[] sizes)
    {
        network.eval();
        foreach (var set in Networks.InstructionSetsHere)
        {
            foreach (var threads in new[] { 1, 2 })
            {
                using var fused = fuse(new FuseOptions { InstructionSet = set, Threads = threads });
                Assert.NotNull(fused.Kernels);
                foreach (var (height, width) in sizes)
                {
                    using var input = randn(3, 3, height, width);
                    Assert.InRange(Networks.Difference(network, fused, input), 0, Tolerance);
                }
            }
        }
    }

    private static void Copy(nn.Module source, nn.Module target)
    {
        using var noGradient = no_grad();
        var (from, to) = (source.state_dict(), target.state_dict());
        Assert.Equal(from.Keys.Order(StringComparer.Ordinal), to.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, value) in to)
            value.copy_(from[key]);
    }

    private static void AssertGradients(nn.Module network, nn.Module twin, Func<Tensor> ofNetwork, Func<Tensor> ofTwin)
    {
        network.zero_grad();
        twin.zero_grad();
        ofNetwork().backward();
        ofTwin().backward();
        AssertNear(Gradients(network), Gradients(twin), "gradients");

        static Tensor[] Gradients(nn.Module module) => [.. module.named_parameters().OrderBy(static each => each.name, StringComparer.Ordinal).Select(static each => each.parameter.grad!)];
    }

    private static Tensor[] Results((Tensor Fine, Tensor Coarse, Tensor Mask) results) => [results.Fine, results.Coarse, results.Mask];

    private static Tensor Sum((Tensor Fine, Tensor Coarse, Tensor Mask) results) => results.Fine.sum() + results.Coarse.square().sum() + results.Mask.square().sum();

    private static void AssertNear(IReadOnlyList<Tensor> found, IReadOnlyList<Tensor> expected, string where)
    {
        Assert.Equal(expected.Count, found.Count);
        foreach (var (one, other) in found.Zip(expected))
        {
            Assert.Equal(other.shape, one.shape);
            Assert.True((one - other).abs().max().item<float>() <= Tolerance * Math.Max(1e-3, other.abs().max().item<float>()), where);
        }
    }
}
