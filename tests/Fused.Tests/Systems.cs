namespace Blockwright.Fused.Tests;

// A small network around each system that the language is for, and around each corner that a plan may cut.

[Block, Split("keep", "work", Ratio = 0.4)]
[From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("keep", "work"), ChannelShuffle(2)]
public partial class AdaptiveUnit;

[Network, Input(3, 32, 32), Path("stem"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU]
[Stage<AdaptiveUnit>("stage", Units = 4), GlobalAvgPool2d, Linear(10, Name = "fc")]
public partial class AdaptiveSplit;

[Block, Split("keep", "work")]
[From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("keep", "work"), ChannelShuffle(2)]
public partial class EqualUnit;

[Block, Apply<EqualUnit>, Split("x1", "x2")]
[From("x2", As = "gate"), GlobalAvgPool2d, Conv1x1, Hardsigmoid]
[From("x1"), Multiply("gate"), Concat("x1", "x2")]
public partial class HybridUnit;

[Network, Input(3, 32, 32), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, Stage<HybridUnit>("stage", Units = 3), GlobalAvgPool2d, Linear(10)]
public partial class Hybrid;

[Block, From("in", As = "gate", Name = "se"), GlobalAvgPool2d, Conv1x1("in/4"), ReLU, Conv1x1("in"), Sigmoid]
[From("in"), Multiply("gate")]
public partial class SqueezeExcite;

[Block, Parameter("expand")]
[From("in", As = "y", Name = "conv"), Conv1x1("in*expand"), BatchNorm2d, ReLU6, DepthwiseConv2d(5), BatchNorm2d, Hardswish, Apply<SqueezeExcite>, Conv1x1("in"), BatchNorm2d]
[Add("in", "y")]
public partial class InvertedResidual;

[Network, Input(3, 33, 29), Conv2d(16, 3, Stride = 2), BatchNorm2d, SiLU, Stage<InvertedResidual>("blocks", 3, Units = 3), Conv1x1(40), BatchNorm2d, ReLU6, GlobalAvgPool2d, Dropout(0.2), Linear(10)]
public partial class MobileNetV2;

[Block, Parameter("stride")]
[From("in", As = "y"), Conv2d("out", 3, Stride = "stride", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, Conv2d("out", 3, Name = "conv2"), BatchNorm2d(Name = "bn2")]
[From("in", As = "s", Name = "downsample"), Conv1x1("out", Stride = "stride"), BatchNorm2d]
[Add("y", "s"), ReLU]
public partial class ResNetDown;

[Block]
[From("in", As = "y"), Conv2d("in", 3, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, Conv2d("in", 3, Groups = 4, Name = "conv2"), BatchNorm2d(Name = "bn2")]
[Add("y", "in"), ReLU]
public partial class ResNeXtBasic;

[Network, Input(3, 32, 32), Conv2d(16, 7, Stride = 2, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, MaxPool2d(3, Stride = 2)]
[Apply<ResNetDown>(2, Channels = 24, Name = "layer1.0"), Stage<ResNeXtBasic>("layer1", Units = 2, FirstIndex = 1), Apply<ResNetDown>(1, Channels = 36, Name = "layer2.0")]
[GlobalAvgPool2d, Linear(10, Name = "fc")]
public partial class ResNet;

// 3 x 3 of so many channels that it is worth going by tiles: over runs of a shuffled concatenation, with a residual, at the map's rests, without padding, on both forms.
[Block, Split("keep", "work", Ratio = 0.4), From("work"), Conv2d("in", 3), BatchNorm2d, SiLU, Concat("keep", "work"), ChannelShuffle(2)]
public partial class TiledShuffle;

[Block, From("in", As = "y"), Conv2d("in", 3, Name = "conv1"), BatchNorm2d(Name = "bn1"), Hardswish, Conv2d("in", 3, Name = "conv2"), BatchNorm2d(Name = "bn2"), Add("in", "y"), ReLU]
public partial class TiledResidual;

[Network, Input(3, 25, 21), Conv2d(20, 3, Stride = 2), BatchNorm2d, ReLU, Apply<TiledShuffle>, Apply<TiledResidual>, Conv2d(40, 3, Padding = 0), ReLU6, AvgPool2d(3), Conv2d(50, 3, Bias = true), LeakyReLU(NegativeSlope = 0.1)]
[GlobalAvgPool2d, Linear(10)]
public partial class Tiled;

// Groups of two, four and eight channels, which share registers: between shuffles, behind 1x1s that may go by bands with them, with rests of a register.
[Block, Parameter("groups"), Conv1x1("in", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, Conv2d("in", 3, Groups = "groups", Name = "conv2"), BatchNorm2d(Name = "bn2"), SiLU, ChannelShuffle(2), Conv2d("in", 3, Groups = "groups", Stride = 1, Name = "conv3"), ReLU6]
public partial class GroupedUnit;

[Network, Input(3, 30, 27), Conv2d(40, 3, Stride = 2), BatchNorm2d, ReLU, Apply<GroupedUnit>(20), Apply<GroupedUnit>(10), Conv2d(40, 5, Stride = 2, Groups = 5), BatchNorm2d, ReLU, Apply<GroupedUnit>(5), GlobalAvgPool2d, Linear(10)]
public partial class Grouped;

// Paddings that are another on two sides, as networks of TensorFlow's have them: under every window, in bands of rows, by tiles, in groups.
[Network, Input(3, 33, 30), Conv2d(24, 3, Stride = 2, Padding = new[] { 0, 1, 0, 1 }), BatchNorm2d, ReLU, DepthwiseConv2d(3, Stride = 2, Padding = new[] { 0, 1, 1, 0 }), BatchNorm2d, ReLU6, Conv1x1(32)]
[MaxPool2d(3, Stride = 1, Padding = new[] { 1, 0, 0, 1 }), Conv2d(32, 3, Padding = new[] { 0, 2, 2, 0 }), SiLU, DepthwiseConv2d(4, Padding = "same"), BatchNorm2d, Conv2d(32, 2, Groups = 8, Padding = "same")]
[AvgPool2d(3, Stride = 2, Padding = new[] { 0, 1, 0, 1 }, CountIncludePad = false), AvgPool2d(2, Stride = 1, Padding = new[] { 1, 0, 0, 0 }), GlobalAvgPool2d, Linear(10)]
public partial class Uneven;

[Block, Parameter("growth"), From("in", As = "y"), BatchNorm2d(Name = "norm1"), ReLU, Conv1x1("growth*2", Name = "conv1"), BatchNorm2d(Name = "norm2"), ReLU, Conv2d("growth", 3, Name = "conv2")]
[Concat("in", "y")]
public partial class DenseLayer;

[Network, Input(3, 32, 32), Conv2d(16, 3, Stride = 2), Stage<DenseLayer>("denseblock1", 6, Units = 4, UnitName = "denselayer{1}"), BatchNorm2d, ReLU, Conv1x1("20"), AvgPool2d(2), Stage<DenseLayer>("denseblock2", 5, Units = 3, UnitName = "denselayer{1}"), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(10)]
public partial class DenseNet;

[Block, Parameter("squeeze"), Parameter("expand"), From("in", As = "s"), Conv1x1("squeeze", Name = "squeeze"), ReLU]
[From("s", As = "e1"), Conv1x1("expand", Name = "expand1x1"), ReLU]
[From("s", As = "e3"), Conv2d("expand", 3, Name = "expand3x3"), ReLU]
[Concat("e1", "e3")]
public partial class Fire;

[Network, Input(3, 35, 35), Conv2d(16, 3, Stride = 2, Padding = 0), ReLU, MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true), Apply<Fire>(4, 12), Apply<Fire>(6, 16), MaxPool2d(3, Stride = 2, CeilMode = true, Padding = 0), Apply<Fire>(6, 10), Conv1x1(10), ReLU, GlobalAvgPool2d, Flatten]
public partial class SqueezeNet;

[Block]
[From("in", As = "a"), Conv1x1("8"), BatchNorm2d, ReLU]
[From("in", As = "b"), Conv1x1("6"), BatchNorm2d, ReLU, Conv2d(10, 3), BatchNorm2d, ReLU]
[From("in", As = "c"), Conv1x1("5"), BatchNorm2d, ReLU, Conv2d(7, new[] { 1, 5 }), BatchNorm2d, LeakyReLU(NegativeSlope = 0.2)]
[From("in", As = "d"), MaxPool2d(3, Stride = 1), Conv1x1("6"), BatchNorm2d, ReLU]
[Concat("a", "b", "c", "d")]
public partial class Inception;

[Network, Input(3, 28, 28), Conv2d(12, 5, Stride = 2), BatchNorm2d, ReLU, Stage<Inception>("inception", Units = 3), GlobalAvgPool2d, Linear(10)]
public partial class GoogLeNet;

[Block, From("in", As = "y"), Conv1x1("in", Groups = 3), BatchNorm2d, ReLU, ChannelShuffle(3), DepthwiseConv2d(3), BatchNorm2d, Conv1x1("in", Groups = 3), BatchNorm2d, Add("y", "in"), ReLU]
public partial class ShuffleUnitV1;

[Block, From("in", As = "y"), Conv1x1("in", Groups = 3), BatchNorm2d, ReLU, ChannelShuffle(3), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out-in", Groups = 3), BatchNorm2d]
[From("in", As = "s"), AvgPool2d(3, Stride = 2), Concat("s", "y"), ReLU]
public partial class ShuffleDownV1;

[Network, Input(3, 32, 32), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, Stage<ShuffleDownV1, ShuffleUnitV1>("stage2", Channels = 60, Units = 3), Stage<ShuffleDownV1, ShuffleUnitV1>("stage3", Channels = 120, Units = 2), GlobalAvgPool2d, Linear(10)]
public partial class ShuffleNetV1;

[Network, Input(3, 16, 16), Conv2d(12, 3), BatchNorm2d, ReLU, MaxPool2d(2), Conv2d(7, 3), Sigmoid, Flatten, Dropout, Linear(20), ReLU, Linear(10)]
public partial class Flattened;

[Network, Input(6, 9, 11)]
[Split("a", "b", "c"), From("a", As = "a2"), BatchNorm2d, LeakyReLU, From("b"), Hardswish, Concat("c", "a2", "b", "b", "a"), ChannelShuffle(5), DepthwiseConv2d(3, Dilation = 2), Split("x", "y", Ratio = 0.7), From("y"), SiLU, Concat("y", "x"), Conv2d(8, 3, Stride = 2, Dilation = 2), Hardsigmoid]
public partial class Corners;

[Network, Input(8, 7, 7)]
[From("in", As = "y"), Conv1x1(8), BatchNorm2d, Split("l", "r"), From("l", As = "m"), DepthwiseConv2d(3), From("r"), Concat("m"), From("in", As = "z"), Conv2d(8, 3), BatchNorm2d, ReLU]
[From("in", As = "w"), Conv1x1(8), Split("w1", "w2", "w3", "w4"), Concat("w4", "w2", "w1", "w3"), Add("z"), Multiply("in"), Add("r"), Concat("l"), AvgPool2d(2, CountIncludePad = false, Padding = 1)]
public partial class Tangled;

[Network, Input(4, 8, 8), Conv1x1, Sigmoid, ChannelShuffle(2)]
public partial class ShuffledOutput;

[Network, Input(5, 6, 6), GlobalAvgPool2d, Conv1x1(7), ReLU6, Conv2d(3, 3)]
public partial class Points;

[Network, Input(2, 5, 5), From("in", As = "copy"), Add("in", "copy"), Conv1x1(3)]
public partial class Twice;

// Activations with two numbers and with bounds, in sums' epilogues and by themselves; what is gone in inference.
[Network, Input(4, 13, 10), Conv2d(20, 3), Tanh, Conv1x1(20), BatchNorm2d, Softplus(Beta = 2), DepthwiseConv2d(3), BatchNorm2d, Hardtanh(MinVal = -0.5)]
[Split("a", "b"), From("a", As = "a2"), Factor(0.3), Clamp(Max = 0.1), From("b", As = "b2"), MaxPool2d(3, Stride = 1), Tanh, StochasticDepth(0.2), Concat("b2", "a2"), Conv1x1(12), Clamp(Min = -1, Max = 2), Dropout2d(0.1), GlobalAvgPool2d, Linear(7)]
public partial class Bounded;

// Branches that are summed, which one convolution computes: with and without norms and strides, on each channel by itself, dilated and of several forms, by groups, beside a residual, in sums of sums; and two that no one computes, of
// different strides' values and read twice.
[Block, From("in", As = "dense"), Conv2d("out", 3, Stride = 2, Name = "rbr_dense.conv"), BatchNorm2d(Name = "rbr_dense.bn"), From("in", As = "point"), Conv1x1("out", Stride = 2, Name = "rbr_1x1.conv"), BatchNorm2d(Name = "rbr_1x1.bn"), Add("dense", "point"), ReLU]
public partial class RepDown;

[Block, From("in", As = "dense"), Conv2d("in", 3, Name = "rbr_dense.conv"), BatchNorm2d(Name = "rbr_dense.bn"), From("in", As = "point"), Conv1x1("in", Name = "rbr_1x1.conv"), BatchNorm2d(Name = "rbr_1x1.bn")]
[From("in", As = "same"), BatchNorm2d(Name = "rbr_identity"), Add("same", "point", "dense"), ReLU]
public partial class RepUnit;

[Block, From("in", As = "a"), DepthwiseConv2d(3, Name = "conv3"), BatchNorm2d(Name = "bn3"), From("in", As = "b"), DepthwiseConv2d(5, Name = "conv5"), From("in", As = "c"), BatchNorm2d(Name = "skip", Eps = 0.001)]
[From("in", As = "d"), DepthwiseConv2d(1, Name = "conv1"), BatchNorm2d(Name = "bn1"), Add("a", "d"), Add("b"), Add("c"), Hardswish]
public partial class MobileOneUnit;

[Block, From("in", As = "a"), Conv2d("in", 3, Groups = 2, Dilation = 2, Bias = true, Name = "wide"), From("in", As = "b"), Conv2d("in", new[] { 1, 3 }, Groups = 2, Dilation = new[] { 1, 2 }, Name = "row"), BatchNorm2d(Name = "bn")]
[From("in", As = "c"), Conv2d("in", new[] { 3, 1 }, Groups = 2, Dilation = new[] { 2, 1 }, Bias = true, Name = "column"), Add("in", "a", "b"), Add("c"), SiLU]
public partial class AsymmetricUnit;

[Block, From("in", As = "a"), Conv2d("in", 3, Name = "conv"), From("a", As = "b"), Conv1x1("in", Name = "next"), From("in", As = "c"), Conv1x1("in", Groups = 2, Name = "groups"), Add("a", "b", "c"), ReLU]
public partial class NoOneConvolution;

[Network, Input(3, 30, 27), Apply<RepDown>(Channels = 24), Apply<RepUnit>(Name = "1"), Stage<MobileOneUnit>("stage", Units = 2), Apply<AsymmetricUnit>(Name = "3"), Apply<NoOneConvolution>(Name = "4"), GlobalAvgPool2d, Linear(10)]
public partial class Reparametrised;

// All that the units of a stage give, side by side with what came in: in a split, behind units of two kinds, and with a use for the last unit's by itself.
[Block, Parameter("shortcut"), From("in", As = "y"), Conv2d("out", 3, Name = "cv1.conv"), BatchNorm2d(Name = "cv1.bn"), SiLU, Conv2d("out", 3, Name = "cv2.conv"), BatchNorm2d(Name = "cv2.bn"), SiLU, Add("in", If = "shortcut == 1")]
public partial class C2fBottleneck;

[Block, Parameter("n"), Conv1x1("out", Name = "cv1.conv"), BatchNorm2d(Name = "cv1.bn"), SiLU, Split("a", "b"), From("b", As = "y"), Stage<C2fBottleneck>("m", 1, Units = "n", Collect = "all")]
[Concat("a", "b", "all"), Conv1x1("out", Name = "cv2.conv"), BatchNorm2d(Name = "cv2.bn"), SiLU]
public partial class C2f;

[Block, Conv2d("out", 3, Stride = 2, Name = "conv"), BatchNorm2d(Name = "bn"), ReLU]
public partial class CollectedDown;

[Block, DepthwiseConv2d(3, Name = "conv"), BatchNorm2d(Name = "bn"), ReLU]
public partial class CollectedSame;

[Network, Input(3, 30, 26), Conv2d(16, 3, Stride = 2), BatchNorm2d, SiLU, Apply<C2f>(2, Channels = 24, Name = "first"), Apply<C2f>(1, Channels = 20, Name = "second")]
[Stage<CollectedDown, CollectedSame>("down", Channels = 12, Units = 3, Collect = "downs"), Conv1x1(8, Name = "last"), Concat("downs"), ChannelShuffle(2), Conv1x1(20, Name = "mixed")]
public partial class Collected;

// Linear layers over the channels of each pixel, with what a convolution takes in behind them: a batch norm, a residual, an activation; and beside a convolution of the same value.
[Block, From("in", As = "y", Name = "block"), DepthwiseConv2d(7, Bias = true), BatchNorm2d, Linear("in*4", PerPixel = true), GELU, Linear("in", PerPixel = true, Bias = false), BatchNorm2d, Add("in", "y"), ReLU]
public partial class MlpUnit;

[Network, Input(3, 30, 26), Conv2d(20, 4, Stride = 4, Padding = 0, Bias = true), Stage<MlpUnit>("stage", Units = 2), Apply<MlpBeside>(Name = "beside"), GlobalAvgPool2d, Linear(10)]
public partial class PixelProductsNet;

[Block, From("in", As = "a"), Linear(12, PerPixel = true, Name = "a"), From("in", As = "b"), Conv2d(12, 3, Name = "b"), Add("a", "b")]
public partial class MlpBeside;

// Learned factors: in a linear layer, behind a convolution's residual and activation, by themselves over several runs, in sums of branches; with what is there for training alone before a residual. Slopes, one and for each channel.
[Block, From("in", As = "y", Name = "block"), DepthwiseConv2d(7, Bias = true), Scale(Init = 0.7), Linear("in*4", PerPixel = true), GELU, Linear("in", PerPixel = true), Scale(Init = 0.5, Name = "gamma"), StochasticDepth(0.1), Add("in", "y"), Dropout2d(0.1), ReLU]
public partial class ScaledUnit;

[Block, Split("a", "b"), From("a", As = "f"), Scale(Init = 2), SiLU, From("b", As = "c"), PReLU(PerChannel = true), From("b", As = "d"), Conv2d("in/2", 3, Name = "wide"), From("b"), Scale(Name = "same"), Add("d"), PReLU, Multiply("c"), Concat("f"), ChannelShuffle(3), Scale(Init = 1.5), PReLU(PerChannel = true, Init = 0.1)]
public partial class SlopedUnit;

[Network, Input(3, 30, 26), Conv2d(24, 3, Stride = 2), Scale(Init = 0.9), PReLU, Apply<ScaledUnit>(Name = "scaled"), Apply<SlopedUnit>(Name = "sloped"), Conv1x1(9), PReLU(PerChannel = true), GlobalAvgPool2d, Flatten, PReLU(PerChannel = true), Linear(10)]
public partial class LearnedFactors;

// Norms that no convolution takes in: over channels, in groups of them and of each map; over several runs in an order of their own, on one pixel, with an activation within. A normed channel's mean is every channel's: a convolution before the pool keeps them apart.
[Block, Split("a", "b", Ratio = 0.4), From("b"), Conv1x1("in/2"), GroupNorm(3), SiLU, Conv2d("in/2", 3), LayerNorm2d, GELU, Concat("a"), ChannelShuffle(2), GroupNorm(2, Eps = 1e-3), InstanceNorm2d, LeakyReLU, LayerNorm2d(Eps = 1e-6)]
public partial class NormedUnit;

[Network, Input(3, 30, 26), Conv2d(60, 4, Stride = 4, Padding = 0), LayerNorm2d(Eps = 1e-6), Apply<NormedUnit>(Name = "unit"), Split("a", "b"), From("b"), InstanceNorm2d(Affine = true), ReLU, From("a", As = "c"), GroupNorm(9), Concat("b", "c"), Conv2d(20, 3), InstanceNorm2d, ReLU]
[Conv2d(20, 3, Bias = true), GlobalAvgPool2d, GroupNorm(5), LayerNorm2d, Flatten, Linear(10)]
public partial class Normed;

// Transposed convolutions: as many times as large, with what one takes in behind it, by groups and by channels, dilated, with taps that reach less than a stride, over what lies in several runs, from one pixel.
[Network, Input(3, 13, 10), From("in", As = "r"), Conv1x1(16, Name = "r"), Upsample(2), From("in", As = "x", Name = "x"), Conv2d(20, 3), BatchNorm2d, ReLU, ConvTranspose2d(24, 4, Stride = 2, Padding = 1, Bias = true), BatchNorm2d, SiLU]
[Split("a", "b", "c"), From("b", As = "b2", Name = "b"), Conv1x1, Concat("c", "b2", "a"), ChannelShuffle(3), ConvTranspose2d(16, 3, Stride = 1, Padding = 1, Groups = 4), Add("r"), ReLU]
[ConvTranspose2d(16, 2, Stride = 3, Padding = 0, Groups = 16, Bias = true), LeakyReLU, ConvTranspose2d(12, new[] { 3, 2 }, Stride = new[] { 2, 3 }, Padding = new[] { 2, 1 }, OutputPadding = new[] { 1, 0 }, Dilation = new[] { 3, 1 }), Scale(Init = 0.5)]
[Conv2d(8, 3, Stride = 4), GlobalAvgPool2d, ConvTranspose2d(8, 4, Padding = 0, OutputPadding = 0), Conv2d(4, 3, Padding = 0)]
public partial class Transposed;

// Channels that become pixels and the reverse: behind a convolution, which lays them out for it, behind a shuffle.
[Network, Input(3, 13, 11), Conv2d(36, 3), PReLU, PixelShuffle(3), Conv2d(20, 3), ReLU, Split("a", "b"), From("b"), Conv1x1, Concat("a"), ChannelShuffle(4), PixelShuffle(2), PixelUnshuffle(3), Conv1x1(8), PixelUnshuffle(2)]
public partial class PixelsAndChannels;

// What is found of each pixel's channels and spread over them again: CBAM's attention, behind a shuffle, on one pixel; with pads that are layers of their own, and what ends a classifier.
[Block, From("in", As = "gate"), GlobalAvgPool2d, Conv1x1, Sigmoid, From("in", As = "x"), Multiply("gate"), From("x", As = "mean"), ChannelMean, From("x", As = "peak"), ChannelMax, Concat("mean", "peak", As = "map"), Conv2d(1, 3), Sigmoid, Multiply("x", "map"), SiLU]
public partial class PixelAttention;

[Network, Input(3, 13, 11), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, ChannelShuffle(3), ReflectionPad2d(new[] { 1, 2, 0, 3 }), Apply<PixelAttention>(Name = "attention"), Split("a", "b", Ratio = 0.3), From("b", Name = "b"), Conv1x1, ReLU]
[Concat("b", "a", As = "y"), ChannelShuffle(2), ZeroPad2d(new[] { 0, 3, 1, 0 }), Conv1x1(20, Name = "mix"), From("y", As = "pixel"), GlobalAvgPool2d, From("y", As = "one"), ChannelMean, From("y", As = "soft"), Softmax, Add("one", "y", "pixel", "soft"), GELU]
[Conv2d(12, 3, Stride = 2, Name = "end"), LogSoftmax, GlobalAvgPool2d, Linear(10), Softmax]
public partial class PixelNumbers;

[Network, Input(4, 6, 8), PixelUnshuffle(2), Conv1x1(3)]
public partial class Unshuffled;

// One of each kind of number that somebody may set on a layer afterwards.
[Network, Input(3, 12, 12), Conv2d(8, 3), BatchNorm2d, ReLU, Conv2d(4, 3)]
public partial class Small;

// What channels do to their neighbours: behind a shuffle, so that the layer's order lies in several places, within a branch, over an even number of them and more than there are, at the network's end.
[Network, Input(3, 13, 11), Conv2d(20, 3, Stride = 2), ReLU, ChannelShuffle(4), LocalResponseNorm(5, Alpha = 0.3, K = 2), Split("a", "b", Ratio = 0.3), From("b", Name = "b"), Conv1x1, LocalResponseNorm(4, Beta = 0.5), Concat("a"), ChannelShuffle(2), LocalResponseNorm(64, Alpha = 1), SiLU]
[Conv2d(17, 3), BatchNorm2d, LocalResponseNorm(2, Beta = 1, Alpha = 0.7)]
public partial class Neighbours;

// Softmaxes of rows and columns, and their logarithms, behind a shuffle and of a part.
[Network, Input(3, 13, 11), Conv2d(20, 3, Stride = 2), ChannelShuffle(4), Softmax(Dim = 3), Conv1x1(18), LogSoftmax(Dim = 2), ReLU6, Split("a", "b"), From("b"), Softmax(Dim = 2), Concat("a"), Conv2d(7, 3), LogSoftmax(Dim = 3)]
public partial class RowsAndColumns;

// Orders that a plan only names, and those that it has to move for: between maps, with softmaxes and activations among them.
[Block, Permute(0, 2, 3, 1), GELU, Softmax(Dim = 3), Permute(0, 3, 1, 2)]
public partial class SoftmaxInPlace;

[Block, Permute(0, 3, 1, 2), Tanh, LogSoftmax(Dim = 3), Factor(0.3), ReLU6, Softmax(Dim = 1), Permute(0, 2, 3, 1), SiLU]
public partial class SoftmaxesInPlace;

[Network, Input(3, 12, 10), Conv2d(24, 3), ReLU, ChannelShuffle(3), Apply<SoftmaxInPlace>, Conv1x1(16, Name = "1"), Split("a", "b"), From("b", Name = "b"), Conv1x1(12), Apply<SoftmaxesInPlace>, Concat("a"), Conv1x1(6, Name = "end")]
public partial class Reordered;

// A detector's head: what comes out is neither a map nor features.
[Network, Input(3, 24, 16), Conv2d(16, 3, Stride = 2), BatchNorm2d, ReLU, ChannelShuffle(2), Conv1x1(18), Reshape(3, 6, "h", "w"), Permute(0, 1, 3, 4, 2), Sigmoid, Reshape(-1, 6), Softmax(Dim = 1)]
public partial class Boxes;

// Two halves by turns, a softmax of two of the sizes that a map was cut into; nothing but a reshape.
[Network, Input(3, 9, 7), Conv2d(12, 3), ReLU6, ChannelShuffle(2), Reshape(2, 3, 2, "h", "w"), Permute(0, 3, 1, 2, 5, 4), Mish, Reshape(4, 3, -1), LogSoftmax(Dim = 2), Softmax(Dim = 3), Reshape(2, 2, -1), Permute(0, 2, 1, 3), Softmax(Dim = 1)]
public partial class CutIntoSizes;

[Network, Input(3, 9, 7), Conv2d(12, 3), ReLU, Reshape(3, -1)]
public partial class OnlyOtherSizes;

// Features that become sizes of their own and maps, and maps that do so at the declared size alone.
[Network, Input(3, 8, 6), Conv2d(8, 3), ReLU, Reshape(4, 96), LogSoftmax(Dim = 2), Permute(0, 2, 1), Reshape(384), Linear(96), Tanh, Reshape(6, 4, 4), Conv2d(8, 3), Reshape(4, 2, 16), Softmax(Dim = 2), Permute(0, 3, 2, 1), Reshape(2, 8, 8), Conv2d(5, 3), Softmax(Dim = 2)]
[GlobalAvgPool2d, Linear(12, Name = "end"), Reshape(3, 2, 2, 1), Softmax(Dim = 2), Permute(0, 3, 1, 4, 2), Softmax(Dim = 3), Softmax(Dim = 1), ELU]
public partial class OfFeatures;
