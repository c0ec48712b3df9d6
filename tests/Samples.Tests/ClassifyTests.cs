using Samples;
using ShuffleNet;
using static TorchSharp.torch;

namespace Blockwright.Samples.Tests;

public class ClassifyTests
{
    /// <summary>ONNX Runtime 1.31.1 on torchvision's export of the same weights, with the pixels that Pillow makes of the picture.</summary>
    [Fact]
    public void ClassesAreThoseOfOnnxRuntime()
    {
        var run = ConsoleRun.ShuffleNet("classify", "--image", TestFiles.Picture, "--weights", TestFiles.Weights);

        Assert.Equal((0, ""), (run.Code, run.Error));
        string[][] expected = [["207", "0.13 %"], ["331", "0.12 %"], ["775", "0.12 %"], ["444", "0.12 %"], ["319", "0.12 %"]];
        Assert.Equal(expected, Rows(run));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    /// <summary>Random weights see little; batch norms that know the pictures' statistics tell them apart.</summary>
    [Theory]
    [InlineData("1.0", 256)]
    [InlineData("1.5", 232)]
    public void ProbabilitiesAreTheNetworksOnTorchvisionsPixels(string width, int resizeSize)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var network = Width.All.Single(known => known.Name == width).Create();
        var flower = Pixels(ImageNet.Prepare(RgbImage.Decode(TestFiles.Data("flower_part.png")), resizeSize));
        var other = Pixels(ImageNet.Normalise(RgbImage.Decode(TestFiles.Data("china_crop.png"))));
        Sharpen(network, cat([flower, other]));
        network.SaveWeights(folder["weights.safetensors"]);
        File.WriteAllLines(folder["labels.txt"], Enumerable.Range(0, ImageNet.Classes).Select(index => $"class [{index}]"));
        string[] files = ["--image", TestFiles.Data("flower_part.png"), "--weights", folder["weights.safetensors"], "--labels", folder["labels.txt"]];

        var run = ConsoleRun.ShuffleNet(["classify", .. files, "--top", "3"]);

        var expected = Expected(network, flower, top: 3);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(expected.Select(row => new[] { row.Class, row.Probability, $"class [{row.Class}]" }), Rows(run));
        Assert.NotEqual(expected[0], Expected(network, other, top: 1)[0]);
    }

    [Theory]
    [InlineData(new string[0], new[] { "0.5", "1.0", "1.5", "2.0" })]
    [InlineData(new[] { "--width", "2.0" }, new[] { "2.0" })]
    public void WithoutWeightsItNamesTorchvisionsFiles(string[] more, string[] widths)
    {
        var run = ConsoleRun.ShuffleNet(["classify", "--image", TestFiles.Picture, .. more]);

        Assert.Equal((Commands.CannotRun, ""), (run.Code, run.Output));
        Assert.All(Width.All, width => Assert.Equal(widths.Contains(width.Name), run.Error.Contains(width.File, StringComparison.Ordinal)));
    }

    [Fact]
    public void LabelsMustBeAThousand()
    {
        using var folder = new TemporaryFolder();
        var labels = folder.Write("labels.txt", "cat\ndog\n"u8);

        var run = ConsoleRun.ShuffleNet("classify", "--image", TestFiles.Picture, "--weights", TestFiles.Weights, "--labels", labels);

        Assert.Equal((Commands.CannotRun, ""), (run.Code, run.Output));
        Assert.Contains("expected 1000 lines with a label each, found 2", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("many")]
    public void TopMustBeANumberOfClasses(string top)
    {
        var run = ConsoleRun.ShuffleNet("classify", "--image", TestFiles.Picture, "--weights", TestFiles.Weights, "--top", top);

        Assert.Equal(Commands.CannotRun, run.Code);
        Assert.Contains("--top", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.pth", "missing.pth")]
    [InlineData("README.md", "README.md: ")]
    public void FileAtFaultIsNamed(string weights, string expected)
    {
        var run = ConsoleRun.ShuffleNet("classify", "--image", TestFiles.Picture, "--weights", TestFiles.Data(weights));

        Assert.Equal((Commands.CannotRun, ""), (run.Code, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutArgumentsItShowsBothCommands()
    {
        var run = ConsoleRun.ShuffleNet();

        Assert.Equal(0, run.Code);
        Assert.Contains("verify", run.Output, StringComparison.Ordinal);
        Assert.Contains("classify", run.Output, StringComparison.Ordinal);
    }

    private static Tensor Pixels(float[] values) => tensor(values, [1, RgbImage.Channels, ImageNet.CropSize, ImageNet.CropSize]);

    /// <summary>Takes the batch norms' statistics from pictures and turns the logits up.</summary>
    private static void Sharpen(BlockModule network, Tensor pictures)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        network.train();
        for (var i = 0; i < 20; i++)
            network.call(pictures).Dispose();
        network.get_parameter("fc.weight")!.mul_(20);
        network.eval();
    }

    private static (string Class, string Probability)[] Expected(BlockModule network, Tensor pixels, int top)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (probabilities, classes) = network.call(pixels).softmax(1).topk(top, 1);
        var rows = classes.data<long>().Zip(probabilities.data<float>());
        return [.. rows.Select(row => ($"{row.First}", FormattableString.Invariant($"{row.Second * 100:0.00} %")))];
    }

    private static IEnumerable<string[]> Rows(ConsoleRun run) =>
        run.Lines.Where(line => line.StartsWith('│')).Skip(1).Select(line => line.Trim('│').Split('│', StringSplitOptions.TrimEntries));
}
