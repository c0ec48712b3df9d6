using Blockwright;

namespace Zoo.DenseNet;

// DenseNet-121 (Huang et al., CVPR 2017) as torchvision has it.
//
// Shows:
//   BW1001 (G1), DenseLayer: the bottleneck takes all channels before it to 128, up to 7.75:1. Not Transition, which halves them: it down-samples.
//   BW4003 (G4), the batch norms before a convolution, which cannot be folded into it: the ReLU between them is not linear.

[Block] // batch norm and ReLU come before the convolution, and what comes in goes on
[From("in", As = "y"), BatchNorm2d(Name = "norm1"), ReLU, Conv1x1(128, Name = "conv1")]
[BatchNorm2d(Name = "norm2"), ReLU, Conv2d(32, 3, Bias = false, Name = "conv2")]
[Concat("in", "y")]
public partial class DenseLayer;

[Block]
[BatchNorm2d(Name = "norm"), ReLU, Conv1x1("in/2", Bias = false, Name = "conv"), AvgPool2d(2)]
public partial class Transition;

[Network, Input(3, 224, 224)]
[Conv2d(64, 7, Stride = 2, Name = "features.conv0"), BatchNorm2d(Name = "features.norm0"), ReLU, MaxPool2d(3, Stride = 2)]
[Stage<DenseLayer>("features.denseblock1", Units = 6, UnitName = "denselayer{1}"), Apply<Transition>(Name = "features.transition1")]
[Stage<DenseLayer>("features.denseblock2", Units = 12, UnitName = "denselayer{1}"), Apply<Transition>(Name = "features.transition2")]
[Stage<DenseLayer>("features.denseblock3", Units = 24, UnitName = "denselayer{1}"), Apply<Transition>(Name = "features.transition3")]
[Stage<DenseLayer>("features.denseblock4", Units = 16, UnitName = "denselayer{1}"), BatchNorm2d(Name = "features.norm5"), ReLU]
[GlobalAvgPool2d, Linear(1000, Name = "classifier")]
public partial class DenseNet121;
