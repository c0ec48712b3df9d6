using Blockwright;

namespace Zoo.MODNet;

// MODNet (Ke et al., AAAI 2022) as github.com/ZHKKKe/MODNet has it, with its keys: how much of each pixel is a person. In training there are the semantics of the low resolution and the details of the high one as well. Its
// file has the backbone twice, since two modules of it hold that: LoadWeights(file, except: "lr_branch.backbone.*"). A half and a quarter of the image have the sizes of the backbone's maps, as heights and widths that
// 32 divides have.
//
// Shows:
//   BW1001 (G1): both 1x1 of each inverted residual, 1:6 and 6:1; and the backbone's last and a branch's first.
//   BW4001 (G4), SEBlock: the gate's product.
//   BW4002 (G4), InvertedResidual: the shortcut is an Add.
//   BW4003 (G4), IBNormRelu: its BatchNorm2d stands behind a Split.

[Block, Parameter("expand"), Parameter("stride")]
[From("in", As = "y", Name = "conv"), Conv1x1("in*expand", If = "expand > 1"), BatchNorm2d(If = "expand > 1"), ReLU6(If = "expand > 1")]
[DepthwiseConv2d(3, Stride = "stride"), BatchNorm2d, ReLU6, Conv1x1("out"), BatchNorm2d, Add("in", If = "stride == 1 and in == out")]
public partial class InvertedResidual;

[Block] // half of the channels have the statistics of the batch, half those of their image; the ReLU of both stands in front of their join
[Split("batch", "image"), From("batch"), BatchNorm2d(Name = "bnorm"), ReLU, From("image"), InstanceNorm2d, ReLU, Concat("batch", "image")]
public partial class IBNormRelu;

[Block, Parameter("kernel"), Parameter("stride"), Path("layers"), Conv2d("out", "kernel", Stride = "stride"), Apply<IBNormRelu>]
public partial class Conv2dIBNormRelu;

[Block]
[From("in", As = "gate"), GlobalAvgPool2d, Path("fc"), Linear("in/4", PerPixel = true, Bias = false), ReLU, Linear("in", PerPixel = true, Bias = false), Sigmoid, From("in"), Multiply("gate")]
public partial class SEBlock;

[Network, Input(3, 512, 512), Output("matte"), Output("semantic", "detail", TrainingOnly = true)]
[From("in", As = "enc2x", Name = "backbone.model.features.0"), Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU6, Apply<InvertedResidual>(1, 1, Channels = 16, Name = "/backbone.model.features.1")]
[From("enc2x", As = "enc4x"), Stage<InvertedResidual>("backbone.model.features", 6, "max(2-unit, 1)", Channels = 24, Units = 2, FirstIndex = 2)]
[From("enc4x", As = "lr8x"), Stage<InvertedResidual>("backbone.model.features", 6, "max(2-unit, 1)", Channels = 32, Units = 3, FirstIndex = 4)]
[Stage<InvertedResidual>("backbone.model.features", 6, "max(2-unit, 1)", Channels = 64, Units = 4, FirstIndex = 7)]
[Stage<InvertedResidual>("backbone.model.features", 6, 1, Channels = 96, Units = 3, FirstIndex = 11)]
[Stage<InvertedResidual>("backbone.model.features", 6, "max(2-unit, 1)", Channels = 160, Units = 3, FirstIndex = 14)]
[Stage<InvertedResidual>("backbone.model.features", 6, 1, Channels = 320, FirstIndex = 17)]
[Path("backbone.model.features.18"), Conv1x1(1280), BatchNorm2d, ReLU6, Apply<SEBlock>(Name = "/lr_branch.se_block")]
[Upsample(2, Mode = "bilinear"), Apply<Conv2dIBNormRelu>(5, 1, Channels = 96, Name = "/lr_branch.conv_lr16x")]
[Upsample(2, Mode = "bilinear"), Apply<Conv2dIBNormRelu>(5, 1, Channels = 32, Name = "/lr_branch.conv_lr8x")]
[From("lr8x", As = "semantic"), Conv2d(1, 3, Stride = 2, Name = "lr_branch.conv_lr.layers.0"), Sigmoid]
[From("lr8x", As = "lr4x"), Upsample(2, Mode = "bilinear")]
[From("in", As = "img4x"), Upsample(SizeOf = "enc4x", Mode = "bilinear")]
[From("enc2x", As = "hr2"), Apply<Conv2dIBNormRelu>(1, 1, Channels = 32, Name = "hr_branch.tohr_enc2x")]
[From("enc4x", As = "hr4"), Apply<Conv2dIBNormRelu>(1, 1, Channels = 32, Name = "hr_branch.tohr_enc4x")]
[From("in", As = "hr2x"), Upsample(SizeOf = "enc2x", Mode = "bilinear"), Concat("hr2"), Apply<Conv2dIBNormRelu>(3, 2, Channels = 32, Name = "hr_branch.conv_enc2x")]
[Concat("hr4"), Apply<Conv2dIBNormRelu>(3, 1, Channels = 64, Name = "hr_branch.conv_enc4x"), Concat("lr4x"), Concat("img4x")]
[Path("hr_branch.conv_hr4x"), Apply<Conv2dIBNormRelu>(3, 1, Channels = 64), Apply<Conv2dIBNormRelu>(3, 1, Channels = 64), Apply<Conv2dIBNormRelu>(3, 1, Channels = 32), Upsample(2, Mode = "bilinear"), Concat("hr2")]
[Stage<Conv2dIBNormRelu>("hr_branch.conv_hr2x", 3, 1, Channels = 64), Stage<Conv2dIBNormRelu>("hr_branch.conv_hr2x", 3, 1, Channels = 32, Units = 3, FirstIndex = 1)]
[From("hr2x", As = "detail"), Upsample(2, Mode = "bilinear"), Concat("in"), Path("hr_branch.conv_hr"), Apply<Conv2dIBNormRelu>(3, 1, Channels = 32), Conv1x1(1, Name = "1.layers.0"), Sigmoid]
[From("lr4x", As = "matte"), Apply<Conv2dIBNormRelu>(5, 1, Channels = 32, Name = "f_branch.conv_lr4x"), Upsample(2, Mode = "bilinear"), Concat("hr2x"), Apply<Conv2dIBNormRelu>(3, 1, Channels = 32, Name = "f_branch.conv_f2x")]
[Upsample(2, Mode = "bilinear"), Concat("in"), Path("f_branch.conv_f"), Apply<Conv2dIBNormRelu>(3, 1, Channels = 16), Conv1x1(1, Name = "1.layers.0"), Sigmoid]
public partial class MODNet;
