using System.CommandLine;
using TorchSharp;
using Zoo;

namespace Blockwright.Zoo.Tests;

/// <summary>Each network of the zoo is torchvision's: as many parameters, under the same keys; and runs, fused and not.</summary>
public sealed class NetworkTests
{
    [Theory]
    [InlineData("ShuffleNetV2_x0_5", 1_366_792)]
    [InlineData("ShuffleNetV2_x1_0", 2_278_604)]
    [InlineData("ShuffleNetV2_x1_5", 3_503_624)]
    [InlineData("ShuffleNetV2_x2_0", 7_393_996)]
    [InlineData("MobileNetV1", 4_231_976)] // the paper's 4.2 million
    [InlineData("MobileNetV2", 3_504_872)]
    [InlineData("SqueezeNet1_1", 1_235_496)]
    [InlineData("ResNet18", 11_689_512)]
    [InlineData("ResNeXt50_32x4d", 25_028_904)]
    [InlineData("GoogLeNet", 6_624_904)]
    [InlineData("DenseNet121", 7_978_856)]
    [InlineData("MnasNet1_0", 4_383_312)]
    [InlineData("MobileNetV3Large", 5_483_032)]
    [InlineData("MobileNetV3Small", 2_542_856)]
    [InlineData("ResNet50", 25_557_032)]
    [InlineData("RegNetY400MF", 4_344_144)]
    public void Parameters(string name, long expected)
    {
        using var network = Animals.Create(name);
        Assert.Equal(expected, network.parameters().Sum(static parameter => parameter.numel()));
    }

    [Theory]
    [InlineData("ShuffleNetV2_x1_0", 144_907_992)]
    [InlineData("MobileNetV1", 568_740_352)] // the paper's 569 million
    [InlineData("MobileNetV2", 300_774_272)] // the paper's 300 million
    [InlineData("ResNet18", 1_814_073_344)] // the paper's 1.8 billion
    public void MultiplyAdds(string name, long expected)
    {
        using var network = Animals.Create(name);
        Assert.Equal(expected, TorchCounts.MultiplyAdds(network));
        Assert.Equal(expected, network.GetCost().MultiplyAdds);
    }

    /// <summary>In billions, to the digits that torchvision publishes.</summary>
    [Theory]
    [InlineData("MobileNetV3Large", 0.217)]
    [InlineData("MobileNetV3Small", 0.057)]
    [InlineData("ResNet50", 4.089)]
    [InlineData("RegNetY400MF", 0.402)]
    public void PublishedMultiplyAdds(string name, double billions)
    {
        using var network = Animals.Create(name);
        Assert.Equal(TorchCounts.MultiplyAdds(network), network.GetCost().MultiplyAdds);
        Assert.Equal(billions, Math.Round(network.GetCost().MultiplyAdds / 1e9, 3));
    }

    [Theory]
    [InlineData("ShuffleNetV2_x0_5")]
    [InlineData("ShuffleNetV2_x2_0")]
    [InlineData("MobileNetV2")]
    [InlineData("SqueezeNet1_1")]
    [InlineData("ResNet18")]
    [InlineData("ResNeXt50_32x4d")]
    [InlineData("GoogLeNet")]
    [InlineData("DenseNet121")]
    [InlineData("MnasNet1_0")]
    [InlineData("MobileNetV3Large")]
    [InlineData("MobileNetV3Small")]
    [InlineData("ResNet50")]
    [InlineData("RegNetY400MF")]
    public void Keys(string name)
    {
        var expected = name switch
        {
            "MobileNetV2" => TorchvisionKeys.MobileNetV2(),
            "SqueezeNet1_1" => TorchvisionKeys.SqueezeNet1_1(),
            "ResNet18" => TorchvisionKeys.ResNet([2, 2, 2, 2], convolutions: 2, firstIsProjected: false),
            "ResNeXt50_32x4d" => TorchvisionKeys.ResNet([3, 4, 6, 3], convolutions: 3, firstIsProjected: true),
            "ResNet50" => TorchvisionKeys.ResNet([3, 4, 6, 3], convolutions: 3, firstIsProjected: true),
            "MobileNetV3Large" => TorchvisionKeys.MobileNetV3(expands: "nyyyyyyyyyyyyyy", squeezes: "nnnyyynnnnyyyyy"),
            "MobileNetV3Small" => TorchvisionKeys.MobileNetV3(expands: "nyyyyyyyyyy", squeezes: "ynnyyyyyyyy"),
            "RegNetY400MF" => TorchvisionKeys.RegNetY([1, 3, 6, 6]),
            "GoogLeNet" => TorchvisionKeys.GoogLeNet(),
            "DenseNet121" => TorchvisionKeys.DenseNet121(),
            "MnasNet1_0" => TorchvisionKeys.MnasNet1_0(),
            _ => TorchvisionKeys.ShuffleNetV2(),
        };
        using var network = Animals.Create(name);
        Assert.Equal(expected.Order(StringComparer.Ordinal), network.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>The logits of the module itself, saved with its weights, are what <c>verify</c> finds; weights that were changed since, it finds out.</summary>
    [Theory]
    [MemberData(nameof(Animals.Verifiable), MemberType = typeof(Animals))]
    public void Verify(string name)
    {
        var folder = Directory.CreateTempSubdirectory("blockwright-zoo-");
        try
        {
            var (weights, io) = (Path.Combine(folder.FullName, "weights.safetensors"), Path.Combine(folder.FullName, "io.safetensors"));
            Save(name, weights, io);

            var (code, output, error) = Run("verify", name, "--weights", weights, "--io", io);

            Assert.Equal((0, ""), (code, error));
            Assert.Contains("fused snapshot: ", output, StringComparison.Ordinal);

            Save(name, weights, Path.Combine(folder.FullName, "other.safetensors"), moved: 0.1);
            Assert.Equal(1, Run("verify", name, "--weights", weights, "--io", io).Code);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void List()
    {
        var (code, output, _) = Run("list");
        Assert.Equal(0, code);
        Assert.All(Animal.All, animal => Assert.Contains(animal.Name, output, StringComparison.Ordinal));
        Assert.Matches("MnasNet1_0 +│ +4,383,312 +│ +314,415,872", output);
    }

    [Fact]
    public void WeightsOfAnotherNetworkAreNamed()
    {
        var folder = Directory.CreateTempSubdirectory("blockwright-zoo-");
        try
        {
            var (weights, io) = (Path.Combine(folder.FullName, "weights.safetensors"), Path.Combine(folder.FullName, "io.safetensors"));
            Save("ShuffleNetV2_x0_5", weights, io);
            var (code, _, error) = Run("verify", "ResNet18", "--weights", weights, "--io", io);
            Assert.Equal(Commands.CannotRun, code);
            Assert.Contains("layer1.0.conv1.weight", error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Moved: torch draws for the whole process, and another test that seeds it may have it draw the same weights twice.
    private static void Save(string name, string weights, string io, double moved = 0)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        using var network = Animals.Find(name).Create();
        network.Module.eval();
        using var step = torch.tensor(moved, torch.float32);
        foreach (var parameter in network.Module.parameters())
            parameter.add_(step, TensorOps.One);
        network.Module.SaveWeights(weights);
        using var pair = new Pair(torch.randn(1, 3, network.GetCost().Height, network.GetCost().Width), network);
        pair.SaveWeights(io);
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (Commands.Run(arguments, new InvocationConfiguration { Output = output, Error = error }), output.ToString(), error.ToString());
    }

    /// <summary>An input and its logits as a module, so that they can be saved as weights are.</summary>
    private sealed class Pair : torch.nn.Module
    {
        public Pair(torch.Tensor input, INetworkModule network)
            : base(nameof(Pair))
        {
            register_buffer("input", input);
            register_buffer("logits", network.Results(input)[0]);
        }
    }
}
