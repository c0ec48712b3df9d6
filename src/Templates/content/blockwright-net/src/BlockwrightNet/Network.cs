using Blockwright;

namespace BlockwrightNet;

// The units of ShuffleNet V2 (Ma et al., ECCV 2018). Attributes are read in order; what follows one flows on from its result.

/// <summary>Stride 1: half of the channels pass through.</summary>
[Block]
[Split("keep", "work")]
[From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("keep", "work"), ChannelShuffle(2)]
public partial class BasicUnit;

/// <summary>Stride 2: both branches see the whole input.</summary>
[Block]
[From("in", As = "left", Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), BatchNorm2d, ReLU]
[From("in", As = "right", Name = "branch2"), Conv1x1("out/2"), BatchNorm2d, ReLU, DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("left", "right"), ChannelShuffle(2)]
public partial class DownsampleUnit;

/// <summary>Says which shape an image shows.</summary>
// A build fails where the network outgrows its budget.
[Network, Input(1, 32, 32), Budget(Parameters = 100_000, MFlops = 5)]
[Path("conv1"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU]
[Stage<DownsampleUnit, BasicUnit>("stage2", Channels = 48, Units = 3)]
[Stage<DownsampleUnit, BasicUnit>("stage3", Channels = 96, Units = 3)]
[Path("conv4"), Conv1x1(128), BatchNorm2d, ReLU]
[GlobalAvgPool2d, Linear(3, Name = "/fc")]
public partial class ShapeNet;
