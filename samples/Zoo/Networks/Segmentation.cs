using Blockwright;

namespace Zoo.Segmentation;

// LR-ASPP (Howard et al., ICCV 2019) and DeepLabV3 (Chen et al., arXiv 1706.05587) as torchvision has them, on MobileNet V3 large, whose last stage keeps its map and dilates its windows instead.
//
// Shows:
//   BW1001 (G1): each 1x1 of the units, 1:6 and 6:1, and the heads', up to 7.5:1.
//   BW3001 (G3), ASPP: four convolutional branches over the same input.
//   BW4001 (G4), SqueezeExcitation and LRASPPMobileNetV3Large: the gates' products are passes of their own.
//   BW4002 (G4), InvertedResidual: the shortcut is an Add.

[Block, Parameter("kernel"), Parameter("stride"), Parameter("dilation"), Parameter("groups"), Parameter("act", Kind = ParameterKind.Activation)]
[Conv2d("out", "kernel", Stride = "stride", Dilation = "dilation", Groups = "groups"), BatchNorm2d(Eps = 0.001, Momentum = 0.01), Activation("act")]
public partial class ConvNormActivation;

[Block]
[From("in", As = "gate"), GlobalAvgPool2d, Conv1x1("round(in/4, 8)", Name = "fc1"), ReLU, Conv1x1("in", Name = "fc2"), Hardsigmoid]
[From("in"), Multiply("gate")]
public partial class SqueezeExcitation;

[Block, Parameter("kernel"), Parameter("expand"), Parameter("se"), Parameter("act", Kind = ParameterKind.Activation), Parameter("stride"), Parameter("dilation")]
[From("in", As = "y", Name = "block"), Apply<ConvNormActivation>(1, 1, 1, 1, "act", Channels = "expand", If = "expand != in")]
[Apply<ConvNormActivation>("kernel", "stride", "dilation", "expand", "act", Channels = "expand"), Apply<SqueezeExcitation>(If = "se > 0")]
[Apply<ConvNormActivation>(1, 1, 1, 1, "Identity", Channels = "out"), Add("in", If = "stride == 1 and in == out")]
public partial class InvertedResidual;

[Block] // to an eighth of the height and width
[Path("backbone"), Apply<ConvNormActivation>(3, 2, 1, 1, "Hardswish", Channels = 16)]
[Apply<InvertedResidual>(3, 16, 0, "ReLU", 1, 1, Channels = 16)]
[Apply<InvertedResidual>(3, 64, 0, "ReLU", 2, 1, Channels = 24)]
[Apply<InvertedResidual>(3, 72, 0, "ReLU", 1, 1, Channels = 24)]
[Apply<InvertedResidual>(5, 72, 1, "ReLU", 2, 1, Channels = 40)]
public partial class LowLevel;

[Block] // to a sixteenth
[Path("backbone", FirstIndex = 5), Apply<InvertedResidual>(5, 120, 1, "ReLU", 1, 1, Channels = 40)]
[Apply<InvertedResidual>(5, 120, 1, "ReLU", 1, 1, Channels = 40)]
[Apply<InvertedResidual>(3, 240, 0, "Hardswish", 2, 1, Channels = 80)]
[Apply<InvertedResidual>(3, 200, 0, "Hardswish", 1, 1, Channels = 80)]
[Apply<InvertedResidual>(3, 184, 0, "Hardswish", 1, 1, Channels = 80)]
[Apply<InvertedResidual>(3, 184, 0, "Hardswish", 1, 1, Channels = 80)]
[Apply<InvertedResidual>(3, 480, 1, "Hardswish", 1, 1, Channels = 112)]
[Apply<InvertedResidual>(3, 672, 1, "Hardswish", 1, 1, Channels = 112)]
[Apply<InvertedResidual>(5, 672, 1, "Hardswish", 1, 2, Channels = 160)]
[Apply<InvertedResidual>(5, 960, 1, "Hardswish", 1, 2, Channels = 160)]
[Apply<InvertedResidual>(5, 960, 1, "Hardswish", 1, 2, Channels = 160)]
[Apply<ConvNormActivation>(1, 1, 1, 1, "Hardswish", Channels = 960)]
public partial class HighLevel;

[Network, Input(3, 520, 520)]
[From("in", As = "low"), Apply<LowLevel>(Name = "")]
[From("low", As = "high"), Apply<HighLevel>(Name = "")]
[From("high", As = "scale", Name = "classifier.scale"), GlobalAvgPool2d, Conv1x1(128, Bias = false), Sigmoid]
[From("high", Name = "classifier.cbr"), Conv1x1(128), BatchNorm2d, ReLU, Multiply("scale"), Upsample(SizeOf = "low", Mode = "bilinear"), Conv1x1(21, Name = "/classifier.high_classifier")]
[From("low"), Conv1x1(21, Name = "classifier.low_classifier"), Add("high"), Upsample(SizeOf = "in", Mode = "bilinear")]
public partial class LRASPPMobileNetV3Large;

[Block]
[From("in", As = "y0", Name = "convs.0"), Conv1x1(256), BatchNorm2d, ReLU]
[From("in", As = "y1", Name = "convs.1"), Conv2d(256, 3, Dilation = 12), BatchNorm2d, ReLU]
[From("in", As = "y2", Name = "convs.2"), Conv2d(256, 3, Dilation = 24), BatchNorm2d, ReLU]
[From("in", As = "y3", Name = "convs.3"), Conv2d(256, 3, Dilation = 36), BatchNorm2d, ReLU]
[From("in", As = "y4", Name = "convs.4"), GlobalAvgPool2d, Conv1x1(256), BatchNorm2d, ReLU, Upsample(SizeOf = "in", Mode = "bilinear")]
[Concat("y0", "y1", "y2", "y3", "y4"), Path("project"), Conv1x1(256), BatchNorm2d, ReLU, Dropout(0.5)]
public partial class ASPP;

[Network, Input(3, 520, 520), Output("logits"), Output("aux", TrainingOnly = true)]
[From("in", As = "low"), Apply<LowLevel>(Name = "")]
[From("low", As = "aux", Name = "aux_classifier"), Conv2d(10, 3), BatchNorm2d, ReLU, Dropout(0.1), Conv1x1(21), Upsample(SizeOf = "in", Mode = "bilinear")]
[From("low", As = "logits"), Apply<HighLevel>(Name = "")]
[Path("classifier"), Apply<ASPP>, Conv2d(256, 3), BatchNorm2d, ReLU, Conv1x1(21), Upsample(SizeOf = "in", Mode = "bilinear")]
public partial class DeepLabV3MobileNetV3Large;
