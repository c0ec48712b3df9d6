using Blockwright;

namespace Zoo.SqueezeNet;

// SqueezeNet 1.1 (Iandola et al., arXiv 1602.07360) as torchvision has it.
//
// Shows:
//   BW1001 (G1), Fire: the squeeze is 4:1 to 8:1, its 1x1 expand 1:4.
//   BW3001 (G3), Fire: two convolutional branches over the squeezed value, in a unit that does not down-sample.

[Block, Parameter("squeeze"), Parameter("left"), Parameter("right")]
[From("in", As = "s"), Conv1x1("squeeze", Name = "squeeze"), ReLU]
[From("s", As = "y1"), Conv1x1("left", Name = "expand1x1"), ReLU]
[From("s", As = "y3"), Conv2d("right", 3, Name = "expand3x3"), ReLU]
[Concat("y1", "y3")]
public partial class Fire;

[Network, Input(3, 224, 224)]
[Path("features"), Conv2d(64, 3, Stride = 2, Padding = 0), ReLU, MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true)]
[Apply<Fire>(16, 64, 64), Apply<Fire>(16, 64, 64), MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true)]
[Apply<Fire>(32, 128, 128), Apply<Fire>(32, 128, 128), MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true)]
[Apply<Fire>(48, 192, 192), Apply<Fire>(48, 192, 192), Apply<Fire>(64, 256, 256), Apply<Fire>(64, 256, 256)]
[Path("classifier"), Dropout(0.5), Conv1x1(1000), ReLU]
[GlobalAvgPool2d, Flatten]
public partial class SqueezeNet1_1;
