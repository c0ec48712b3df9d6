using Blockwright;

namespace ShuffleNet;

// ShuffleNet V2 (Ma et al., ECCV 2018) as torchvision has it: the keys of the state dict are the same.
// It was designed by the guidelines: the rules say nothing of it at any width.

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

[Block, Parameter("stage2"), Parameter("stage3"), Parameter("stage4"), Parameter("head")]
[Path("conv1"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU]
[MaxPool2d(3, Stride = 2)]
[Stage<DownsampleUnit, BasicUnit>("stage2", Channels = "stage2", Units = 4)]
[Stage<DownsampleUnit, BasicUnit>("stage3", Channels = "stage3", Units = 8)]
[Stage<DownsampleUnit, BasicUnit>("stage4", Channels = "stage4", Units = 4)]
[Path("conv5"), Conv1x1("head"), BatchNorm2d, ReLU]
[GlobalAvgPool2d, Linear(1000, Name = "/fc")]
public partial class ShuffleNetV2;

[Network, Input(3, 224, 224), Apply<ShuffleNetV2>(48, 96, 192, 1024, Name = "")]
public partial class ShuffleNetV2_x0_5;

[Network, Input(3, 224, 224), Apply<ShuffleNetV2>(116, 232, 464, 1024, Name = "")]
public partial class ShuffleNetV2_x1_0;

[Network, Input(3, 224, 224), Apply<ShuffleNetV2>(176, 352, 704, 1024, Name = "")]
public partial class ShuffleNetV2_x1_5;

[Network, Input(3, 224, 224), Apply<ShuffleNetV2>(244, 488, 976, 2048, Name = "")]
public partial class ShuffleNetV2_x2_0;
