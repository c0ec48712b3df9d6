using Blockwright;

namespace Zoo.EfficientNet;

// EfficientNet-B0 (Tan and Le, ICML 2019) as torchvision has it: of the 16 units each later one's shortcut is more often all that is left of it in training.
//
// Shows:
//   BW1001 (G1), ConvNormActivation, which is each 1x1 of the units: up to 1:6, and 6:1.
//   BW4001 (G4), SqueezeExcitation: the gate's product over the map is a pass of its own.
//   BW4002 (G4), MBConv: the shortcut is an Add.
// Not G2 (its only groups are depthwise) and not G3 (one branch, and a gate).

[Block, Parameter("kernel"), Parameter("stride"), Parameter("groups"), Parameter("act", Kind = ParameterKind.Activation)]
[Conv2d("out", "kernel", Stride = "stride", Groups = "groups"), BatchNorm2d, Activation("act")]
public partial class ConvNormActivation;

[Block, Parameter("squeeze")]
[From("in", As = "gate"), GlobalAvgPool2d, Conv1x1("squeeze", Name = "fc1"), SiLU, Conv1x1("in", Name = "fc2"), Sigmoid]
[From("in"), Multiply("gate")]
public partial class SqueezeExcitation;

[Block, Parameter("expand"), Parameter("kernel"), Parameter("stride"), Parameter("number")]
[From("in", As = "y", Name = "block"), Apply<ConvNormActivation>(1, 1, 1, "SiLU", Channels = "in*expand", If = "expand > 1")]
[Apply<ConvNormActivation>("kernel", "stride", "in*expand", "SiLU", Channels = "in*expand"), Apply<SqueezeExcitation>("in/4")]
[Apply<ConvNormActivation>(1, 1, 1, "Identity", Channels = "out")]
[StochasticDepth(0.2, Layer = "number", Layers = 16, If = "stride == 1 and in == out"), Add("in", If = "stride == 1 and in == out")]
public partial class MBConv;

[Network, Input(3, 224, 224)]
[Apply<ConvNormActivation>(3, 2, 1, "SiLU", Channels = 32, Name = "features.0")]
[Stage<MBConv>("features.1", 1, 3, 1, 0, Channels = 16)]
[Stage<MBConv>("features.2", 6, 3, "max(2-unit, 1)", "1+unit", Channels = 24, Units = 2)]
[Stage<MBConv>("features.3", 6, 5, "max(2-unit, 1)", "3+unit", Channels = 40, Units = 2)]
[Stage<MBConv>("features.4", 6, 3, "max(2-unit, 1)", "5+unit", Channels = 80, Units = 3)]
[Stage<MBConv>("features.5", 6, 5, 1, "8+unit", Channels = 112, Units = 3)]
[Stage<MBConv>("features.6", 6, 5, "max(2-unit, 1)", "11+unit", Channels = 192, Units = 4)]
[Stage<MBConv>("features.7", 6, 3, 1, 15, Channels = 320)]
[Apply<ConvNormActivation>(1, 1, 1, "SiLU", Channels = 1280, Name = "features.8")]
[GlobalAvgPool2d, Path("classifier"), Dropout(0.2), Linear(1000)]
public partial class EfficientNetB0;
