namespace Blockwright.Generator.Tests;

/// <summary>A declared system, what to make of it, and what to feed it.</summary>
/// <param name="Name">Its name, and the last part of its namespace, <c>Zoo.NAME</c>.</param>
/// <param name="Declarations">What stands in that namespace.</param>
/// <param name="Root">The class to make.</param>
/// <param name="Arguments">Its constructor's arguments.</param>
/// <param name="Input">N, C, H, W.</param>
public sealed record DeclaredSystem(string Name, string Declarations, string Root, int[] Arguments, long[] Input)
{
    public string Source => $"using Blockwright;\n\nnamespace Zoo.{Name};\n\n{Declarations}\n";

    public string RootType => $"Zoo.{Name}.{Root}";

    public override string ToString() => Name;
}

/// <summary>The systems that the language is for. Each is declared here once, for every test.</summary>
public static class Systems
{
    private const string BasicUnit = """
        [Block] // stride 1: half of the channels pass through
        [Split("keep", "work")]
        [From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("keep", "work"), ChannelShuffle(2)]
        public partial class BasicUnit;
        """;

    private const string DownsampleUnit = """
        [Block] // stride 2: both branches see the whole input
        [From("in", As = "left", Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), BatchNorm2d, ReLU]
        [From("in", As = "right", Name = "branch2"), Conv1x1("out/2"), BatchNorm2d, ReLU, DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("left", "right"), ChannelShuffle(2)]
        public partial class DownsampleUnit;
        """;

    private const string ConvBnReLU = """
        [Block, Parameter("kernel")]
        [Path("conv"), Conv2d("out", "kernel"), BatchNorm2d, ReLU]
        public partial class ConvBnReLU;
        """;

    private const string Inception = """
        [Block, Parameter("b1"), Parameter("b2reduce"), Parameter("b2"), Parameter("b3reduce"), Parameter("b3"), Parameter("pool")]
        [From("in", As = "y1", Name = "branch1"), Apply<ConvBnReLU>(1, Channels = "b1", Name = "/branch1")]
        [From("in", As = "y2", Name = "branch2"), Apply<ConvBnReLU>(1, Channels = "b2reduce"), Apply<ConvBnReLU>(3, Channels = "b2")]
        [From("in", As = "y3", Name = "branch3"), Apply<ConvBnReLU>(1, Channels = "b3reduce"), Apply<ConvBnReLU>(3, Channels = "b3")]
        [From("in", As = "y4", Name = "branch4"), MaxPool2d(3, Stride = 1, CeilMode = true), Apply<ConvBnReLU>(1, Channels = "pool")]
        [Concat("y1", "y2", "y3", "y4")]
        public partial class Inception;
        """;

    /// <summary>MobileNet V3's units as torchvision has them: what a unit has, its numbers say. Of the activation, 0 is a ReLU, 1 a Hardswish, 2 none.</summary>
    public const string InvertedResidual = """
        [Block, Parameter("kernel"), Parameter("stride"), Parameter("groups"), Parameter("act")]
        [Conv2d("out", "kernel", Stride = "stride", Groups = "groups"), BatchNorm2d(Eps = 0.001, Momentum = 0.01)]
        [ReLU(If = "act == 0"), Hardswish(If = "act == 1")]
        public partial class ConvNormActivation;

        [Block]
        [From("in", As = "scale"), GlobalAvgPool2d, Conv1x1("round(in/4, 8)", Name = "fc1"), ReLU, Conv1x1("in", Name = "fc2"), Hardsigmoid]
        [Multiply("in", "scale")]
        public partial class SqueezeExcitation;

        [Block, Parameter("kernel"), Parameter("expand"), Parameter("se"), Parameter("act"), Parameter("stride")]
        [From("in", As = "y", Name = "block"), Apply<ConvNormActivation>(1, 1, 1, "act", Channels = "expand", If = "expand != in")]
        [Apply<ConvNormActivation>("kernel", "stride", "expand", "act", Channels = "expand"), Apply<SqueezeExcitation>(If = "se > 0")]
        [Apply<ConvNormActivation>(1, 1, 1, 2, Channels = "out"), Add("in", If = "stride == 1 and in == out")]
        public partial class InvertedResidual;
        """;

    /// <summary>ResNet's basic block: the shortcut has layers where it must.</summary>
    public const string BasicBlock = """
        [Block, Parameter("stride")]
        [From("in", As = "shortcut", Name = "downsample", If = "stride != 1 or in != out"), Conv1x1("out", Stride = "stride"), BatchNorm2d]
        [From("in", As = "y"), Conv2d("out", 3, Stride = "stride", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, Conv2d("out", 3, Name = "conv2"), BatchNorm2d(Name = "bn2")]
        [Add("y", "shortcut"), ReLU]
        public partial class BasicBlock;
        """;

    public static IReadOnlyList<DeclaredSystem> All { get; } =
    [
        new("AdaptiveSplit", AdaptiveUnit("0.4"), "AdaptiveUnit", [20], [2, 20, 6, 6]),
        new("EqualRatio", AdaptiveUnit("0.5"), "AdaptiveUnit", [20], [2, 20, 6, 6]),
        new("ShuffleNetV2Basic", BasicUnit, "BasicUnit", [12], [2, 12, 6, 6]),
        new("ShuffleNetV2Downsample", DownsampleUnit, "DownsampleUnit", [6, 20], [2, 6, 8, 8]),
        new("ShuffleNetV2", $"""
            {BasicUnit}

            {DownsampleUnit}

            [Network, Input(3, 32, 32)]
            [Path("conv1"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
            [MaxPool2d(3, Stride = 2)]
            [Stage<DownsampleUnit, BasicUnit>("stage2", Channels = 16, Units = 3)]
            [Stage<DownsampleUnit, BasicUnit>("stage3", Channels = 32, Units = 2)]
            [Path("conv5"), Conv1x1(24), BatchNorm2d, ReLU]
            [GlobalAvgPool2d, Linear(10, Name = "/fc")]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        new("HybridWithAttention", $"""
            {BasicUnit}

            [Block]
            [Apply<BasicUnit>(Name = "unit")]
            [Split("x1", "x2")]
            [From("x2", As = "gate", Name = "attention"), GlobalAvgPool2d, Conv1x1, Hardsigmoid]
            [From("x1"), Multiply("gate")]
            [Concat("x1", "x2")]
            public partial class Hybrid;
            """, "Hybrid", [12], [2, 12, 6, 6]),
        new("SqueezeAndExcite", """
            [Block, Parameter("squeeze")]
            [From("in", As = "gate"), GlobalAvgPool2d, Conv1x1("squeeze", Name = "fc1"), ReLU, Conv1x1("in", Name = "fc2"), Sigmoid]
            [From("in"), Multiply("gate")]
            public partial class SqueezeAndExcite;
            """, "SqueezeAndExcite", [12, 3], [2, 12, 5, 5]),
        new("Residual", """
            [Block]
            [From("in", As = "main", Name = "body"), Conv2d("in", 3), BatchNorm2d, SiLU, Conv2d("in", 3), BatchNorm2d]
            [Add("main", "in"), LeakyReLU(NegativeSlope = 0.1)]
            public partial class Residual;
            """, "Residual", [6], [2, 6, 5, 5]),
        new("Fragmented", """
            [Block]
            [From("in", As = "a", Name = "a"), Conv1x1("out/4"), BatchNorm2d, ReLU]
            [From("in", As = "b", Name = "b"), Conv1x1("out/4"), BatchNorm2d, ReLU, Conv2d("out/4", 3), BatchNorm2d, ReLU]
            [From("in", As = "c", Name = "c"), Conv1x1("out/4"), BatchNorm2d, ReLU, Conv2d("out/4", 5), BatchNorm2d, ReLU]
            [From("in", As = "d", Name = "d"), MaxPool2d(3, Stride = 1), Conv1x1("out/4"), BatchNorm2d, ReLU]
            [Concat("a", "b", "c", "d")]
            public partial class Fragmented;
            """, "Fragmented", [6, 16], [2, 6, 7, 7]),
        new("SinglePath", """
            [Block]
            [Path("path"), Conv1x1("out"), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
            public partial class SinglePath;
            """, "SinglePath", [6, 16], [2, 6, 7, 7]),
        new("ShuffleNetV1", """
            [Block, Parameter("groups")]
            [From("in", As = "y"), Conv1x1("in/4", Groups = "groups"), BatchNorm2d, ReLU, ChannelShuffle("groups")]
            [From("y", Name = "expand"), DepthwiseConv2d(3), BatchNorm2d, Conv1x1("in", Groups = "groups"), BatchNorm2d]
            [Add("in", "y"), ReLU]
            public partial class Unit;

            [Block, Parameter("groups"), Parameter("firstGroups")]
            [From("in", As = "shortcut"), AvgPool2d(3, Stride = 2)]
            [From("in", As = "y", Name = "main"), Conv1x1("out/4", Groups = "firstGroups"), BatchNorm2d, ReLU, ChannelShuffle("groups")]
            [From("y", Name = "expand"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out-in", Groups = "groups"), BatchNorm2d]
            [Concat("shortcut", "y"), ReLU]
            public partial class DownsampleUnit;

            [Network, Input(3, 32, 32)]
            [Path("conv1"), Conv2d(12, 3, Stride = 2), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 2)]
            [Stage<DownsampleUnit, Unit>("stage2", 3, 1, Channels = 36, Units = 3)]
            [Stage<DownsampleUnit, Unit>("stage3", 3, 3, Channels = 72, Units = 2)]
            [GlobalAvgPool2d, Linear(10, Name = "fc")]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        new("MobileNetV1", """
            [Block, Parameter("stride")]
            [DepthwiseConv2d(3, Stride = "stride"), BatchNorm2d, ReLU, Conv1x1("out"), BatchNorm2d, ReLU]
            public partial class Separable;

            [Network, Input(3, 32, 32)]
            [Path("model.0"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
            [Path("model", FirstIndex = 1), Apply<Separable>(1, Channels = 16), Apply<Separable>(2, Channels = 32), Apply<Separable>(1)]
            [AvgPool2d(8, Padding = 0), Flatten, Linear(10, Name = "/fc")]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        new("MobileNetV2", """
            [Block, Parameter("expand"), Parameter("stride")]
            [From("in", Name = "conv.0"), Conv1x1("in*expand"), BatchNorm2d, ReLU6]
            [From("in", Name = "conv.1"), DepthwiseConv2d(3, Stride = "stride"), BatchNorm2d, ReLU6]
            [Conv1x1("out", Name = "/conv.2"), BatchNorm2d(Name = "/conv.3")]
            public partial class InvertedBottleneck;

            [Block, Parameter("expand")]
            [From("in", As = "y", Name = "conv.0"), Conv1x1("in*expand"), BatchNorm2d, ReLU6]
            [From("y", Name = "conv.1"), DepthwiseConv2d(3), BatchNorm2d, ReLU6]
            [Conv1x1("out", Name = "/conv.2"), BatchNorm2d(Name = "/conv.3")]
            [Add("in", "y")]
            public partial class InvertedResidual;

            [Block]
            [Path("conv.0"), DepthwiseConv2d(3), BatchNorm2d, ReLU6]
            [Conv1x1("out", Name = "/conv.1"), BatchNorm2d(Name = "/conv.2")]
            public partial class FirstBottleneck;

            [Network, Input(3, 32, 32)]
            [Path("features.0"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU6]
            [Apply<FirstBottleneck>(Channels = 4, Name = "/features.1")]
            [Stage<InvertedBottleneck, InvertedResidual>("features", 6, 2, Channels = 8, Units = 2, FirstIndex = 2)]
            [Stage<InvertedBottleneck, InvertedResidual>("features", 6, 2, Channels = 12, Units = 3, FirstIndex = 4)]
            [Path("features.7"), Conv1x1(32), BatchNorm2d, ReLU6]
            [GlobalAvgPool2d, Flatten, Dropout(0.2), Linear(10, Name = "/classifier.1")]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        new("SqueezeNet", """
            [Block, Parameter("squeeze"), Parameter("expand1x1"), Parameter("expand3x3")]
            [Conv1x1("squeeze", Name = "squeeze"), ReLU]
            [Path("branches"), Apply<Expand>("expand1x1", "expand3x3", Name = "")]
            public partial class Fire;

            [Block, Parameter("expand1x1"), Parameter("expand3x3")]
            [From("in", As = "a"), Conv1x1("expand1x1", Name = "expand1x1"), ReLU]
            [From("in", As = "b"), Conv2d("expand3x3", 3, Name = "expand3x3"), ReLU]
            [Concat("a", "b")]
            public partial class Expand;

            [Network, Input(3, 32, 32)]
            [Path("features"), Conv2d(8, 3, Stride = 2, Padding = 0), ReLU, MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true)]
            [Apply<Fire>(4, 6, 8), Apply<Fire>(4, 8, 8), MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true), Apply<Fire>(6, 12, 12)]
            [Path("classifier"), Dropout, Conv1x1(10), ReLU, GlobalAvgPool2d, Flatten]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        new("GoogLeNet", $"""
            {ConvBnReLU}

            {Inception}

            [Network, Input(3, 32, 32)]
            [Apply<ConvBnReLU>(3, Channels = 8, Name = "conv1"), MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true)]
            [Apply<Inception>(4, 3, 6, 2, 4, 4, Name = "inception3a")]
            [Apply<Inception>(6, 4, 8, 2, 4, 4, Name = "inception3b")]
            [GlobalAvgPool2d, Dropout(0.2), Linear(10, Name = "fc")]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        new("Inception", $"{ConvBnReLU}\n\n{Inception}", "Inception", [8, 4, 3, 6, 2, 4, 5], [2, 8, 7, 7]),
        new("ResNet", """
            [Block]
            [From("in", As = "y"), Conv2d("out", 3, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, Conv2d("out", 3, Name = "conv2"), BatchNorm2d(Name = "bn2")]
            [Add("y", "in"), ReLU]
            public partial class BasicBlock;

            [Block]
            [From("in", As = "y"), Conv2d("out", 3, Stride = 2, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, Conv2d("out", 3, Name = "conv2"), BatchNorm2d(Name = "bn2")]
            [From("in", As = "identity", Name = "downsample"), Conv1x1("out", Stride = 2), BatchNorm2d]
            [Add("y", "identity"), ReLU]
            public partial class DownsampleBlock;

            [Block, Parameter("stride"), Parameter("width")]
            [From("in", As = "y"), Conv1x1("width", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU]
            [From("y"), Conv2d("width", 3, Stride = "stride", Name = "conv2"), BatchNorm2d(Name = "bn2"), ReLU, Conv1x1("out", Name = "conv3"), BatchNorm2d(Name = "bn3")]
            [From("in", As = "identity", Name = "downsample"), Conv1x1("out", Stride = "stride"), BatchNorm2d]
            [Add("y", "identity"), ReLU]
            public partial class FirstBottleneck;

            [Block, Parameter("width")]
            [From("in", As = "y"), Conv1x1("width", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, Conv2d("width", 3, Name = "conv2"), BatchNorm2d(Name = "bn2"), ReLU]
            [From("y"), Conv1x1("in", Name = "conv3"), BatchNorm2d(Name = "bn3")]
            [Add("y", "in"), ReLU]
            public partial class Bottleneck;

            [Network, Input(3, 32, 32)]
            [Conv2d(8, 7, Stride = 2, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, MaxPool2d(3, Stride = 2)]
            [Stage<BasicBlock>("layer1", Units = 2)]
            [Stage<DownsampleBlock, BasicBlock>("layer2", Channels = 12, Units = 2)]
            [Stage<FirstBottleneck, Bottleneck>("layer3", 2, 6, Channels = 24, Units = 2)]
            [GlobalAvgPool2d, Linear(10, Name = "fc")]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        new("ResNetBasicBlock", """
            [Block]
            [From("in", As = "y"), Conv2d("out", 3, Stride = 2, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, Conv2d("out", 3, Name = "conv2"), BatchNorm2d(Name = "bn2")]
            [From("in", As = "identity", Name = "downsample"), Conv1x1("out", Stride = 2), BatchNorm2d]
            [Add("y", "identity"), ReLU]
            public partial class DownsampleBlock;
            """, "DownsampleBlock", [6, 10], [2, 6, 8, 8]),
        new("ResNeXt", """
            [Block, Parameter("groups"), Parameter("widthPerGroup"), Parameter("stride")]
            [From("in", As = "y"), Conv1x1("groups*widthPerGroup", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU]
            [From("y"), Conv2d("groups*widthPerGroup", 3, Stride = "stride", Groups = "groups", Name = "conv2"), BatchNorm2d(Name = "bn2"), ReLU, Conv1x1("out", Name = "conv3"), BatchNorm2d(Name = "bn3")]
            [From("in", As = "identity", Name = "downsample"), Conv1x1("out", Stride = "stride"), BatchNorm2d]
            [Add("y", "identity"), ReLU]
            public partial class Bottleneck;
            """, "Bottleneck", [6, 16, 4, 2, 2], [2, 6, 8, 8]),
        new("DenseNet", """
            [Block, Parameter("growth"), Parameter("bottleneck")]
            [From("in", As = "y"), BatchNorm2d(Name = "norm1"), ReLU, Conv1x1("growth*bottleneck", Name = "conv1")]
            [From("y"), BatchNorm2d(Name = "norm2"), ReLU, Conv2d("growth", 3, Name = "conv2", Bias = false)]
            [Concat("in", "y")]
            public partial class DenseLayer;

            [Block]
            [BatchNorm2d(Name = "norm"), ReLU, Conv1x1("in/2", Name = "conv", Bias = false), AvgPool2d(2, Stride = 2)]
            public partial class Transition;

            [Network, Input(3, 32, 32)]
            [Conv2d(8, 7, Stride = 2, Name = "features.conv0"), BatchNorm2d(Name = "features.norm0"), ReLU, MaxPool2d(3, Stride = 2)]
            [Stage<DenseLayer>("features.denseblock1", 4, 2, Units = 3, UnitName = "denselayer{1}")]
            [Apply<Transition>(Name = "features.transition1")]
            [Stage<DenseLayer>("features.denseblock2", 4, 2, Units = 2, UnitName = "denselayer{1}")]
            [BatchNorm2d(Name = "features.norm5"), ReLU, GlobalAvgPool2d, Linear(10, Name = "classifier")]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        new("DenseLayer", """
            [Block, Parameter("growth"), Parameter("bottleneck")]
            [From("in", As = "y"), BatchNorm2d(Name = "norm1"), ReLU, Conv1x1("growth*bottleneck", Name = "conv1")]
            [From("y"), BatchNorm2d(Name = "norm2"), ReLU, Conv2d("growth", 3, Name = "conv2", Bias = false)]
            [Concat("in", "y")]
            public partial class DenseLayer;
            """, "DenseLayer", [6, 4, 3], [2, 6, 5, 5]),
        new("MnasNet", """
            [Block, Parameter("kernel"), Parameter("stride"), Parameter("expand")]
            [Path("layers"), Conv1x1("in*expand"), BatchNorm2d(Momentum = 0.0003), ReLU, DepthwiseConv2d("kernel", Stride = "stride"), BatchNorm2d(Momentum = 0.0003), ReLU]
            [Conv1x1("out"), BatchNorm2d(Momentum = 0.0003)]
            public partial class FirstUnit;

            [Block, Parameter("kernel"), Parameter("expand")]
            [From("in", As = "y", Name = "layers"), Conv1x1("in*expand"), BatchNorm2d(Momentum = 0.0003), ReLU, DepthwiseConv2d("kernel"), BatchNorm2d(Momentum = 0.0003), ReLU]
            [Conv1x1("out"), BatchNorm2d(Momentum = 0.0003)]
            [Add("in", "y")]
            public partial class Unit;

            [Network, Input(3, 32, 32)]
            [Path("layers"), Conv2d(8, 3, Stride = 2), BatchNorm2d(Momentum = 0.0003), ReLU, DepthwiseConv2d(3), BatchNorm2d(Momentum = 0.0003), ReLU, Conv1x1(4), BatchNorm2d(Momentum = 0.0003)]
            [Stage<FirstUnit, Unit>("layers.8", 3, 2, 3, Channels = 8, Units = 3)]
            [Stage<FirstUnit, Unit>("layers.9", 5, 2, 3, Channels = 12, Units = 2)]
            [Path("layers", FirstIndex = 14), Conv1x1(24), BatchNorm2d(Momentum = 0.0003), ReLU]
            [GlobalAvgPool2d, Dropout(0.2), Linear(10, Name = "/classifier.1")]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        new("MobileNetV3", $"""
            {InvertedResidual}

            [Network, Input(3, 32, 32)]
            [Path("features"), Apply<ConvNormActivation>(3, 2, 1, 1, Channels = 16)]
            [Apply<InvertedResidual>(3, 16, 0, 0, 1, Channels = 16), Apply<InvertedResidual>(3, 24, 0, 0, 2, Channels = 24)]
            [Apply<InvertedResidual>(5, 32, 1, 0, 1, Channels = 24), Apply<InvertedResidual>(5, 24, 1, 1, 2, Channels = 20)]
            [Apply<ConvNormActivation>(1, 1, 1, 1, Channels = 40)]
            [GlobalAvgPool2d, Path("classifier"), Linear(24), Hardswish, Dropout(0.2), Linear(10)]
            public partial class Network;
            """, "Network", [], [2, 3, 32, 32]),
        // milesial's, which most people have, with fewer channels; a size that no pooling halves comes back by the skips' own.
        new("UNet", """
            [Block, Path("double_conv"), Conv2d("out", 3), BatchNorm2d, ReLU, Conv2d("out", 3), BatchNorm2d, ReLU]
            public partial class DoubleConv;

            [Network, Input(3, 24, 20)]
            [From("in", As = "x1"), Apply<DoubleConv>(Channels = 8, Name = "inc")]
            [From("x1", As = "x2"), MaxPool2d(2, Padding = 0), Apply<DoubleConv>(Channels = 12, Name = "down1.maxpool_conv.1")]
            [From("x2", As = "x3"), MaxPool2d(2, Padding = 0), Apply<DoubleConv>(Channels = 16, Name = "down2.maxpool_conv.1")]
            [From("x3", As = "u2"), ConvTranspose2d(8, 2, Stride = 2, Name = "up1.up")]
            [From("x2", As = "y2"), Concat("u2"), Apply<DoubleConv>(Channels = 12, Name = "up1.conv")]
            [From("y2", As = "u1"), ConvTranspose2d(6, 2, Stride = 2, Name = "up2.up")]
            [From("x1", As = "y1"), Concat("u1"), Apply<DoubleConv>(Channels = 8, Name = "up2.conv"), Conv1x1(2, Bias = true, Name = "/outc.conv")]
            public partial class Network;
            """, "Network", [], [2, 3, 24, 20]),
        // The generator of Radford et al. (ICLR 2016) as torch's example has it, with fewer channels.
        new("Dcgan", """
            [Network, Input(10, 1, 1)]
            [Path("main"), ConvTranspose2d(16, 4, Padding = 0), BatchNorm2d, ReLU, ConvTranspose2d(8, 4, Stride = 2), BatchNorm2d, ReLU, ConvTranspose2d(3, 4, Stride = 2, Bias = false), Tanh]
            public partial class Network;
            """, "Network", [], [3, 10, 1, 1]),
        // Woo et al. (ECCV 2018): which channels, and then which pixels.
        new("Cbam", """
            [Block, Parameter("reduction")]
            [From("in", As = "mean"), GlobalAvgPool2d, Conv1x1("in/reduction", Name = "down"), ReLU, Conv1x1("in", Name = "up"), Sigmoid]
            [From("in", As = "x"), Multiply("mean")]
            [From("x", As = "average"), ChannelMean, From("x", As = "peak"), ChannelMax]
            [From("average", As = "where"), Concat("peak"), Conv2d(1, 7, Name = "where"), BatchNorm2d(Name = "bn"), Sigmoid]
            [From("x"), Multiply("where"), Add("mean")]
            public partial class Attention;
            """, "Attention", [12, 3], [2, 12, 8, 6]),
        // Lateral maps of a pyramid, the smaller brought to the size of the larger, whatever that is.
        new("Pyramid", """
            [Network, Input(3, 21, 18)]
            [From("in", As = "c3", Name = "c3"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
            [From("c3", As = "c4", Name = "c4"), Conv2d(12, 3, Stride = 2), BatchNorm2d, ReLU]
            [From("c3", As = "p3", Name = "lateral3"), Conv1x1(6, Bias = true)]
            [From("c4", Name = "lateral4"), Conv1x1(6, Bias = true), Upsample(SizeOf = "c3", Mode = "bilinear"), Add("p3")]
            [Conv2d(6, 3, Bias = true, Name = "/smooth"), Upsample(SizeOf = "in")]
            public partial class Network;
            """, "Network", [], [2, 3, 21, 18]),
        // YOLOv8's and C3's unit: all that its bottlenecks give, side by side.
        new("C2f", C2f, "C2f", [8, 12, 3, 1], [2, 8, 7, 6]),
        // Units that differ by their number: the first strides, each is dropped more often than the one before, and each is wider.
        new("CountedUnits", """
            [Block, Parameter("stride"), Parameter("number")]
            [From("in", As = "y"), Conv2d("out", 3, Stride = "stride"), BatchNorm2d, StochasticDepth(0.9, Layer = "number", Layers = 8), Add("in", If = "stride == 1 and in == out"), ReLU]
            public partial class Unit;

            [Block, Parameter("width")]
            [Conv1x1("width"), BatchNorm2d, ReLU]
            public partial class Wide;

            [Block, Parameter("first")]
            [Stage<Unit>("layer", "max(2-unit, 1)", "first+unit", Channels = "out", Units = 4), Stage<Wide>("wide", "out-4+2*unit", Units = 3)]
            public partial class Counted;
            """, "Counted", [6, 8, 2], [5, 6, 9, 7]),
        new("InvertedResidual", InvertedResidual, "InvertedResidual", [8, 8, 5, 24, 1, 1, 1], [2, 8, 7, 7]),
        new("ConditionalShortcut", BasicBlock, "BasicBlock", [6, 10, 2], [2, 6, 7, 7]),
    ];

    public static DeclaredSystem Find(string name) => All.First(system => system.Name == name);

    /// <summary>Each system's name, for theories.</summary>
    public static TheoryData<string> Names => [.. All.Select(static system => system.Name)];

    public const string C2f = """
        [Block, Parameter("shortcut")]
        [From("in", As = "y"), Conv2d("out", 3, Name = "cv1.conv"), BatchNorm2d(Name = "cv1.bn", Eps = 0.001), SiLU, Conv2d("out", 3, Name = "cv2.conv"), BatchNorm2d(Name = "cv2.bn", Eps = 0.001), SiLU]
        [Add("in", If = "shortcut == 1 and in == out")]
        public partial class Bottleneck;

        [Block, Parameter("n"), Parameter("shortcut")]
        [Conv1x1("out", Name = "cv1.conv"), BatchNorm2d(Name = "cv1.bn", Eps = 0.001), SiLU, Split("a", "b")]
        [From("b", As = "y"), Stage<Bottleneck>("m", "shortcut", Units = "n", Collect = "all")]
        [Concat("a", "b", "all"), Conv1x1("out", Name = "cv2.conv"), BatchNorm2d(Name = "cv2.bn", Eps = 0.001), SiLU]
        public partial class C2f;
        """;

    private static string AdaptiveUnit(string ratio) => $"""
        [Block]
        [Split("keep", "work", Ratio = {ratio})]
        [From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("keep", "work"), ChannelShuffle(2)]
        public partial class AdaptiveUnit;
        """;
}
