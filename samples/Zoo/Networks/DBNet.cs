using Blockwright;

namespace Zoo.DBNet;

// DBNet (Liao et al., AAAI 2020) with a ResNet-18 as github.com/MhLiao/DB has it, with its keys: where text is, as a probability for each pixel. In training there are the threshold of each pixel as well, and the
// differentiable binarization of both, 1 / (1 + exp(-50 * (probability - threshold))). Its files have two layers beside that nobody calls: new LoadOptions { Prefix = "model.module.", Except = ["backbone.fc.*", "backbone.smooth.*"] }.
//
// Shows:
//   BW1001 (G1), the pyramid's 1x1 of the largest map: 1:4.
//   BW3001 (G3), DBNet: what the pyramid joins are branches over one map.
//   BW4002 (G4), BasicBlock: the shortcut is an Add; and DBNet: the pyramid's sums are.

[Block, Parameter("stride")]
[From("in", As = "shortcut", Name = "downsample", If = "stride > 1"), Conv1x1("out", Stride = "stride"), BatchNorm2d]
[From("in", As = "y"), Conv2d("out", 3, Stride = "stride", Name = "conv1"), BatchNorm2d(Name = "bn1"), ReLU]
[Conv2d("out", 3, Name = "conv2"), BatchNorm2d(Name = "bn2"), Add("shortcut"), ReLU]
public partial class BasicBlock;

[Block]
[Conv2d("in/4", 3), BatchNorm2d, ReLU, ConvTranspose2d("in/4", 2, Stride = 2, Bias = true), BatchNorm2d, ReLU, ConvTranspose2d(1, 2, Stride = 2), Sigmoid]
public partial class Head;

[Network, Input(3, 640, 640), Output("probability"), Output("threshold", "binary", TrainingOnly = true)]
[From("in", As = "c2"), Conv2d(64, 7, Stride = 2, Name = "backbone.conv1"), BatchNorm2d(Name = "backbone.bn1"), ReLU, MaxPool2d(3, Stride = 2), Stage<BasicBlock>("backbone.layer1", 1, Units = 2)]
[From("c2", As = "c3"), Stage<BasicBlock>("backbone.layer2", "max(2-unit, 1)", Channels = 128, Units = 2)]
[From("c3", As = "c4"), Stage<BasicBlock>("backbone.layer3", "max(2-unit, 1)", Channels = 256, Units = 2)]
[From("c4", As = "in5"), Stage<BasicBlock>("backbone.layer4", "max(2-unit, 1)", Channels = 512, Units = 2), Conv1x1(256, Bias = false, Name = "decoder.in5")]
[From("in5", As = "up5"), Upsample(2), From("c4", As = "out4"), Conv1x1(256, Bias = false, Name = "decoder.in4"), Add("up5")]
[From("out4", As = "up4"), Upsample(2), From("c3", As = "out3"), Conv1x1(256, Bias = false, Name = "decoder.in3"), Add("up4")]
[From("out3", As = "up3"), Upsample(2), From("c2", As = "p2"), Conv1x1(256, Bias = false, Name = "decoder.in2"), Add("up3"), Conv2d(64, 3, Bias = false, Name = "decoder.out2")]
[From("out3", As = "p3"), Conv2d(64, 3, Bias = false, Name = "decoder.out3.0"), Upsample(2)]
[From("out4", As = "p4"), Conv2d(64, 3, Bias = false, Name = "decoder.out4.0"), Upsample(4)]
[From("in5", As = "fuse"), Conv2d(64, 3, Bias = false, Name = "decoder.out5.0"), Upsample(8), Concat("p4"), Concat("p3"), Concat("p2")]
[From("fuse", As = "probability"), Apply<Head>(Name = "decoder.binarize")]
[From("fuse", As = "threshold"), Apply<Head>(Name = "decoder.thresh")]
[From("threshold", As = "binary"), Factor(-1), Add("probability"), Factor(50), Sigmoid]
public partial class DBNet;
