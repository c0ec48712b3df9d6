using Blockwright;

namespace Zoo.MobileNetV1;

// MobileNet V1 (Howard et al., arXiv 1704.04861). torchvision has none: the keys are those of its other networks, features.N and classifier.N.
//
// Shows:
//   BW1001 (G1), Separable: the first unit doubles the channels at stride 1. Those that down-sample may.

[Block] // a depthwise and a pointwise convolution
[DepthwiseConv2d(3), BatchNorm2d, ReLU]
[Conv1x1("out"), BatchNorm2d, ReLU]
public partial class Separable;

[Block]
[DepthwiseConv2d(3, Stride = 2), BatchNorm2d, ReLU]
[Conv1x1("out"), BatchNorm2d, ReLU]
public partial class SeparableDownsample;

[Network, Input(3, 224, 224)]
[Path("features.0"), Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU]
[Apply<Separable>(Channels = 64, Name = "/features.1")]
[Stage<SeparableDownsample, Separable>("features", Channels = 128, Units = 2, FirstIndex = 2)]
[Stage<SeparableDownsample, Separable>("features", Channels = 256, Units = 2, FirstIndex = 4)]
[Stage<SeparableDownsample, Separable>("features", Channels = 512, Units = 6, FirstIndex = 6)]
[Stage<SeparableDownsample, Separable>("features", Channels = 1024, Units = 2, FirstIndex = 12)]
[GlobalAvgPool2d, Linear(1000, Name = "classifier")]
public partial class MobileNetV1;
