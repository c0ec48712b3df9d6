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
    // The convolution's result is read by others than its norm.
    [InlineData("From(\"in\", As = \"a\"), Conv1x1, From(\"a\", As = \"b\"), BatchNorm2d, Add(\"a\", \"b\")")]
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

    private static void AssertIsRight(string body)
    {
        var declarations = Declared.Read(Compiling.Compilation($"{Compiling.Usings}[Network, Input(8, 6, 5), {body}] public partial class Net;"));
        Assert.Empty(GraphBuilder.Build(declarations["global::Net"], declarations).Problems.Select(static problem => problem.ToString()));
    }
}
