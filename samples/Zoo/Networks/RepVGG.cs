using Blockwright;

namespace Zoo.RepVGG;

// RepVGG-A0 (Ding et al., CVPR 2021), as it is trained, with its authors' keys: beside each 3 x 3 a 1 x 1 and, where the shape stays, the input itself, each with a batch norm of its own.
//
// Shows: nothing. A snapshot computes the three as one 3 x 3, and so there are no branches in it, no sums and no norms.

[Block, Parameter("stride")]
[From("in", As = "identity", If = "stride == 1 and in == out"), BatchNorm2d(Name = "rbr_identity")]
[From("in", As = "pointwise", Name = "rbr_1x1"), Conv1x1("out", Stride = "stride", Name = "conv"), BatchNorm2d(Name = "bn")]
[From("in", As = "dense", Name = "rbr_dense"), Conv2d("out", 3, Stride = "stride", Name = "conv"), BatchNorm2d(Name = "bn")]
[Add("pointwise"), Add("identity", If = "stride == 1 and in == out"), ReLU]
public partial class RepVGGBlock;

[Block, Apply<RepVGGBlock>(1, Name = "")]
public partial class RepVGGResidual;

[Network, Input(3, 224, 224)]
[Apply<RepVGGBlock>(2, Channels = 48, Name = "stage0")]
[Stage<RepVGGBlock, RepVGGResidual>("stage1", 2, Channels = 48, Units = 2)]
[Stage<RepVGGBlock, RepVGGResidual>("stage2", 2, Channels = 96, Units = 4)]
[Stage<RepVGGBlock, RepVGGResidual>("stage3", 2, Channels = 192, Units = 14)]
[Stage<RepVGGBlock>("stage4", 2, Channels = 1280)]
[GlobalAvgPool2d, Linear(1000, Name = "linear")]
public partial class RepVGG_A0;
