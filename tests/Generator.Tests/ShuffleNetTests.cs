using System.Reflection;
using Blockwright.Generator.Tests.Harness;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>The acceptance sample's networks have torchvision's keys, shapes and sizes.</summary>
public class ShuffleNetTests
{
    private static readonly Lazy<Assembly> Compiled = new(static () => Compiling.Load(File.ReadAllText(Path.Combine(Repository.Root, "samples", "ShuffleNet", "Networks.cs"))));

    [Theory]
    [InlineData("x0_5", 1_366_792)]
    [InlineData("x1_0", 2_278_604)]
    [InlineData("x1_5", 3_503_624)]
    [InlineData("x2_0", 7_393_996)]
    public void HasTorchvisionsNumberOfParameters(string width, long parameters)
    {
        using var network = Make(width);

        Assert.Equal(parameters, network.parameters().Sum(static parameter => parameter.numel()));
        Assert.Equal(1000, network.OutChannels);
    }

    [Fact]
    public void HasTorchvisionsKeysAndShapesInItsOrder()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Runtime.Tests", "Data", "shufflenet_v2_x0_5.tensors.tsv")).Select(static line => line.Split('\t')).ToList();
        using var network = Make("x0_5");

        var state = network.state_dict();

        Assert.Equal(lines.Select(static line => line[0]).Order(StringComparer.Ordinal), state.Keys.Order(StringComparer.Ordinal));
        Assert.All(lines, line => Assert.Equal(line[2], string.Join(",", state[line[0]].shape)));
    }

    [SkippableTheory]
    [InlineData("x0_5", "shufflenet_v2_x0_5.safetensors")]
    [InlineData("x0_5", "shufflenet_v2_x0_5.pth")]
    [InlineData("x1_0", "shufflenet_v2_x1_0.pth")]
    public void LoadsTorchvisionsWeights(string width, string file)
    {
        var path = Repository.Reference(file);
        Skip.IfNot(File.Exists(path), $"{path} is not there; torchvision's files stand beside the repository where somebody put them.");
        using var network = Make(width);

        // A strict load throws for any key that is missing, unexpected or of another shape.
        var report = network.LoadWeights(path);

        Assert.Equal(network.state_dict().Count, report.Loaded.Count);
    }

    [Fact]
    public void AnswersAndTrains()
    {
        using var network = Make("x0_5");
        using var images = rand(2, 3, 64, 64);
        using var optimizer = optim.SGD(network.parameters(), 0.01);

        network.train();
        using var loss = nn.functional.cross_entropy(network.call(images), tensor(new[] { 1L, 2L }));
        loss.backward();
        optimizer.step();

        Assert.All(network.parameters(), static parameter => Assert.True(parameter.grad!.isfinite().all().item<bool>()));
        network.eval();
        using var fused = network.Fuse();
        Tensors.AssertClose(network.call(images), fused.call(images), 1e-5, "the snapshot's result");
    }

    private static BlockModule Make(string width) => Compiling.Make(Compiled.Value, "ShuffleNet.ShuffleNetV2_" + width);
}
