namespace Blockwright.Fused.Tests.Sizes;

// Networks whose maps are of one pixel, or of one size, at the declared input only.
[Network, Input(4, 1, 1), Conv2d(4, 3), Conv1x1]
public partial class OnePixel;

[Network, Input(4, 1, 1), Conv1x1(8), DepthwiseConv2d(7), BatchNorm2d, ReLU]
public partial class WideWindow;

[Network, Input(4, 1, 1), From("in", As = "a"), Conv1x1, From("in", As = "b"), DepthwiseConv2d(3), Multiply("a", "b")]
public partial class Product;

[Network, Input(4, 1, 1), From("in", As = "a"), GlobalAvgPool2d, Conv1x1, From("in", As = "b"), DepthwiseConv2d(3), Multiply("b", "a")]
public partial class Gate;

[Network, Input(4, 1, 1), From("in", As = "a"), GlobalAvgPool2d, Conv1x1, From("in", As = "b"), DepthwiseConv2d(3), Multiply("a", "b")]
public partial class GateFirst;

[Network, Input(4, 6, 6), From("in", As = "a"), Conv2d(4, 6, Padding = 0), From("in", As = "b"), DepthwiseConv2d(3), Multiply("a", "b")]
public partial class GateOfOneSize;

[Network, Input(4, 1, 1), From("in", As = "a"), Conv1x1, From("in", As = "b"), GlobalAvgPool2d, Add("a", "b")]
public partial class SumWithPixel;

[Network, Input(4, 1, 1), Conv1x1, Linear(3)]
public partial class Features;

[Network, Input(4, 1, 1), Conv1x1, Flatten]
public partial class Flattens;

[Network, Input(4, 1, 1), Conv1x1, Flatten, Linear(3)]
public partial class FlattensFirst;

[Network, Input(4, 7, 7), Conv1x1, AvgPool2d(7, Padding = 0), Linear(3)]
public partial class PooledToPixel;

[Network, Input(3, 8, 8), Conv2d(8, 3, Stride = 2), ReLU, Conv2d(8, 3, Stride = 2), ReLU, MaxPool2d(2), Conv1x1(8), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(3)]
public partial class Strided;

[Network, Input(3, 8, 8), From("in", As = "a"), Conv2d(4, 2, Stride = 2, Padding = 0), From("in", As = "b"), Conv2d(4, 3, Stride = 2), Concat("a", "b"), Conv1x1(5)]
public partial class Joined;

[Network, Input(3, 8, 8), From("in", As = "a"), Conv2d(4, 2, Stride = 2, Padding = 0), BatchNorm2d, From("in", As = "b"), Conv2d(4, 3, Stride = 2), Add("a", "b"), ReLU]
public partial class Added;

[Network, Input(3, 2, 16), Conv1x1(8), MaxPool2d(3, Padding = 0, Stride = 2, CeilMode = true), Conv1x1(3)]
public partial class Ceiling;

[Network, Input(4, 40, 40), DepthwiseConv2d(33), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(3)]
public partial class WithoutKernel;

// What is mirrored has to be there.
[Network, Input(3, 6, 8), ReflectionPad2d(new[] { 4, 1, 0, 2 }), Conv2d(5, 3, Padding = 0), ZeroPad2d(new[] { 0, 1, 2, 0 }), MaxPool2d(2)]
public partial class Reflected;

[Network, Input(4, 1, 1), From("in", As = "a"), ChannelMax, From("in", As = "b"), GlobalAvgPool2d, From("in", As = "c"), DepthwiseConv2d(3), Multiply("c", "a", As = "d"), Add("b")]
public partial class SpreadChannel;

// Branches that one convolution would compute, but for a pixel that is spread over what they give.
[Network, Input(4, 6, 6), From("in", As = "a"), Conv2d(4, 3), BatchNorm2d, From("in", As = "b"), Conv1x1, BatchNorm2d, From("in", As = "c"), GlobalAvgPool2d, Conv1x1, Add("c", "a", "b", As = "s"), ReLU, From("in", As = "d"), Conv2d(4, 3), BatchNorm2d, Add("c"), Add("s")]
public partial class SummedBranches;
