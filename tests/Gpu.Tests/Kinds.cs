namespace Blockwright.Gpu.Tests;

// Tiny networks, for what checks each load and store: every kind of kernel; and each barrier of those that have any.
[Network, Input(3, 7, 6), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU6, DepthwiseConv2d(3), BatchNorm2d, SiLU]
[Split("a", "b"), From("a", As = "a2"), BatchNorm2d, LeakyReLU, From("b", As = "g"), GlobalAvgPool2d, Conv1x1, Hardsigmoid, From("b"), Multiply("g")]
[From("b", As = "m"), MaxPool2d(3, Stride = 1), From("b", As = "v"), AvgPool2d(3, Stride = 1, CountIncludePad = false), Add("m", "v", "b"), ELU, Concat("a2"), ChannelShuffle(4)]
[Conv2d(8, 3, Groups = 2), Hardswish, ChannelShuffle(2), Conv1x1(3), Sigmoid, Flatten, Linear(5)]
public partial class Kinds;

// Windows whose padding is another on two sides.
[Network, Input(3, 7, 6), Conv2d(8, 3, Stride = 2, Padding = new[] { 0, 1, 0, 1 }), MaxPool2d(2, Stride = 1, Padding = new[] { 0, 1, 1, 0 }), DepthwiseConv2d(2, Padding = "same"), AvgPool2d(2, Stride = 1, Padding = new[] { 1, 0, 0, 1 })]
public partial class Uneven;

// What has learned numbers for each channel.
[Network, Input(3, 7, 6), Conv2d(8, 3, Stride = 2), Scale(Init = 0.5), PReLU, Split("a", "b"), From("b"), Scale(Init = 2), SiLU, Concat("a"), ChannelShuffle(2), PReLU(PerChannel = true)]
public partial class Learned;

// Norms of what there is: over channels, in groups, of each map, on one pixel, over rows that a shuffle left in several places.
[Network, Input(3, 7, 6), Conv1x1(8), LayerNorm2d, GroupNorm(4), SiLU, ChannelShuffle(4), Split("a", "b"), From("b"), InstanceNorm2d, ReLU, Concat("a"), ChannelShuffle(2), GroupNorm(2), InstanceNorm2d(Affine = true), ReLU, GlobalAvgPool2d, LayerNorm2d]
public partial class Norms;

// Transposed convolutions: what one takes in behind it, groups, taps that reach less than a stride, rows that a shuffle left in several places.
[Network, Input(3, 4, 3), From("in", As = "in2"), Conv1x1(8, Name = "r"), Upsample(2), From("in", As = "y", Name = "y"), ConvTranspose2d(8, 4, Stride = 2, Padding = 1, Bias = true), BatchNorm2d, SiLU, ChannelShuffle(2), Split("a", "b"), From("b", Name = "b"), Conv1x1, Concat("a"), ConvTranspose2d(8, 3, Padding = 1, Groups = 2), Add("in2"), ReLU, ConvTranspose2d(5, 2, Stride = 3, Padding = 0)]
public partial class Transposed;

// Channels that become pixels and the reverse.
[Network, Input(3, 6, 3), Conv1x1(24), ChannelShuffle(2), PixelShuffle(2), ReLU, PixelUnshuffle(3)]
public partial class Places;

// What is found of each pixel's channels and spread over them again, within pads.
[Network, Input(3, 7, 6), Conv1x1(8), ChannelShuffle(2), ReflectionPad2d(new[] { 1, 2, 3, 0 }), Split("a", "b"), From("b", Name = "b"), Conv1x1, Concat("b", "a", As = "y"), ChannelShuffle(4), From("y", As = "mean"), ChannelMean, From("y", As = "peak"), ChannelMax, Concat("mean", "peak", As = "map")]
[Conv2d(1, 3, Name = "map"), Sigmoid, From("y", As = "pixel"), GlobalAvgPool2d, Multiply("map", "y", As = "z"), SiLU, Add("pixel"), ZeroPad2d(new[] { 0, 1, 2, 0 }), Softmax, Conv1x1(5, Name = "end"), LogSoftmax]
public partial class Attention;

// What channels do to their neighbours, over rows that a shuffle left in several places; orders and softmaxes of maps, between two and at the end, of sizes that a map was cut into.
[Network, Input(3, 7, 6), Conv1x1(8), ChannelShuffle(2), LocalResponseNorm(3, Alpha = 0.5), Softmax(Dim = 2), Split("a", "b"), From("b", Name = "b"), Conv1x1, Concat("a"), ChannelShuffle(4), LocalResponseNorm(4, K = 2, Beta = 0.5), Permute(0, 3, 1, 2), Tanh, LogSoftmax(Dim = 2), Permute(0, 2, 3, 1)]
[Conv1x1(6, Name = "end"), Reshape(2, 3, "h", "w"), Permute(0, 1, 3, 4, 2), Sigmoid, LogSoftmax(Dim = 4), Softmax(Dim = 2), Reshape(-1, 3)]
public partial class Arranged;

// Inputs of two sizes; results that are an input, a map that others read in another order, parts of one, features, a value twice and one of several tensors.
[Network, Input(4, 6, 4, Name = "image"), Input(3, 3, 2, Name = "depth"), Output("depth", "stem", "left", "scores"), Output("again", "mixed"), Output("aux", TrainingOnly = true)]
[From("image", As = "stem", Name = "stem"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU, ChannelShuffle(2)]
[From("stem"), Split("left", "right"), From("depth", As = "shape", Name = "shape"), Conv1x1(4), Add("left"), SiLU]
[From("shape", As = "mixed"), Concat("right"), ChannelShuffle(4), From("stem", As = "again")]
[From("mixed", As = "scores", Name = "scores"), GlobalAvgPool2d, Linear(5), From("shape", As = "aux", Name = "aux"), Conv1x1(2)]
public partial class Several;

// Several rounds, in parts.
[Network, Input(80, 3, 3), Conv1x1(8)]
public partial class Deep;

[Network, Input(3, 7, 7), GlobalAvgPool2d]
public partial class Mean;
