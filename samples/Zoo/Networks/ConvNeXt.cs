using Blockwright;

namespace Zoo.ConvNeXt;

// ConvNeXt-T (Liu et al., CVPR 2022) as torchvision has it: of the 18 units each later one's shortcut is more often all that is left of it in training.
//
// Shows:
//   BW1001 (G1), CNBlock: both linear layers, which are 1x1 convolutions: 1:4, and 4:1.
//   BW4002 (G4), CNBlock: the shortcut is an Add.

[Block, Parameter("number")]
[From("in", As = "y", Name = "block"), DepthwiseConv2d(7, Bias = true), LayerNorm2d(Eps = 1e-6, Name = "2"), Linear("in*4", PerPixel = true, Name = "3"), GELU, Linear("in", PerPixel = true, Name = "5")]
[Scale(Init = 1e-6, Name = "/layer_scale"), StochasticDepth(0.1, Layer = "number", Layers = 17), Add("in")]
public partial class CNBlock;

[Block, LayerNorm2d(Eps = 1e-6), Conv2d("out", 2, Stride = 2, Padding = 0)]
public partial class Downsampling;

[Network, Input(3, 224, 224)]
[Path("features.0"), Conv2d(96, 4, Stride = 4, Padding = 0), LayerNorm2d(Eps = 1e-6), Stage<CNBlock>("features.1", "unit", Units = 3)]
[Apply<Downsampling>(Channels = 192, Name = "features.2"), Stage<CNBlock>("features.3", "3+unit", Units = 3)]
[Apply<Downsampling>(Channels = 384, Name = "features.4"), Stage<CNBlock>("features.5", "6+unit", Units = 9)]
[Apply<Downsampling>(Channels = 768, Name = "features.6"), Stage<CNBlock>("features.7", "15+unit", Units = 3)]
[GlobalAvgPool2d, Path("classifier"), LayerNorm2d(Eps = 1e-6), Flatten, Linear(1000)]
public partial class ConvNeXtTiny;
