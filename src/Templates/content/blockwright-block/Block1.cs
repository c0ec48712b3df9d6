using Blockwright;

namespace BlockwrightNamespace;

/// <summary>A residual: what comes in is added to what a depthwise convolution between two 1x1 convolutions makes of it. Use it with <c>[Apply&lt;Block1&gt;]</c> or <c>[Stage&lt;Block1&gt;("name", Channels = 64, Units = 3)]</c>.</summary>
[Block]
[From("in", As = "y", Name = "conv"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, ReLU, Conv1x1, BatchNorm2d]
[Add("in", "y"), ReLU]
public partial class Block1;
