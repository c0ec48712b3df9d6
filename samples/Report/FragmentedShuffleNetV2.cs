using Blockwright;
using ShuffleNet;

namespace Report;

// ShuffleNet V2 1.0x whose units work in two fragments side by side, each of half of the channels: multiply-adds and parameters stay the same to the last one.
//
// Shows BW3001 (G3), FragmentedUnit: two convolutional branches over the same input.

[Block]
[Split("keep", "work")]
[From("work", As = "one", Name = "branch2.one"), Conv1x1("in/4"), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d]
[From("work", As = "two", Name = "branch2.two"), Conv1x1("in/4"), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d]
[Path("branch2"), Concat("one", "two"), Conv1x1("in/2"), BatchNorm2d, ReLU]
[Concat("keep"), ChannelShuffle(2)]
public partial class FragmentedUnit;

[Network, Input(3, 224, 224)]
[Path("conv1"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 2)]
[Stage<DownsampleUnit, FragmentedUnit>("stage2", Channels = 116, Units = 4)]
[Stage<DownsampleUnit, FragmentedUnit>("stage3", Channels = 232, Units = 8)]
[Stage<DownsampleUnit, FragmentedUnit>("stage4", Channels = 464, Units = 4)]
[Path("conv5"), Conv1x1(1024), BatchNorm2d, ReLU]
[GlobalAvgPool2d, Linear(1000, Name = "/fc")]
public partial class FragmentedShuffleNetV2;
