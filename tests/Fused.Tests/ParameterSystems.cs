namespace Blockwright.Fused.Tests;

[Network, Input(3, 24, 20), Parameter("classes", 7)]
[Path("stem"), Conv2d(16, 3, Stride = 2), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1(40), BatchNorm2d, ReLU]
[GlobalAvgPool2d, Linear("classes", Name = "/fc")]
public partial class Classifier;

/// <summary>As SqueezeNet ends: the last layer is a convolution.</summary>
[Network, Input(3, 24, 20), Parameter("classes", 7)]
[Path("stem"), Conv2d(16, 3, Stride = 2), BatchNorm2d, ReLU]
[Path("classifier"), Dropout(0.5), Conv1x1("classes"), ReLU, GlobalAvgPool2d, Flatten]
public partial class ConvolutionalClassifier;

[Block, Parameter("width")]
[From("in"), Conv2d("in", 3, Name = "conv"), BatchNorm2d(Name = "bn"), SiLU, Conv1x1("width", Name = "predict"), Sigmoid]
public partial class ParameterHead;

/// <summary>Heads whose channels two parameters say, one in a block and one behind which torch computes.</summary>
[Network, Input(3, 32, 24), Parameter("classes", 4), Parameter("anchors", 2), Output("fine", "coarse", "mask")]
[From("in", As = "x", Name = "stem"), Conv2d(12, 3, Stride = 2), BatchNorm2d, ReLU]
[From("x", As = "small", Name = "down"), Conv2d(20, 3, Stride = 2), BatchNorm2d, ReLU]
[From("x", As = "fine"), Apply<ParameterHead>("anchors*(classes+5)", Name = "head0")]
[From("small", As = "coarse"), Apply<ParameterHead>("anchors*(classes+5)", Name = "head1")]
[From("small", As = "mask", Name = "mask"), Conv1x1("classes+1"), Upsample(2), Softmax]
public partial class ParameterHeads;

[Block, Parameter("percent")]
[Split("keep", "work", Channels = "round(c*percent/100, 2)")]
[From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
[Concat("keep", "work"), ChannelShuffle(2)]
public partial class RatioUnit;

/// <summary>Parameters that say more than a last layer's channels: how units split, how many there are, how wide the network is. A last layer's is one beside.</summary>
[Network, Input(3, 24, 20), Parameter("percent", 50, 25), Parameter("units", 2, 3), Parameter("width", 16), Parameter("classes", 5)]
[Path("stem"), Conv2d("width", 3, Stride = 2), BatchNorm2d, ReLU]
[Stage<RatioUnit>("stage", "percent", Units = "units")]
[GlobalAvgPool2d, Linear("classes", Name = "fc")]
public partial class RatioNetwork;
