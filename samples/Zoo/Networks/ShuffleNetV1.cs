using Blockwright;

namespace Zoo.ShuffleNetV1;

// ShuffleNet V1 1x (Zhang et al., CVPR 2018) with 3 and with 8 groups. torchvision has none: the keys are those of its ShuffleNet V2.
//
// Shows:
//   BW1001 (G1), GroupedUnit: the bottleneck is 4:1 and 1:4.
//   BW2001 (G2), both units at 8 groups: stages 2 and 3 lie in the middle, where 4 are typical and 8 the most. 3 groups are below both.
//   BW4002 (G4), GroupedUnit: the shortcut is an Add.

[Block, Parameter("groups")]
[From("in", As = "y", Name = "branch"), Conv1x1("out/4", Groups = "groups"), BatchNorm2d, ReLU, ChannelShuffle("groups")]
[DepthwiseConv2d(3), BatchNorm2d, Conv1x1("out", Groups = "groups"), BatchNorm2d]
[Add("in", "y"), ReLU]
public partial class GroupedUnit;

// The shortcut is pooled from values that a ReLU made, so the ReLU behind the Concat is needed on the other branch only.
[Block, Parameter("groups"), Parameter("firstGroups")]
[From("in", As = "shortcut"), AvgPool2d(3, Stride = 2)]
[From("in", As = "y", Name = "branch"), Conv1x1("out/4", Groups = "firstGroups"), BatchNorm2d, ReLU, ChannelShuffle("groups")]
[DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out-in", Groups = "groups"), BatchNorm2d, ReLU]
[Concat("shortcut", "y")]
public partial class GroupedDownsample;

[Block, Parameter("groups"), Parameter("channels")]
[Path("conv1"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU]
[MaxPool2d(3, Stride = 2)]
[Stage<GroupedDownsample, GroupedUnit>("stage2", "groups", 1, Channels = "channels", Units = 4)]
[Stage<GroupedDownsample, GroupedUnit>("stage3", "groups", "groups", Channels = "channels*2", Units = 8)]
[Stage<GroupedDownsample, GroupedUnit>("stage4", "groups", "groups", Channels = "channels*4", Units = 4)]
[GlobalAvgPool2d, Linear(1000, Name = "fc")]
public partial class ShuffleNetV1;

[Network, Input(3, 224, 224), Apply<ShuffleNetV1>(3, 240, Name = "")]
public partial class ShuffleNetV1_g3;

[Network, Input(3, 224, 224), Apply<ShuffleNetV1>(8, 384, Name = "")]
public partial class ShuffleNetV1_g8;
