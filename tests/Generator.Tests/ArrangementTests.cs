using Blockwright.Generator.Tests.Harness;
using Blockwright.Tests.Shared;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>Values that are neither maps nor features, as detectors' heads give them.</summary>
public class ArrangementTests
{
    private const string Head = """[Block, Parameter("anchors"), Conv1x1("anchors*7", Bias = true), Reshape("anchors", 7, "h", "w"), Permute(0, 1, 3, 4, 2)] public partial class Head;""";

    private const string Detector = Head + """
        [Network, Input(3, 16, 24), Output("fine", "coarse")]
        [From("in", As = "fine", Name = "stem"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU, Apply<Head>(3, Name = "/head1")]
        [From("in", As = "coarse", Name = "deep"), Conv2d(8, 3, Stride = 4), BatchNorm2d, ReLU, Apply<Head>(2, Name = "/head2"), Sigmoid, Reshape(-1, 7)]
        public partial class Net;
        """;

    // With several results it is no BlockModule.
    private static object Make(string source) => Activator.CreateInstance(Compiling.Load(Compiling.Usings + source).GetType("Net", throwOnError: true)!)!;

    [Fact]
    public void EveryResultIsTorchsAtEverySize()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(2);
        dynamic network = Make(Detector);
        Tensors.Randomize(network);
        network.eval();
        using var fused = network.Fuse();
        var state = ((nn.Module)network).state_dict();
        foreach (var (height, width) in new[] { (16L, 24L), (20L, 12L) })
        {
            var input = randn(2, 3, height, width);
            var (fine, coarse) = (Map("stem", "head1", 2, 3), Map("deep", "head2", 4, 2).sigmoid());
            Assert.Equal([2, 3, (height + 1) / 2, (width + 1) / 2, 7], fine.shape);
            foreach (var (first, second) in new (Tensor, Tensor)[] { network.call(input), fused.call(input) })
            {
                Tensors.AssertClose(fine, first, 1e-5, "fine");
                Tensors.AssertClose(coarse.reshape(2, -1, 7), second, 1e-5, "coarse");
            }

            Tensor Map(string path, string head, long stride, long anchors)
            {
                var map = nn.functional.conv2d(input, state[path + ".0.weight"], null, [stride, stride], [1, 1]);
                map = nn.functional.batch_norm(map, state[path + ".1.running_mean"], state[path + ".1.running_var"], state[path + ".1.weight"], state[path + ".1.bias"]).relu();
                map = nn.functional.conv2d(map, state[head + ".0.weight"], state[head + ".0.bias"]);
                return map.reshape(2, anchors, 7, map.size(2), map.size(3)).permute(0, 1, 3, 4, 2);
            }
        }
    }

    [Fact]
    public void ASummaryHasTheSizesOfEveryInput()
    {
        var network = (INetworkModule)Make(Detector);
        var cost = network.GetCost();
        Assert.Equal([[1, 3, 8, 12, 7], [1, 48, 7]], cost.Results.Select(result => cost.Layers[result.Layer].OutputShape));
        var other = cost.At(2, 20, 12);
        Assert.Equal([[2, 3, 10, 6, 7], [2, 30, 7]], other.Results.Select(result => other.Layers[result.Layer].OutputShape));
        Assert.Contains("Fine 1 x 3 x 10 x 6 x 7, Coarse 1 x 30 x 7", other.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A block by itself learns its channels in its constructor.</summary>
    [Fact]
    public void ABlockRefusesChannelsThatDoNotFit()
    {
        var assembly = Compiling.Load(Compiling.Usings + """[Block, Reshape(3, "in/3", "h", "w"), ReLU] public partial class Cut; [Block, Reshape(2, 5, "h*w")] public partial class Ten;""");
        using var cut = Make("Cut", 12);
        using var map = randn(2, 12, 5, 4);
        using var result = cut.call(map);
        Assert.Equal([2, 3, 4, 5, 4], result.shape);
        Assert.Contains("Sizes: in: expected a multiple of 3", Assert.Throws<ArgumentException>(() => Make("Cut", 13)).Message, StringComparison.Ordinal);
        Make("Ten", 10).Dispose();
        Assert.Contains("Reshape: the elements", Assert.Throws<ArgumentException>(() => Make("Ten", 12)).Message, StringComparison.Ordinal);

        BlockModule Make(string name, int channels)
        {
            try
            {
                return (BlockModule)Activator.CreateInstance(assembly.GetType(name)!, channels)!;
            }
            catch (System.Reflection.TargetInvocationException thrown)
            {
                throw thrown.InnerException!;
            }
        }
    }

    /// <summary>What fits the declared size alone is refused at others, before anything is computed.</summary>
    [Fact]
    public void NumbersOfOneSizeAreThatSizes()
    {
        var network = (NetworkModule)Compiling.Make(Compiling.Load(Compiling.Usings + "[Network, Input(3, 4, 6), Conv1x1(2), Reshape(2, 24), Softmax(Dim = 2)] public partial class Net;"), "Net");
        using var images = randn(2, 3, 4, 6);
        using var result = network.call(images);
        Assert.Equal([2, 2, 24], result.shape);
        Assert.Contains("Reshape takes maps of 4 x 6", Assert.Throws<ArgumentException>(() => network.GetCost().At(1, 8, 6)).Message, StringComparison.Ordinal);
        Assert.Contains("Reshape takes maps of 4 x 6", Assert.Throws<ArgumentException>(() => OnnxSession.Export(network, new OnnxOptions { OpenSize = true })).Message, StringComparison.Ordinal);
    }

    /// <summary>A generator begins with features that become a map, on which all goes on.</summary>
    [Fact]
    public void FeaturesBecomeAMap()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var network = (NetworkModule)Compiling.Make(Compiling.Load(Compiling.Usings + "[Network, Input(3, 4, 6), Flatten, Linear(24), Reshape(6, 2, 2), ReLU, ConvTranspose2d(4, 4, Stride = 2), BatchNorm2d, Tanh] public partial class Net;"), "Net");
        Tensors.Randomize(network);
        network.eval();
        var input = randn(2, 3, 4, 6);
        var state = network.state_dict();
        var map = nn.functional.linear(input.flatten(1), state["1.weight"], state["1.bias"]).reshape(2, 6, 2, 2).relu();
        map = nn.functional.conv_transpose2d(map, state["4.weight"], null, [2, 2], [1, 1], [0, 0], [1, 1], 1);
        map = nn.functional.batch_norm(map, state["5.running_mean"], state["5.running_var"], state["5.weight"], state["5.bias"]).tanh();
        Tensors.AssertClose(map, network.call(input), 1e-5, "forward");
        using var session = OnnxSession.Load(OnnxSession.Export(network));
        Tensors.AssertClose(map, session.Run(input), 1e-5, "ONNX");
        Assert.Equal([1, 6, 2, 2], network.GetCost().Layers[3].OutputShape);
    }
}
