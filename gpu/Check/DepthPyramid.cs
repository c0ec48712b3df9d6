namespace Blockwright.Gpu.Check;

// An image with a finer depth to maps of two sizes, features and the depth itself: inputs and results of several sizes, a result that others read, a part of one and one of several tensors.
[Network, Input(3, 224, 224, Name = "image"), Input(1, 448, 448, Name = "depth"), Output("fine", "coarse", "edges", "scores"), Output("depth")]
[From("depth", As = "shape", Name = "shape"), Conv2d(16, 3, Stride = 2), BatchNorm2d, ReLU]
[From("image", As = "colour", Name = "colour"), Conv2d(16, 3), BatchNorm2d, ReLU, Concat("shape"), ChannelShuffle(2), Split("edges", "rest")]
[From("rest", As = "fine", Name = "fine"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU]
[From("fine", As = "deep", Name = "deep"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1(32), BatchNorm2d, SiLU]
[From("fine", As = "coarse"), MaxPool2d(3, Stride = 2), Concat("deep"), From("coarse", As = "scores", Name = "scores"), GlobalAvgPool2d, Linear(10)]
public partial class DepthPyramid;
