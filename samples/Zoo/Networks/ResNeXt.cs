using Blockwright;

namespace Zoo.ResNeXt;

// ResNeXt-50 32x4d (Xie et al., CVPR 2017) as torchvision has it.
//
// Shows:
//   BW1001 (G1), both blocks: 2:1 and 1:2 at stride 1, and the shortcut of the first unit, 1:4.
//   BW2001 (G2), the 3x3 of both blocks: 32 groups at every depth.
//   BW4002 (G4), both blocks: the shortcut is an Add.
// Not G3: the groups are one operation, and the 1x1 of a shortcut is no fragment.

[Block]
[From("in", As = "y"), Conv1x1("out/2", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU]
[Conv2d("out/2", 3, Groups = 32, Name = "conv2"), BatchNorm2d(Name = "bn2"), ReLU]
[Conv1x1("out", Name = "conv3"), BatchNorm2d(Name = "bn3")]
[Add("y", "in"), ReLU]
public partial class Bottleneck;

[Block, Parameter("stride")]
[From("in", As = "shortcut", Name = "downsample"), Conv1x1("out", Stride = "stride"), BatchNorm2d]
[From("in", As = "y"), Conv1x1("out/2", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU]
[Conv2d("out/2", 3, Stride = "stride", Groups = 32, Name = "conv2"), BatchNorm2d(Name = "bn2"), ReLU]
[Conv1x1("out", Name = "conv3"), BatchNorm2d(Name = "bn3")]
[Add("y", "shortcut"), ReLU]
public partial class ProjectionBottleneck;

[Network, Input(3, 224, 224)]
[Conv2d(64, 7, Stride = 2, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, MaxPool2d(3, Stride = 2)]
[Stage<ProjectionBottleneck, Bottleneck>("layer1", 1, Channels = 256, Units = 3)]
[Stage<ProjectionBottleneck, Bottleneck>("layer2", 2, Channels = 512, Units = 4)]
[Stage<ProjectionBottleneck, Bottleneck>("layer3", 2, Channels = 1024, Units = 6)]
[Stage<ProjectionBottleneck, Bottleneck>("layer4", 2, Channels = 2048, Units = 3)]
[GlobalAvgPool2d, Linear(1000, Name = "fc")]
public partial class ResNeXt50_32x4d;
