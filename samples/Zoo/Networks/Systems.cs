using Blockwright;

namespace Zoo.Systems;

// Blocks to study one thing at a time, each in a network of four units at one width.
//
// Shows:
//   AdaptiveSplitUnit: nothing. The kept share is 0.4 instead of 0.5, and every 1x1 has equal channels.
//   BW4001 (G4), AttentionUnit: the gate's Multiply is a pass of its own over half of the channels.
//   BW3001 (G3), FragmentedUnit: four convolutional branches over the same input.
//   SinglePathUnit, its twin of equal FLOPs: nothing.

[Block] // 40 % of the channels pass through
[Split("keep", "work", Ratio = 0.4)]
[From("work"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("keep", "work"), ChannelShuffle(2)]
public partial class AdaptiveSplitUnit;

[Block] // the equal split, then a gate on half of the channels
[Apply<EqualSplitUnit>]
[Split("x1", "x2")]
[From("x2", As = "gate", Name = "gate"), GlobalAvgPool2d, Conv1x1, Hardsigmoid]
[From("x1"), Multiply("gate")]
[Concat("x1", "x2")]
public partial class AttentionUnit;

[Block]
[Split("keep", "work")]
[From("work"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("keep", "work"), ChannelShuffle(2)]
public partial class EqualSplitUnit;

[Block] // four small convolutions side by side
[From("in", As = "y1", Name = "branch1"), Conv2d("in/4", 3), BatchNorm2d, ReLU]
[From("in", As = "y2", Name = "branch2"), Conv2d("in/4", 3), BatchNorm2d, ReLU]
[From("in", As = "y3", Name = "branch3"), Conv2d("in/4", 3), BatchNorm2d, ReLU]
[From("in", As = "y4", Name = "branch4"), Conv2d("in/4", 3), BatchNorm2d, ReLU]
[Concat("y1", "y2", "y3", "y4")]
public partial class FragmentedUnit;

[Block] // the same FLOPs in one
[Conv2d("in", 3), BatchNorm2d, ReLU]
public partial class SinglePathUnit;

[Network, Input(3, 224, 224)]
[Path("stem"), Conv2d(128, 3, Stride = 4), BatchNorm2d, ReLU]
[Stage<AdaptiveSplitUnit>("units", Units = 4)]
[GlobalAvgPool2d, Linear(1000, Name = "fc")]
public partial class AdaptiveSplit;

[Network, Input(3, 224, 224)]
[Path("stem"), Conv2d(128, 3, Stride = 4), BatchNorm2d, ReLU]
[Stage<AttentionUnit>("units", Units = 4)]
[GlobalAvgPool2d, Linear(1000, Name = "fc")]
public partial class HybridAttention;

[Network, Input(3, 224, 224)]
[Path("stem"), Conv2d(128, 3, Stride = 4), BatchNorm2d, ReLU]
[Stage<FragmentedUnit>("units", Units = 4)]
[GlobalAvgPool2d, Linear(1000, Name = "fc")]
public partial class Fragmented;

[Network, Input(3, 224, 224)]
[Path("stem"), Conv2d(128, 3, Stride = 4), BatchNorm2d, ReLU]
[Stage<SinglePathUnit>("units", Units = 4)]
[GlobalAvgPool2d, Linear(1000, Name = "fc")]
public partial class SinglePath;
