using Blockwright;

namespace Zoo.ResNet;

// ResNet-18 (He et al., CVPR 2016) as torchvision has it.
//
// Shows:
//   BW4002 (G4), both blocks: the shortcut is an Add, a second value that is read, where a Concat with a ChannelShuffle would be free.
// Not G3: the 1x1 of a shortcut, without which the Add would not fit, is no fragment.

[Block]
[From("in", As = "y"), Conv2d("out", 3, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU]
[Conv2d("out", 3, Name = "conv2"), BatchNorm2d(Name = "bn2")]
[Add("y", "in"), ReLU]
public partial class BasicBlock;

[Block]
[From("in", As = "shortcut", Name = "downsample"), Conv1x1("out", Stride = 2), BatchNorm2d]
[From("in", As = "y"), Conv2d("out", 3, Stride = 2, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU]
[Conv2d("out", 3, Name = "conv2"), BatchNorm2d(Name = "bn2")]
[Add("y", "shortcut"), ReLU]
public partial class DownsampleBlock;

[Network, Input(3, 224, 224)]
[Conv2d(64, 7, Stride = 2, Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU, MaxPool2d(3, Stride = 2)]
[Stage<BasicBlock>("layer1", Channels = 64, Units = 2)]
[Stage<DownsampleBlock, BasicBlock>("layer2", Channels = 128, Units = 2)]
[Stage<DownsampleBlock, BasicBlock>("layer3", Channels = 256, Units = 2)]
[Stage<DownsampleBlock, BasicBlock>("layer4", Channels = 512, Units = 2)]
[GlobalAvgPool2d, Linear(1000, Name = "fc")]
public partial class ResNet18;
