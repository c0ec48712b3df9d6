using Blockwright;

namespace Zoo.MobileNetV3;

// MobileNet V3 (Howard et al., ICCV 2019) as torchvision has it: one block, and the paper's two tables.
//
// Shows:
//   BW1001 (G1), ConvNormActivation, which is each 1x1 of the units: up to 1:6, and 6:1.
//   BW4001 (G4), SqueezeExcitation: the gate's product over the map is a pass of its own.
//   BW4002 (G4), InvertedResidual: the shortcut is an Add, a second value that is read.
// Not G2 (its only groups are depthwise) and not G3 (one branch, and a gate).

[Block, Parameter("kernel"), Parameter("stride"), Parameter("groups"), Parameter("act", Kind = ParameterKind.Activation)]
[Conv2d("out", "kernel", Stride = "stride", Groups = "groups"), BatchNorm2d(Eps = 0.001, Momentum = 0.01), Activation("act")]
public partial class ConvNormActivation;

[Block]
[From("in", As = "gate"), GlobalAvgPool2d, Conv1x1("round(in/4, 8)", Name = "fc1"), ReLU, Conv1x1("in", Name = "fc2"), Hardsigmoid]
[From("in"), Multiply("gate")]
public partial class SqueezeExcitation;

[Block, Parameter("kernel"), Parameter("expand"), Parameter("se"), Parameter("act", Kind = ParameterKind.Activation), Parameter("stride")]
[From("in", As = "y", Name = "block"), Apply<ConvNormActivation>(1, 1, 1, "act", Channels = "expand", If = "expand != in")]
[Apply<ConvNormActivation>("kernel", "stride", "expand", "act", Channels = "expand"), Apply<SqueezeExcitation>(If = "se > 0")]
[Apply<ConvNormActivation>(1, 1, 1, "Identity", Channels = "out"), Add("in", If = "stride == 1 and in == out")]
public partial class InvertedResidual;

[Network, Input(3, 224, 224)]
[Path("features"), Apply<ConvNormActivation>(3, 2, 1, "Hardswish", Channels = 16)]
[Apply<InvertedResidual>(3, 16, 0, "ReLU", 1, Channels = 16)]
[Apply<InvertedResidual>(3, 64, 0, "ReLU", 2, Channels = 24)]
[Apply<InvertedResidual>(3, 72, 0, "ReLU", 1, Channels = 24)]
[Apply<InvertedResidual>(5, 72, 1, "ReLU", 2, Channels = 40)]
[Apply<InvertedResidual>(5, 120, 1, "ReLU", 1, Channels = 40)]
[Apply<InvertedResidual>(5, 120, 1, "ReLU", 1, Channels = 40)]
[Apply<InvertedResidual>(3, 240, 0, "Hardswish", 2, Channels = 80)]
[Apply<InvertedResidual>(3, 200, 0, "Hardswish", 1, Channels = 80)]
[Apply<InvertedResidual>(3, 184, 0, "Hardswish", 1, Channels = 80)]
[Apply<InvertedResidual>(3, 184, 0, "Hardswish", 1, Channels = 80)]
[Apply<InvertedResidual>(3, 480, 1, "Hardswish", 1, Channels = 112)]
[Apply<InvertedResidual>(3, 672, 1, "Hardswish", 1, Channels = 112)]
[Apply<InvertedResidual>(5, 672, 1, "Hardswish", 2, Channels = 160)]
[Apply<InvertedResidual>(5, 960, 1, "Hardswish", 1, Channels = 160)]
[Apply<InvertedResidual>(5, 960, 1, "Hardswish", 1, Channels = 160)]
[Apply<ConvNormActivation>(1, 1, 1, "Hardswish", Channels = 960)]
[GlobalAvgPool2d, Path("classifier"), Linear(1280), Hardswish, Dropout(0.2), Linear(1000)]
public partial class MobileNetV3Large;

[Network, Input(3, 224, 224)]
[Path("features"), Apply<ConvNormActivation>(3, 2, 1, "Hardswish", Channels = 16)]
[Apply<InvertedResidual>(3, 16, 1, "ReLU", 2, Channels = 16)]
[Apply<InvertedResidual>(3, 72, 0, "ReLU", 2, Channels = 24)]
[Apply<InvertedResidual>(3, 88, 0, "ReLU", 1, Channels = 24)]
[Apply<InvertedResidual>(5, 96, 1, "Hardswish", 2, Channels = 40)]
[Apply<InvertedResidual>(5, 240, 1, "Hardswish", 1, Channels = 40)]
[Apply<InvertedResidual>(5, 240, 1, "Hardswish", 1, Channels = 40)]
[Apply<InvertedResidual>(5, 120, 1, "Hardswish", 1, Channels = 48)]
[Apply<InvertedResidual>(5, 144, 1, "Hardswish", 1, Channels = 48)]
[Apply<InvertedResidual>(5, 288, 1, "Hardswish", 2, Channels = 96)]
[Apply<InvertedResidual>(5, 576, 1, "Hardswish", 1, Channels = 96)]
[Apply<InvertedResidual>(5, 576, 1, "Hardswish", 1, Channels = 96)]
[Apply<ConvNormActivation>(1, 1, 1, "Hardswish", Channels = 576)]
[GlobalAvgPool2d, Path("classifier"), Linear(1024), Hardswish, Dropout(0.2), Linear(1000)]
public partial class MobileNetV3Small;
