namespace Blockwright.Analyzers.Tests.Declared;

/// <summary>Well-known networks beside those of samples/Zoo, in few units: what their authors chose on purpose.</summary>
internal static class SoundNetworks
{
    public const string Source = """
        using Blockwright;

        namespace Sound;

        [Block, Parameter("squeeze")] // a gate over the channels
        [From("in", As = "gate"), GlobalAvgPool2d, Conv1x1("squeeze"), ReLU, Conv1x1("in"), Hardsigmoid]
        [From("in"), Multiply("gate")]
        public partial class SqueezeExcite;

        [Block, Parameter("expanded"), Parameter("kernel"), Parameter("squeeze")]
        [From("in", As = "y"), Conv1x1("expanded"), BatchNorm2d, Hardswish, DepthwiseConv2d("kernel"), BatchNorm2d, Hardswish, Apply<SqueezeExcite>("squeeze"), Conv1x1("in"), BatchNorm2d]
        [Add("in", "y")]
        public partial class MobileV3Residual;

        [Block, Parameter("expanded"), Parameter("kernel")]
        [Conv1x1("expanded"), BatchNorm2d, Hardswish, DepthwiseConv2d("kernel", Stride = 2), BatchNorm2d, Hardswish, Conv1x1("out"), BatchNorm2d]
        public partial class MobileV3Down;

        [Network, Input(3, 224, 224)]
        [Conv2d(16, 3, Stride = 2), BatchNorm2d, Hardswish, Apply<MobileV3Down>(64, 3, Channels = 24), Apply<MobileV3Residual>(72, 3, 24), Apply<MobileV3Down>(72, 5, Channels = 40), Apply<MobileV3Residual>(120, 5, 32)]
        [Conv1x1(240), BatchNorm2d, Hardswish, GlobalAvgPool2d, Conv1x1(1280), Hardswish, Dropout(0.2), Flatten, Linear(1000)]
        public partial class MobileNetV3;

        [Block, Parameter("stage")] // one-shot aggregation: a chain, all of whose results are joined
        [From("in", As = "a"), Conv2d("stage", 3), BatchNorm2d, ReLU]
        [From("a", As = "b"), Conv2d("stage", 3), BatchNorm2d, ReLU]
        [From("b", As = "c"), Conv2d("stage", 3), BatchNorm2d, ReLU]
        [Concat("in", "a", "b", "c"), Conv1x1("out"), BatchNorm2d, ReLU]
        public partial class Osa;

        [Network, Input(3, 224, 224)]
        [Conv2d(64, 3, Stride = 2), BatchNorm2d, ReLU, Apply<Osa>(64, Channels = 128), MaxPool2d(3, Stride = 2), Apply<Osa>(80, Channels = 256), GlobalAvgPool2d, Linear(1000)]
        public partial class VoVNet;

        [Block] // short-term dense concatenation
        [From("in", As = "a"), Conv1x1("out/2"), BatchNorm2d, ReLU]
        [From("a", As = "b"), Conv2d("out/4", 3), BatchNorm2d, ReLU]
        [From("b", As = "c"), Conv2d("out/8", 3), BatchNorm2d, ReLU]
        [From("c", As = "d"), Conv2d("out/8", 3), BatchNorm2d, ReLU]
        [Concat("a", "b", "c", "d")]
        public partial class Stdc;

        [Network, Input(3, 224, 224), Conv2d(64, 3, Stride = 2), BatchNorm2d, ReLU, Apply<Stdc>(Channels = 128), MaxPool2d(2), Apply<Stdc>(Channels = 256), GlobalAvgPool2d, Linear(10)]
        public partial class StdcNet;

        [Block] // as it is trained
        [From("in", As = "a"), Conv2d("in", 3), BatchNorm2d]
        [From("in", As = "b"), Conv1x1("in"), BatchNorm2d]
        [From("in", As = "c"), BatchNorm2d]
        [Add("a", "b", "c"), ReLU]
        public partial class Rep;

        [Network, Input(3, 224, 224), Conv2d(48, 3, Stride = 2), BatchNorm2d, ReLU, Apply<Rep>, Apply<Rep>, GlobalAvgPool2d, Linear(10)]
        public partial class RepVGG;

        [Block] // a perceptron on each pixel
        [From("in", As = "y"), DepthwiseConv2d(7), BatchNorm2d, Conv1x1("in*4"), SiLU, Conv1x1("in")]
        [Add("in", "y")]
        public partial class NextUnit;

        [Network, Input(3, 224, 224), Conv2d(96, 4, Stride = 4, Padding = 0), BatchNorm2d, Apply<NextUnit>, BatchNorm2d, Conv2d(192, 2, Stride = 2, Padding = 0), Apply<NextUnit>, GlobalAvgPool2d, Linear(10)]
        public partial class ConvNeXt;

        [Block, Parameter("groups"), Parameter("squeeze")]
        [From("in", As = "s"), Conv1x1("out", Stride = 2), BatchNorm2d]
        [From("in", As = "y"), Conv1x1("out"), BatchNorm2d, ReLU, Conv2d("out", 3, Stride = 2, Groups = "groups"), BatchNorm2d, ReLU, Apply<SqueezeExcite>("squeeze"), Conv1x1("out"), BatchNorm2d]
        [Add("s", "y"), ReLU]
        public partial class RegUnit;

        [Network, Input(3, 224, 224), Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU, Apply<RegUnit>(4, 8, Channels = 64), Apply<RegUnit>(16, 16, Channels = 256), GlobalAvgPool2d, Linear(10)]
        public partial class RegNetY;

        [Block, Parameter("rate"), Conv2d(64, 3, Dilation = "rate"), BatchNorm2d, ReLU]
        public partial class Atrous;

        [Network, Input(3, 256, 256)] // pyramid pooling over dilations, and a prediction for each pixel
        [From("in", As = "x"), Conv2d(64, 7, Stride = 2), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 2), Conv2d(256, 3, Stride = 2), BatchNorm2d, ReLU]
        [From("x", As = "a"), Conv1x1(64), BatchNorm2d, ReLU]
        [From("x", As = "b"), Apply<Atrous>(6)]
        [From("x", As = "c"), Apply<Atrous>(12)]
        [Concat("a", "b", "c"), Conv1x1(64), BatchNorm2d, ReLU, Dropout(0.5), Conv2d(64, 3), BatchNorm2d, ReLU, Conv1x1(21, Bias = true)]
        public partial class DeepLab;

        [Network, Input(3, 224, 224)]
        [Conv2d(64, 3), ReLU, Conv2d(64, 3), ReLU, MaxPool2d(2), Conv2d(128, 3), ReLU, MaxPool2d(2), Conv2d(256, 3), ReLU, MaxPool2d(8)]
        [Flatten, Linear(4096), ReLU, Dropout, Linear(1000)]
        public partial class Vgg;
        """;
}
