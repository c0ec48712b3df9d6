using Blockwright;

namespace Zoo.GhostNet;

// GhostNet 1.0x (Han et al., CVPR 2020) with its authors' keys: half of the channels of each unit are computed from the other half, channel by channel.
//
// Shows:
//   BW1001 (G1), GhostModule: the primary convolution, up to 12:1; GhostBottleneck: the shortcut's 1x1.
//   BW3001 (G3), GhostBottleneck: a shortcut with layers in a unit of stride 1.
//   BW4001 (G4), SqueezeExcite: the gate's product over the map is a pass of its own.
//   BW4002 (G4), GhostBottleneck: the shortcut is an Add.

[Block, Parameter("act", Kind = ParameterKind.Activation)]
[From("in", As = "primary", Name = "primary_conv"), Conv1x1("out/2"), BatchNorm2d, Activation("act")]
[From("primary", As = "cheap", Name = "cheap_operation"), DepthwiseConv2d(3), BatchNorm2d, Activation("act")]
[Concat("primary", "cheap")]
public partial class GhostModule;

[Block]
[From("in", As = "gate"), GlobalAvgPool2d, Conv1x1("round(in/4, 4)", Name = "conv_reduce"), ReLU, Conv1x1("in", Name = "conv_expand"), Hardsigmoid]
[From("in"), Multiply("gate")]
public partial class SqueezeExcite;

[Block, Parameter("kernel"), Parameter("expand"), Parameter("se"), Parameter("stride")]
[From("in", As = "shortcut", Name = "shortcut", If = "stride > 1 or in != out"), DepthwiseConv2d("kernel", Stride = "stride"), BatchNorm2d, Conv1x1("out"), BatchNorm2d]
[From("in", As = "y"), Apply<GhostModule>("ReLU", Channels = "expand", Name = "ghost1")]
[DepthwiseConv2d("kernel", Stride = "stride", Name = "conv_dw", If = "stride > 1"), BatchNorm2d(Name = "bn_dw", If = "stride > 1")]
[Apply<SqueezeExcite>(Name = "se", If = "se > 0"), Apply<GhostModule>("Identity", Channels = "out", Name = "ghost2"), Add("shortcut")]
public partial class GhostBottleneck;

[Network, Input(3, 224, 224)]
[Conv2d(16, 3, Stride = 2, Name = "conv_stem"), BatchNorm2d(Name = "bn1"), ReLU]
[Apply<GhostBottleneck>(3, 16, 0, 1, Channels = 16, Name = "blocks.0.0")]
[Apply<GhostBottleneck>(3, 48, 0, 2, Channels = 24, Name = "blocks.1.0")]
[Apply<GhostBottleneck>(3, 72, 0, 1, Channels = 24, Name = "blocks.2.0")]
[Apply<GhostBottleneck>(5, 72, 1, 2, Channels = 40, Name = "blocks.3.0")]
[Apply<GhostBottleneck>(5, 120, 1, 1, Channels = 40, Name = "blocks.4.0")]
[Apply<GhostBottleneck>(3, 240, 0, 2, Channels = 80, Name = "blocks.5.0")]
[Path("blocks.6"), Apply<GhostBottleneck>(3, 200, 0, 1, Channels = 80)]
[Apply<GhostBottleneck>(3, 184, 0, 1, Channels = 80)]
[Apply<GhostBottleneck>(3, 184, 0, 1, Channels = 80)]
[Apply<GhostBottleneck>(3, 480, 1, 1, Channels = 112)]
[Apply<GhostBottleneck>(3, 672, 1, 1, Channels = 112)]
[Apply<GhostBottleneck>(5, 672, 1, 2, Channels = 160, Name = "/blocks.7.0")]
[Path("blocks.8"), Apply<GhostBottleneck>(5, 960, 0, 1, Channels = 160)]
[Apply<GhostBottleneck>(5, 960, 1, 1, Channels = 160)]
[Apply<GhostBottleneck>(5, 960, 0, 1, Channels = 160)]
[Apply<GhostBottleneck>(5, 960, 1, 1, Channels = 160)]
[Path("blocks.9.0"), Conv1x1(960, Name = "conv"), BatchNorm2d(Name = "bn1"), ReLU, GlobalAvgPool2d]
[Conv1x1(1280, Name = "/conv_head"), ReLU, Dropout(0.2), Linear(1000, Name = "/classifier")]
public partial class GhostNet;
