using Blockwright;

namespace Detector;

// ShuffleNet V2 (Ma et al., ECCV 2018) with a pyramid and three outputs. How much of its channels a unit lets through is a parameter of the network: half is best for classification, and not always for detection.

[Block, Parameter("percent")] // stride 1: a part of the channels passes through
[Split("keep", "work", Channels = "round(c*percent/100, 2)")]
[From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("keep", "work"), ChannelShuffle(2)]
public partial class BasicUnit;

[Block] // stride 2: both branches see the whole input
[From("in", As = "left", Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), BatchNorm2d, ReLU]
[From("in", As = "right", Name = "branch2"), Conv1x1("out/2"), BatchNorm2d, ReLU, DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("left", "right"), ChannelShuffle(2)]
public partial class DownsampleUnit;

[Block, Parameter("numbers")] // what is said of each cell: four distances to a box's sides, and a score for each class
[From("in"), DepthwiseConv2d(5), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU, Conv1x1("numbers", Bias = true, Name = "predict")]
public partial class Head;

[Network, Input(3, 96, 96), Parameter("percent", 50, 30, 40), Parameter("classes", 3), Output("p3", "p4", "p5")]
[From("in", As = "c2", Name = "conv1"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, MaxPool2d(3, Stride = 2)]
[From("c2", As = "c3"), Apply<DownsampleUnit>(Channels = 64, Name = "down3"), Stage<BasicUnit>("stage3", "percent", Units = 2)]
[From("c3", As = "c4"), Apply<DownsampleUnit>(Channels = 128, Name = "down4"), Stage<BasicUnit>("stage4", "percent", Units = 3)]
[From("c4", As = "c5"), Apply<DownsampleUnit>(Channels = 192, Name = "down5"), Stage<BasicUnit>("stage5", "percent", Units = 2)]
[From("c5", As = "t5", Name = "lateral5"), Conv1x1(64), BatchNorm2d, ReLU]
[From("t5", As = "u5"), Upsample(2)]
[From("c4", As = "t4", Name = "lateral4"), Conv1x1(64), BatchNorm2d, Add("u5"), ReLU]
[From("t4", As = "u4"), Upsample(2)]
[From("c3", As = "t3", Name = "lateral3"), Conv1x1(64), BatchNorm2d, Add("u4"), ReLU]
[From("t3", As = "p3"), Apply<Head>("classes+4", Name = "head3")]
[From("t4", As = "p4"), Apply<Head>("classes+4", Name = "head4")]
[From("t5", As = "p5"), Apply<Head>("classes+4", Name = "head5")]
public partial class DetectorNet;
