using System.Globalization;
using ShuffleNet;
using TorchSharp;

namespace Blockwright.Samples.Tests;

/// <summary><c>verify</c>: the network computes torchvision's logits from torchvision's weights.</summary>
public class VerifyTests
{
    private const string Prefix = "max abs difference: ";

    [Fact]
    public void PyTorchFileGivesTorchvisionsLogits() => AssertVerified(TestFiles.Weights, TestFiles.Data("shufflenet_v2_x0_5.io.safetensors"), "0.5");

    [SkippableFact]
    public void SafetensorsFileGivesTorchvisionsLogits() =>
        AssertVerified(TestFiles.Reference("shufflenet_v2_x0_5.safetensors"), TestFiles.Reference("shufflenet_v2_x0_5.io.safetensors"), "0.5");

    [SkippableFact]
    public void FullWidthGivesTorchvisionsLogits() =>
        AssertVerified(TestFiles.Reference("shufflenet_v2_x1_0.pth"), TestFiles.Reference("shufflenet_v2_x1_0.io.safetensors"), "1.0");

    [Fact]
    public void OtherWeightsAreFoundOut()
    {
        using var folder = new TemporaryFolder();
        using var network = new ShuffleNetV2_x0_5();
        network.SaveWeights(folder["other.safetensors"]);

        var run = Verify(folder["other.safetensors"]);

        Assert.Equal(1, run.Code);
        Assert.True(Difference(run) > Verification.Tolerance);
        Assert.Contains("more than 1e-05", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void NotANumberIsADifference()
    {
        using var folder = new TemporaryFolder();
        using var network = new ShuffleNetV2_x0_5();
        using (torch.no_grad())
            network.get_parameter("fc.bias")!.fill_(float.NaN);
        network.SaveWeights(folder["nan.safetensors"]);

        var run = Verify(folder["nan.safetensors"]);

        Assert.Equal(1, run.Code);
        Assert.True(float.IsNaN(Difference(run)));
    }

    [Fact]
    public void WidthOfTheFileIsHeldAgainstTheOneAskedFor()
    {
        var run = Verify(TestFiles.Weights, "--width", "1.0");

        Assert.Equal(Commands.CannotRun, run.Code);
        Assert.Contains("expected the weights of width 1.0, found those of width 0.5", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void InputIsNamedWhereItIsMissing()
    {
        var run = ConsoleRun.ShuffleNet("verify", "--weights", TestFiles.Weights, "--io", TestFiles.Weights);

        Assert.Equal(Commands.CannotRun, run.Code);
        Assert.Contains("expected a float32 tensor 'input' of any x 3 x any x any", run.Error, StringComparison.Ordinal);
    }

    private static void AssertVerified(string weights, string io, string width)
    {
        var inferred = ConsoleRun.ShuffleNet("verify", "--weights", weights, "--io", io);
        var asked = ConsoleRun.ShuffleNet("verify", "--weights", weights, "--io", io, "--width", width);

        Assert.Equal((0, ""), (inferred.Code, inferred.Error));
        Assert.InRange(Difference(inferred), 0, Verification.Tolerance);
        Assert.Equal(inferred, asked);
    }

    private static ConsoleRun Verify(string weights, params string[] more) =>
        ConsoleRun.ShuffleNet(["verify", "--weights", weights, "--io", TestFiles.Data("shufflenet_v2_x0_5.io.safetensors"), .. more]);

    private static float Difference(ConsoleRun run)
    {
        var line = Assert.Single(run.Lines, line => line.StartsWith(Prefix, StringComparison.Ordinal));
        return float.Parse(line[Prefix.Length..], CultureInfo.InvariantCulture);
    }
}
