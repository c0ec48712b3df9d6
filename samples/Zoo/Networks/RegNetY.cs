using Blockwright;

namespace Zoo.RegNetY;

// RegNetY-400MF (Radosavovic et al., CVPR 2020) as torchvision has it.
//
// Shows:
//   BW2001 (G2), Unit: groups of eight channels, up to 55 of them, at every depth.
//   BW4001 (G4), SqueezeExcitation: the gate's product over the map is a pass of its own.
//   BW4002 (G4), Unit: the shortcut is an Add.
// Not G1 (the 1x1 keep their channels) and not G3.

[Block, Parameter("squeeze")]
[From("in", As = "gate"), GlobalAvgPool2d, Conv1x1("squeeze", Name = "fc1"), ReLU, Conv1x1("in", Name = "fc2"), Sigmoid]
[From("in"), Multiply("gate")]
public partial class SqueezeExcitation;

[Block, Parameter("stride")]
[From("in", As = "shortcut", Name = "proj", If = "stride != 1 or in != out"), Conv1x1("out", Stride = "stride"), BatchNorm2d]
[From("in", As = "y", Name = "f.a"), Conv1x1("out"), BatchNorm2d, ReLU]
[Path("f.b"), Conv2d("out", 3, Stride = "stride", Groups = "out/8"), BatchNorm2d, ReLU]
[Apply<SqueezeExcitation>("in/4", Name = "/f.se")]
[Path("f.c"), Conv1x1("out"), BatchNorm2d, Add("shortcut"), ReLU]
public partial class Unit;

[Network, Input(3, 224, 224)]
[Path("stem"), Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU]
[Apply<Unit>(2, Channels = 48, Name = "/trunk_output.block1.block1-0")]
[Apply<Unit>(2, Channels = 104, Name = "/trunk_output.block2.block2-0")]
[Stage<Unit>("trunk_output.block2", 1, Channels = 104, Units = 2, UnitName = "block2-{1}")]
[Apply<Unit>(2, Channels = 208, Name = "/trunk_output.block3.block3-0")]
[Stage<Unit>("trunk_output.block3", 1, Channels = 208, Units = 5, UnitName = "block3-{1}")]
[Apply<Unit>(2, Channels = 440, Name = "/trunk_output.block4.block4-0")]
[Stage<Unit>("trunk_output.block4", 1, Channels = 440, Units = 5, UnitName = "block4-{1}")]
[GlobalAvgPool2d, Linear(1000, Name = "/fc")]
public partial class RegNetY400MF;
