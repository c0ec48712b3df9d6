using Blockwright;

namespace Zoo.PaddleOCR;

// PP-OCR's angle classifier (Du et al., arXiv 2009.09941; ch_ppocr_mobile_v2.0_cls) as PaddleOCR has it, with its keys: whether a line of text is upside down. It is a MobileNet V3 small of 0.35 times the channels, whose
// strides halve the height alone. Its softmax, which PaddleOCR takes in evaluation and not in training, is left to whoever reads the logits.
//
// Shows:
//   BW1001 (G1), ConvBNLayer, which is each 1x1 of the units: up to 1:6.5, and 6.5:1.
//   BW4001 (G4), SEModule: the gate's product over the map is a pass of its own.
//   BW4002 (G4), ResidualUnit: the shortcut is an Add.

[Block, Parameter("kernel"), Parameter("stride"), Parameter("groups"), Parameter("act", Kind = ParameterKind.Activation)]
[Conv2d("out", "kernel", Stride = new[] { "stride", "1" }, Groups = "groups", Name = "conv"), BatchNorm2d(Name = "bn"), Activation("act")]
public partial class ConvBNLayer;

[Block] // its hard sigmoid is 0.2 * x + 0.5 within 0 and 1
[From("in", As = "gate"), GlobalAvgPool2d, Conv1x1("in/4", Name = "conv1"), ReLU, Conv1x1("in", Name = "conv2"), Factor(1.2), Hardsigmoid]
[From("in"), Multiply("gate")]
public partial class SEModule;

[Block, Parameter("kernel"), Parameter("expand"), Parameter("channels"), Parameter("se"), Parameter("act", Kind = ParameterKind.Activation), Parameter("stride")]
[From("in", As = "y"), Apply<ConvBNLayer>(1, 1, 1, "act", Channels = "round(expand*7/20, 8)", Name = "expand_conv")]
[Apply<ConvBNLayer>("kernel", "stride", "round(expand*7/20, 8)", "act", Channels = "round(expand*7/20, 8)", Name = "bottleneck_conv"), Apply<SEModule>(Name = "mid_se", If = "se > 0")]
[Apply<ConvBNLayer>(1, 1, 1, "Identity", Channels = "round(channels*7/20, 8)", Name = "linear_conv"), Add("in", If = "stride == 1 and in == round(channels*7/20, 8)")]
public partial class ResidualUnit;

[Network, Input(3, 48, 192)]
[Conv2d(8, 3, Stride = 2, Name = "backbone.conv1.conv"), BatchNorm2d(Name = "backbone.conv1.bn"), Hardswish]
[Path("backbone.blocks"), Apply<ResidualUnit>(3, 16, 16, 1, "ReLU", 2)]
[Apply<ResidualUnit>(3, 72, 24, 0, "ReLU", 2)]
[Apply<ResidualUnit>(3, 88, 24, 0, "ReLU", 1)]
[Apply<ResidualUnit>(5, 96, 40, 1, "Hardswish", 2)]
[Apply<ResidualUnit>(5, 240, 40, 1, "Hardswish", 1)]
[Apply<ResidualUnit>(5, 240, 40, 1, "Hardswish", 1)]
[Apply<ResidualUnit>(5, 120, 48, 1, "Hardswish", 1)]
[Apply<ResidualUnit>(5, 144, 48, 1, "Hardswish", 1)]
[Apply<ResidualUnit>(5, 288, 96, 1, "Hardswish", 2)]
[Apply<ResidualUnit>(5, 576, 96, 1, "Hardswish", 1)]
[Apply<ResidualUnit>(5, 576, 96, 1, "Hardswish", 1)]
[Apply<ConvBNLayer>(1, 1, 1, "Hardswish", Channels = 200, Name = "/backbone.conv2"), MaxPool2d(2), GlobalAvgPool2d, Linear(2, Name = "/head.fc")]
public partial class AngleClassifier;
