using ShuffleNet;

namespace Blockwright.Samples.Tests;

public class WidthTests
{
    /// <summary>The numbers of parameters are those that torchvision's own documentation gives.</summary>
    [Theory]
    [InlineData("0.5", 1_366_792)]
    [InlineData("1.0", 2_278_604)]
    [InlineData("1.5", 3_503_624)]
    [InlineData("2.0", 7_393_996)]
    public void EveryWidthIsTorchvisionsAndIsFoundInItsWeights(string name, long parameters)
    {
        using var folder = new TemporaryFolder();
        var width = Width.All.Single(width => width.Name == name);
        using var network = width.Create();
        network.SaveWeights(folder["weights.safetensors"]);
        using var weights = WeightFile.Open(folder["weights.safetensors"]);

        Assert.Equal(parameters, network.parameters().Sum(parameter => parameter.numel()));
        Assert.Same(width, Width.Of(weights, asked: null));
        Assert.Same(width, Width.Of(weights, asked: name));
    }

    [Fact]
    public void FileWithoutTheKeyIsRefused()
    {
        using var weights = WeightFile.Open(TestFiles.Data("shufflenet_v2_x0_5.io.safetensors"));

        var message = Assert.Throws<InvalidDataException>(() => Width.Of(weights, asked: null)).Message;

        Assert.EndsWith("expected weights of torchvision's ShuffleNet V2, found no 'conv5.0.weight' among its 2 entries.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownShapeIsRefusedWithTheKnownOnes()
    {
        using var folder = new TemporaryFolder();
        var odd = new WeightSource("conv5.0.weight", WeightType.Float32, [1, 2, 1, 1], stream => stream.Write(new byte[8]));
        Safetensors.Save(folder["odd.safetensors"], [odd]);
        using var weights = WeightFile.Open(folder["odd.safetensors"]);

        var message = Assert.Throws<InvalidDataException>(() => Width.Of(weights, asked: "1.0")).Message;

        Assert.Contains("'conv5.0.weight' is 1 x 2 x 1 x 1, expected 1024 x 192 x 1 x 1 (width 0.5)", message, StringComparison.Ordinal);
    }
}
