using System.Globalization;
using System.Runtime.InteropServices;
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
        Assert.Contains("more than 1e-05 of the largest logit", run.Error, StringComparison.Ordinal);
    }

    /// <summary>Logits up to 1000 are right to as many digits as logits up to 1, and to three places less.</summary>
    [Fact]
    public void DifferenceIsJudgedByTheLargestLogit()
    {
        using var folder = new TemporaryFolder();

        var large = VerifyScaled(folder, TestFiles.Weights, 1000);

        Assert.Equal((0, ""), (large.Code, large.Error));
        Assert.True(Difference(large) > Verification.Tolerance);

        using var other = new ShuffleNetV2_x0_5();
        other.SaveWeights(folder["other.safetensors"]);
        var small = VerifyScaled(folder, folder["other.safetensors"], 1e-6f);

        Assert.Equal(1, small.Code);
        Assert.True(Difference(small) < Verification.Tolerance);
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

    /// <summary>The last layer and torchvision's logits, times the same.</summary>
    private static ConsoleRun VerifyScaled(TemporaryFolder folder, string weights, float scale)
    {
        using var network = new ShuffleNetV2_x0_5();
        network.LoadWeights(weights);
        using (torch.no_grad())
            foreach (var key in (string[])["fc.weight", "fc.bias"])
                network.get_parameter(key)!.mul_(scale);
        network.SaveWeights(folder["scaled.safetensors"]);
        using var io = WeightFile.Open(TestFiles.Data("shufflenet_v2_x0_5.io.safetensors"));
        Safetensors.Save(folder["scaled.io.safetensors"], io.Entries.Select(entry => new WeightSource(entry.Name, entry.Type, entry.Shape, Scaled(entry, entry.Name == "logits" ? scale : 1))));
        return ConsoleRun.ShuffleNet("verify", "--weights", folder["scaled.safetensors"], "--io", folder["scaled.io.safetensors"]);
    }

    private static byte[] Scaled(WeightEntry entry, float scale)
    {
        var bytes = entry.ReadAll();
        foreach (ref var value in MemoryMarshal.Cast<byte, float>(bytes.AsSpan()))
            value *= scale;
        return bytes;
    }

    private static float Difference(ConsoleRun run)
    {
        var line = Assert.Single(run.Lines, line => line.StartsWith(Prefix, StringComparison.Ordinal));
        return float.Parse(line[Prefix.Length..], CultureInfo.InvariantCulture);
    }
}
