using Blockwright.Zoo.Tests.Twins;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Zoo.Tests;

/// <summary>Networks against the same ones written by hand: their keys, what they compute, one step of training, and their snapshots.</summary>
/// <remarks>What is dropped torch's random numbers say, which are the whole process's: nothing else may draw meanwhile.</remarks>
[Collection(nameof(TwinTests))]
[CollectionDefinition(nameof(TwinTests), DisableParallelization = true)]
public sealed class TwinTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private static readonly Dictionary<string, Func<WrittenNetwork>> Written = new(StringComparer.Ordinal)
    {
        ["VGG16"] = static () => new WrittenVGG16(),
        ["EfficientNetB0"] = static () => new WrittenEfficientNetB0(),
        ["ConvNeXtTiny"] = static () => new WrittenConvNeXtTiny(),
        ["RepVGG_A0"] = static () => new WrittenRepVGG_A0(),
        ["AlexNet"] = static () => new WrittenAlexNet(),
        ["InceptionV3"] = static () => new WrittenInceptionV3(),
        ["GhostNet"] = static () => new WrittenGhostNet(),
        ["UNet"] = static () => new WrittenUNet(),
        ["YOLOv3"] = static () => new WrittenYOLOv3(),
        ["LRASPPMobileNetV3Large"] = static () => new WrittenLRASPP(),
        ["DeepLabV3MobileNetV3Large"] = static () => new WrittenDeepLabV3(),
        ["YOLOv8n"] = static () => new WrittenYOLOv8n(),
        ["RRDBNet"] = static () => new WrittenRRDBNet(),
        ["DBNet"] = static () => new WrittenDBNet(),
        ["AngleClassifier"] = static () => new WrittenAngleClassifier(),
        ["MODNet"] = static () => new WrittenMODNet(),
    };

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>With the same weights by key.</summary>
    /// <param name="name">The network.</param>
    /// <param name="parameters">Its parameters, as published or as its authors' code counts them.</param>
    /// <param name="trained">The height and width of the images that it is trained with.</param>
    /// <param name="size">Those of two images that it evaluates.</param>
    /// <param name="height">The height of another.</param>
    /// <param name="width">And the width.</param>
    [Theory]
    [InlineData("VGG16", 138_357_544, 64, 64, 64, 80)]
    [InlineData("EfficientNetB0", 5_288_548, 64, 64, 75, 97)]
    [InlineData("ConvNeXtTiny", 28_589_128, 64, 64, 75, 97)]
    [InlineData("RepVGG_A0", 9_108_968, 64, 64, 75, 97)]
    [InlineData("AlexNet", 61_100_840, 64, 64, 75, 97)]
    [InlineData("InceptionV3", 27_161_264, 299, 96, 120, 107)]
    [InlineData("GhostNet", 5_182_508, 64, 64, 75, 97)]
    [InlineData("UNet", 31_037_698, 32, 32, 48, 16)]
    [InlineData("YOLOv3", 61_949_149, 96, 64, 96, 64)]
    [InlineData("LRASPPMobileNetV3Large", 3_221_538, 64, 64, 75, 97)]
    [InlineData("DeepLabV3MobileNetV3Large", 11_029_328, 64, 64, 75, 97)]
    [InlineData("YOLOv8n", 3_157_184, 64, 64, 96, 64)]
    [InlineData("RRDBNet", 16_697_987, 6, 8, 6, 9)]
    [InlineData("DBNet", 12_340_930, 64, 64, 96, 64)]
    [InlineData("AngleClassifier", 129_356, 64, 64, 48, 192)]
    [InlineData("MODNet", 6_487_075, 64, 64, 96, 64)]
    public void IsTheWrittenOne(string name, long parameters, int trained, int size, int height, int width)
    {
        manual_seed(3);
        using var network = Animals.Find(name).Create();
        using var written = Written[name]();
        Draw(written, randn(8, 3, trained, trained));
        TakeWeights(network.Module, written);
        Assert.Equal(parameters, network.Module.parameters().Sum(static parameter => parameter.numel()));

        network.Module.eval();
        written.eval();
        AssertComputesAlike(network, written, [randn(2, 3, size, size), randn(1, 3, height, width)]);
        AssertStepsAlike(network, written, randn(2, 3, trained, trained));
    }

    /// <summary>The module, and its snapshot, whose judge is what float64 gives.</summary>
    private static void AssertComputesAlike(INetworkModule network, WrittenNetwork written, Tensor[] inputs)
    {
        using var noGradient = no_grad();
        using var fused = network.TakeSnapshot(new FuseOptions { Threads = 1 });
        foreach (var input in inputs)
            AssertClose(written.call(input), network.Results(input), "the module");
        written.to(float64);
        foreach (var input in inputs)
            AssertClose(written.call(input.to(float64)), fused.Results(input), "the snapshot");
        written.to(float32);
    }

    /// <summary>One step's results and gradients, and what the norms have learned of the images.</summary>
    private static void AssertStepsAlike(INetworkModule network, WrittenNetwork written, Tensor input)
    {
        network.Module.train();
        written.train();
        manual_seed(7); // for what is dropped
        var actual = network.Results(input);
        manual_seed(7);
        var expected = written.call(input);
        AssertClose(expected, actual, "the module in training");

        // A sum alone would have no gradient behind a batch norm.
        foreach (var (a, e) in actual.Zip(expected))
        {
            var weights = randn(e.shape);
            (a * weights).sum().backward(retain_graph: true);
            (e * weights).sum().backward(retain_graph: true);
        }
        var gradients = written.named_parameters().ToDictionary(static each => each.name, static each => each.parameter.grad!, StringComparer.Ordinal);
        // Of its layer's largest: a shift before another norm has no gradient but what the order of additions leaves.
        var largest = gradients.GroupBy(static each => LayerOf(each.Key)).ToDictionary(static layer => layer.Key, static layer => layer.Max(static each => Largest(each.Value)));
        Assert.All(network.Module.named_parameters(), each => AssertClose(gradients[each.name], each.parameter.grad!, $"the gradient of {each.name}", largest[LayerOf(each.name)]));
        var buffers = written.named_buffers().ToDictionary(static each => each.name, static each => each.buffer, StringComparer.Ordinal);
        Assert.All(network.Module.named_buffers(), each => AssertClose(buffers[each.name], each.buffer, each.name));
    }

    /// <summary>Numbers such as training leaves: what passes through keeps its size, and norms have the statistics of images.</summary>
    private static void Draw(WrittenNetwork written, Tensor images)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        // A transposed convolution has the channels that come in first; each pixel that comes out is of one tap, where the kernel is as large as the stride.
        var transposed = written.named_modules().Where(static each => each.module is TorchSharp.Modules.ConvTranspose2d).Select(static each => each.name + ".weight").ToHashSet(StringComparer.Ordinal);
        foreach (var (key, value) in written.named_parameters().Select(static each => (each.name, each.parameter)))
        {
            if (value.dim() > 1)
                value.normal_(0, Math.Sqrt(2.0 / (transposed.Contains(key) ? value.size(0) : value[0].numel())));
            else if (key.EndsWith("weight", StringComparison.Ordinal))
                value.uniform_(0.5, 1.5);
            else
                value.normal_(0, 0.3);
        }
        var norms = written.modules().OfType<TorchSharp.Modules.BatchNorm2d>().Select(static norm => (Norm: norm, norm.momentum)).ToList();
        norms.ForEach(static each => each.Norm.momentum = 1);
        written.train();
        written.call(images);
        foreach (var (norm, momentum) in norms)
        {
            norm.momentum = momentum;
            norm.running_var!.add_(0.1); // of so few images it may be next to nothing
        }
    }

    private static void TakeWeights(nn.Module network, nn.Module written)
    {
        using var noGradient = no_grad();
        var (own, others) = (network.state_dict(), written.state_dict());
        Assert.Equal(others.Keys.Order(StringComparer.Ordinal), own.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, value) in own)
        {
            Assert.Equal(others[key].shape, value.shape);
            value.copy_(others[key]);
        }
    }

    private static void AssertClose(Tensor[] expected, Tensor[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (e, a) in expected.Zip(actual))
            AssertClose(e, a, what);
    }

    /// <summary>The largest difference, as a part of the largest value.</summary>
    private static void AssertClose(Tensor expected, Tensor actual, string what, double? scale = null)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (difference, largest) = (Largest(expected - actual), scale ?? Largest(expected));
        Assert.True(difference <= Tolerance * largest, $"{what}: differs by {difference:E2}, of {largest:E2}");
    }

    private static double Largest(Tensor values) => values.abs().max().to(float64).item<double>();

    private static string LayerOf(string key) => key[..key.LastIndexOf('.')];
}
