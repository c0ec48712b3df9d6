using Blockwright;

namespace Zoo.MobileNetV2;

// MobileNet V2 (Sandler et al., CVPR 2018) as torchvision has it.
//
// Shows:
//   BW1001 (G1), both 1x1 of each inverted bottleneck: 1:6, and 6:1 or near it; LinearBottleneck: 2:1 at stride 1.
//   BW4002 (G4), InvertedResidual: the shortcut is an Add, a second value that is read, where a Concat with a ChannelShuffle would be free.
// Not G2 (its only groups are depthwise) and not G3 (one branch). Its ReLU6 are fused, so they cost no pass here.

[Block] // the first one does not expand
[Path("conv.0"), DepthwiseConv2d(3), BatchNorm2d, ReLU6]
[Path("conv", FirstIndex = 1), Conv1x1("out"), BatchNorm2d]
public partial class LinearBottleneck;

[Block, Parameter("expand"), Parameter("stride")]
[Path("conv.0"), Conv1x1("in*expand"), BatchNorm2d, ReLU6]
[Path("conv.1"), DepthwiseConv2d(3, Stride = "stride"), BatchNorm2d, ReLU6]
[Path("conv", FirstIndex = 2), Conv1x1("out"), BatchNorm2d]
public partial class InvertedBottleneck;

[Block, Parameter("expand")]
[From("in", As = "y", Name = "conv.0"), Conv1x1("in*expand"), BatchNorm2d, ReLU6]
[Path("conv.1"), DepthwiseConv2d(3), BatchNorm2d, ReLU6]
[Path("conv", FirstIndex = 2), Conv1x1("out"), BatchNorm2d]
[Add("in", "y")]
public partial class InvertedResidual;

[Network, Input(3, 224, 224)]
[Path("features.0"), Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU6]
[Apply<LinearBottleneck>(Channels = 16, Name = "/features.1")]
[Stage<InvertedBottleneck, InvertedResidual>("features", 6, 2, Channels = 24, Units = 2, FirstIndex = 2)]
[Stage<InvertedBottleneck, InvertedResidual>("features", 6, 2, Channels = 32, Units = 3, FirstIndex = 4)]
[Stage<InvertedBottleneck, InvertedResidual>("features", 6, 2, Channels = 64, Units = 4, FirstIndex = 7)]
[Stage<InvertedBottleneck, InvertedResidual>("features", 6, 1, Channels = 96, Units = 3, FirstIndex = 11)]
[Stage<InvertedBottleneck, InvertedResidual>("features", 6, 2, Channels = 160, Units = 3, FirstIndex = 14)]
[Apply<InvertedBottleneck>(6, 1, Channels = 320, Name = "features.17")]
[Path("features.18"), Conv1x1(1280), BatchNorm2d, ReLU6]
[GlobalAvgPool2d]
[Path("classifier"), Dropout(0.2), Linear(1000)]
public partial class MobileNetV2;
