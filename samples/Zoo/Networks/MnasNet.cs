using Blockwright;

namespace Zoo.MnasNet;

// MnasNet-B1 1.0 (Tan et al., CVPR 2019) as torchvision has it: its batch norms change their statistics by 3 in 10,000 a step.
//
// Shows:
//   BW1001 (G1), both 1x1 of each inverted bottleneck: 1:3 to 1:6 and back.
//   BW4002 (G4), InvertedResidual: the shortcut is an Add.
// Not G2 and not G3, as MobileNet V2.

[Block, Parameter("expand"), Parameter("kernel"), Parameter("stride")]
[Path("layers"), Conv1x1("in*expand"), BatchNorm2d(Momentum = 1 - 0.9997), ReLU]
[DepthwiseConv2d("kernel", Stride = "stride"), BatchNorm2d(Momentum = 1 - 0.9997), ReLU]
[Conv1x1("out"), BatchNorm2d(Momentum = 1 - 0.9997)]
public partial class InvertedBottleneck;

[Block, Parameter("expand"), Parameter("kernel")]
[From("in", As = "y", Name = "layers"), Conv1x1("in*expand"), BatchNorm2d(Momentum = 1 - 0.9997), ReLU]
[DepthwiseConv2d("kernel"), BatchNorm2d(Momentum = 1 - 0.9997), ReLU]
[Conv1x1("out"), BatchNorm2d(Momentum = 1 - 0.9997)]
[Add("y", "in")]
public partial class InvertedResidual;

[Network, Input(3, 224, 224)]
[Path("layers"), Conv2d(32, 3, Stride = 2), BatchNorm2d(Momentum = 1 - 0.9997), ReLU]
[DepthwiseConv2d(3), BatchNorm2d(Momentum = 1 - 0.9997), ReLU, Conv1x1(16), BatchNorm2d(Momentum = 1 - 0.9997)]
[Stage<InvertedBottleneck, InvertedResidual>("layers.8", 3, 3, 2, Channels = 24, Units = 3)]
[Stage<InvertedBottleneck, InvertedResidual>("layers.9", 3, 5, 2, Channels = 40, Units = 3)]
[Stage<InvertedBottleneck, InvertedResidual>("layers.10", 6, 5, 2, Channels = 80, Units = 3)]
[Stage<InvertedBottleneck, InvertedResidual>("layers.11", 6, 3, 1, Channels = 96, Units = 2)]
[Stage<InvertedBottleneck, InvertedResidual>("layers.12", 6, 5, 2, Channels = 192, Units = 4)]
[Stage<InvertedBottleneck>("layers.13", 6, 3, 1, Channels = 320, Units = 1)]
[Path("layers", FirstIndex = 14), Conv1x1(1280), BatchNorm2d(Momentum = 1 - 0.9997), ReLU]
[GlobalAvgPool2d]
[Path("classifier"), Dropout(0.2), Linear(1000)]
public partial class MnasNet1_0;
