using Blockwright;

namespace Zoo.ResNet;

// ResNet-50 (He et al., CVPR 2016) as torchvision has it: one block, whose shortcut has layers where it must.
//
// Shows:
//   BW1001 (G1): 4:1 and 1:4, and the shortcut of the first unit, 1:4.
//   BW4002 (G4): the shortcut is an Add, a second value that is read.

[Block, Parameter("stride")]
[From("in", As = "shortcut", Name = "downsample", If = "stride != 1 or in != out"), Conv1x1("out", Stride = "stride"), BatchNorm2d]
[From("in", As = "y"), Conv1x1("out/4", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU]
[Conv2d("out/4", 3, Stride = "stride", Name = "conv2"), BatchNorm2d(Name = "bn2"), ReLU]
[Conv1x1("out", Name = "conv3"), BatchNorm2d(Name = "bn3"), Add("shortcut"), ReLU]
public partial class Bottleneck;

[Network, Input(3, 224, 224)]
[Conv2d(64, 7, Stride = 2, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, MaxPool2d(3, Stride = 2)]
[Stage<Bottleneck>("layer1", 1, Channels = 256, Units = 3)]
[Apply<Bottleneck>(2, Channels = 512, Name = "layer2.0"), Stage<Bottleneck>("layer2", 1, Channels = 512, Units = 3, FirstIndex = 1)]
[Apply<Bottleneck>(2, Channels = 1024, Name = "layer3.0"), Stage<Bottleneck>("layer3", 1, Channels = 1024, Units = 5, FirstIndex = 1)]
[Apply<Bottleneck>(2, Channels = 2048, Name = "layer4.0"), Stage<Bottleneck>("layer4", 1, Channels = 2048, Units = 2, FirstIndex = 1)]
[GlobalAvgPool2d, Linear(1000, Name = "fc")]
public partial class ResNet50;
