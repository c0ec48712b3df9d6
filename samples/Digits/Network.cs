using Blockwright;

namespace Digits;

// ShuffleNet V2 (Ma et al., ECCV 2018) for digits of 8 x 8 pixels: the same units as for photographs, fewer of them.

[Block] // stride 1: half of the channels pass through
[Split("keep", "work")]
[From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("keep", "work"), ChannelShuffle(2)]
public partial class BasicUnit;

[Block] // stride 2: both branches see the whole input
[From("in", As = "left", Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), BatchNorm2d, ReLU]
[From("in", As = "right", Name = "branch2"), Conv1x1("out/2"), BatchNorm2d, ReLU, DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("left", "right"), ChannelShuffle(2)]
public partial class DownsampleUnit;

[Network, Input(1, 8, 8)]
[Path("conv1"), Conv2d(24, 3), BatchNorm2d, ReLU]
[Stage<DownsampleUnit, BasicUnit>("stage2", Channels = 48, Units = 3)]
[Stage<DownsampleUnit, BasicUnit>("stage3", Channels = 96, Units = 3)]
[Path("conv4"), Conv1x1(128), BatchNorm2d, ReLU]
[GlobalAvgPool2d, Linear(10, Name = "/fc")]
public partial class DigitsNet;
