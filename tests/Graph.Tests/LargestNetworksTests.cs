namespace Blockwright.Graph.Tests;

/// <summary>The largest networks that were published are far from every limit: twice as deep they still are not refused.</summary>
public class LargestNetworksTests
{
    private const string Blocks = """
        [Block, From("in", As = "x"), Conv2d("in", 3), BatchNorm2d, ReLU, Conv2d("in", 3), BatchNorm2d, Add("in"), ReLU] public partial class Basic;

        [Block, From("in", As = "x"), Conv1x1("out/4"), BatchNorm2d, ReLU, Conv2d("out/4", 3), BatchNorm2d, ReLU, Conv1x1("out"), BatchNorm2d, Add("in"), ReLU] public partial class Bottleneck;

        [Block, From("in", As = "x"), Conv1x1("mid"), BatchNorm2d, ReLU, Conv2d("mid", 3, Groups = 32), BatchNorm2d, ReLU, Conv1x1("out"), BatchNorm2d, Add("in"), ReLU, Parameter("mid")] public partial class Grouped;

        [Block, From("in", As = "x"), BatchNorm2d, ReLU, Conv1x1(128), BatchNorm2d, ReLU, Conv2d(32, 3), Concat("in", "x")] public partial class DenseLayer;

        [Block, From("in", As = "x"), GlobalAvgPool2d, Conv1x1("squeeze", Bias = true), SiLU, Conv1x1("in", Bias = true), Sigmoid, From("in"), Multiply("x"), Parameter("squeeze")] public partial class Excite;

        [Block, From("in", As = "x"), Conv1x1("in*6"), BatchNorm2d, SiLU, DepthwiseConv2d(5), BatchNorm2d, SiLU, Apply<Excite>("in/4"), Conv1x1("in"), BatchNorm2d, Dropout(0.2), Add("in")] public partial class Inverted;

        [Block, From("in", As = "x"), DepthwiseConv2d(7), BatchNorm2d, Conv1x1("in*4"), SiLU, Conv1x1("in"), Add("in")] public partial class Next;

        [Block, From("in", As = "x"), Conv1x1("in/4", Groups = 8), BatchNorm2d, ReLU, ChannelShuffle(8), DepthwiseConv2d(3), BatchNorm2d, Conv1x1("in", Groups = 8), BatchNorm2d, Add("in"), ReLU] public partial class Shuffled;

        [Block, Split("a", "b"), From("b", Name = "b"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU, Concat("a", "b"), ChannelShuffle(2)] public partial class ShuffledV2;
        """;

    private static readonly Dictionary<string, (string Block, string Input, (int Channels, int Units)[] Stages)> Networks = new()
    {
        ["ResNet-1202"] = ("Basic", "3, 32, 32", [(16, 200), (32, 200), (64, 200)]),
        ["ResNet-152 x 4"] = ("Bottleneck", "3, 480, 480", [(1024, 3), (2048, 8), (4096, 36), (8192, 3)]),
        ["ResNeXt-101 32x48d"] = ("Grouped", "3, 224, 224", [(256, 3), (512, 4), (1024, 23), (2048, 3)]),
        ["DenseNet-264"] = ("DenseLayer", "3, 224, 224", [(64, 6), (128, 12), (256, 64), (1152, 48)]),
        ["EfficientNet-L2"] = ("Inverted", "3, 800, 800", [(136, 6), (104, 11), (176, 11), (344, 16), (480, 16), (824, 22), (1376, 6)]),
        ["ConvNeXt-XL"] = ("Next", "3, 384, 384", [(256, 3), (512, 3), (1024, 27), (2048, 3)]),
        ["ShuffleNet V1 x 2, 8 groups"] = ("Shuffled", "3, 224, 224", [(768, 4), (1536, 8), (3072, 4)]),
        ["ShuffleNet V2 x 2"] = ("ShuffledV2", "3, 224, 224", [(244, 4), (488, 8), (976, 4)]),
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void AreNotRefused(string name)
    {
        var (block, input, stages) = Networks[name];
        var steps = stages.Select((stage, i) => $"Conv2d({stage.Channels}, 3, Stride = 2, Name = \"down{i}\"), Stage<{block}>(\"s{i}\"{(block == "Grouped" ? $", {stage.Channels * 6}" : "")}, Units = {2 * stage.Units})");

        var problems = Declarations.Problems($"Network, Input({input}), {string.Join(", ", steps)}, GlobalAvgPool2d, Linear(1000)", Blocks);

        Assert.Empty(problems);
    }
}
