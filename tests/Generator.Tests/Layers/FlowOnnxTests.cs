using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Layers;

/// <summary>What flows between layers, in ONNX: splits however they lie, joins of many, results that are no layer's.</summary>
public class FlowOnnxTests
{
    [Theory]
    [InlineData("Split(\"a\", \"b\"), Concat(\"b\", \"a\")")]
    [InlineData("Conv1x1(7), Split(\"a\", \"b\", Ratio = 0.4), From(\"b\"), Conv1x1, Concat(\"a\", \"b\")")]
    // The same value in two ways: no one operator makes both.
    [InlineData("From(\"in\", As = \"x\"), ReLU, Split(\"a\", \"b\"), From(\"x\"), Split(\"c\", \"d\", Ratio = 0.25), Concat(\"a\", \"d\", \"c\", \"b\")")]
    [InlineData("From(\"in\", As = \"x\"), ReLU, Split(\"a\", \"b\"), From(\"x\"), Split(\"c\", \"d\"), Concat(\"a\", \"d\", \"c\", \"b\")")]
    [InlineData("From(\"in\", As = \"a\"), Conv1x1, From(\"in\", As = \"b\"), Sigmoid, Multiply(\"a\", \"b\", \"in\")")]
    [InlineData("Split(\"a\", \"b\", \"c\", \"d\"), Add(\"a\", \"b\", \"c\", \"d\")")]
    [InlineData("Dropout(0.3)")]
    [InlineData("ChannelShuffle(2), Dropout(0.3), Split(\"a\", \"b\"), Concat(\"a\", \"b\"), ChannelShuffle(4)")]
    [InlineData("Conv1x1(Name = \"output\"), ReLU, Conv1x1(Name = \"input\"), BatchNorm2d(Name = \"integers_1\"), Conv1x1(Name = \"Shape\"), BatchNorm2d, BatchNorm2d")]
    [InlineData("Conv1x1, BatchNorm2d(Affine = false), Conv1x1, BatchNorm2d(Affine = false), BatchNorm2d(TrackRunningStats = false), ReLU, BatchNorm2d(Affine = false, TrackRunningStats = false)")]
    [InlineData("Conv1x1(6), Reshape(2, 3, \"h\", \"w\"), Sigmoid, Permute(0, 1, 3, 4, 2)")]
    [InlineData("Conv1x1(6), Permute(0, 2, 3, 1), Reshape(-1, 2), Softmax(Dim = 2)")]
    [InlineData("Conv1x1(6), Reshape(3, \"2*h\", \"w\"), Reshape(-1), LogSoftmax")]
    // The convolution's result is read by others than its norm.
    [InlineData("From(\"in\", As = \"a\"), Conv1x1, From(\"a\", As = \"b\"), BatchNorm2d, Add(\"a\", \"b\")")]
    [InlineData("Upsample(2), Conv1x1(4), Upsample(new[] { 1, 3 }, Mode = \"bilinear\")")]
    [InlineData("Upsample(Size = new[] { 7, 4 }), Conv1x1(4), Upsample(3, Mode = \"bilinear\", AlignCorners = true), ReLU, Upsample(Size = 5, Mode = \"bilinear\")")]
    [InlineData("ZeroPad2d(new[] { 0, 1, 2, 0 }), PixelShuffle(2), ReflectionPad2d(1), ChannelShuffle(2)")]
    [InlineData("From(\"in\", As = \"a\"), ZeroPad2d(new[] { 0, 1, 0, 0 }), From(\"a\", As = \"b\"), Conv1x1(3), Concat(\"a\", \"b\"), Upsample(2), PixelUnshuffle(2), Conv1x1(8)")]
    [InlineData("From(\"in\", As = \"a\"), MaxPool2d(2, Padding = 0), Conv1x1(4), Upsample(SizeOf = \"in\"), Concat(\"in\")")]
    [InlineData("From(\"in\", As = \"a\"), MaxPool2d(3), From(\"in\", As = \"b\"), MaxPool2d(2, Padding = 0), Upsample(SizeOf = \"a\", Mode = \"bilinear\"), Add(\"a\"), ConvTranspose2d(4, 3, Stride = 2), ConvTranspose2d(5, 2, Stride = 3, Padding = 1, OutputPadding = 2, Dilation = 2)")]
    [InlineData("From(\"in\", As = \"a\"), ChannelMean, From(\"in\", As = \"b\"), ChannelMax, Add(\"a\"), Sigmoid, From(\"in\", As = \"g\"), GlobalAvgPool2d, From(\"in\"), Multiply(\"b\"), Add(\"g\")")]
    [InlineData("Linear(6, PerPixel = true), GELU, Linear(8, PerPixel = true, Bias = false), BatchNorm2d, Add(\"in\")")]
    [InlineData("GroupNorm(4), PReLU(PerChannel = true), LayerNorm2d, InstanceNorm2d, LocalResponseNorm(4), Scale(Name = \"layer_scale\")")]
    public void GivesWhatForwardGives(string body)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(5);
        AssertIsRight(body);
        var network = (NetworkModule)Compiling.Make(Compiling.Load($"{Compiling.Usings}[Network, Input(8, 6, 5), {body}] public partial class Net;"), "Net");
        Tensors.Randomize(network);
        network.eval();
        foreach (var options in new OnnxOptions[] { new(), new() { FoldBatchNorms = false, OpenSize = true }, new() { Batch = 2, Height = 9 } })
        {
            var input = randn(2, 8, options.Height ?? (options.OpenSize ? 4 : 6), 5);
            using var session = OnnxSession.Load(OnnxSession.Export(network, options));
            Tensors.AssertClose(network.call(input), session.Run(input), 1e-6, options.ToString());
        }
    }

    /// <summary>The windows of an adaptive pool follow of the size that comes in: of another they are others, and of an open one there are none.</summary>
    [Theory]
    [InlineData("AdaptiveAvgPool2d(3), Conv1x1(4)")]
    [InlineData("AdaptiveMaxPool2d(new[] { 2, 4 })")]
    [InlineData("AdaptiveMaxPool2d(new[] { 12, 5 }), AdaptiveAvgPool2d(new[] { 4, 5 })")]
    public void AdaptivePoolsAreWrittenForTheSizeOfTheFile(string body)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var network = (NetworkModule)Compiling.Make(Compiling.Load($"{Compiling.Usings}[Network, Input(8, 6, 5), {body}] public partial class Net;"), "Net");
        network.eval();
        foreach (var options in new OnnxOptions[] { new(), new() { Height = 9, Width = 8, Opset = 18 }, new() { Height = 1, Width = 2, Opset = 13 } })
        {
            var input = randn(2, 8, options.Height ?? 6, options.Width ?? 5);
            using var session = OnnxSession.Load(OnnxSession.Export(network, options));
            Tensors.AssertClose(network.call(input), session.Run(input), 1e-6, options.ToString());
        }
        var refused = Assert.Throws<ArgumentException>(() => OnnxSession.Export(network, new OnnxOptions { OpenSize = true }));
        Assert.Contains("heights and widths cannot be left open", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertIsRight(string body)
    {
        var declarations = Declared.Read(Compiling.Compilation($"{Compiling.Usings}[Network, Input(8, 6, 5), {body}] public partial class Net;"));
        Assert.Empty(GraphBuilder.Build(declarations["global::Net"], declarations).Problems.Select(static problem => problem.ToString()));
    }
}
