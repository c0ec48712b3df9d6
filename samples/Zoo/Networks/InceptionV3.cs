using Blockwright;

namespace Zoo.InceptionV3;

// Inception v3 (Szegedy et al., CVPR 2016) as torchvision has it, with its auxiliary head in training.
//
// Shows:
//   BW1001 (G1), Conv, where it is a 1x1: up to 10.7:1.
//   BW3001 (G3), InceptionA, InceptionC and InceptionE: four to six convolutional branches over the same input. Not InceptionB and InceptionD, which down-sample.
// Not G2: no convolution has groups.

[Block, Parameter("channels"), Parameter("height"), Parameter("width")]
[Conv2d("channels", new[] { "height", "width" }, Name = "conv"), BatchNorm2d(Eps = 0.001, Name = "bn"), ReLU]
public partial class Conv;

[Block, Parameter("channels"), Parameter("kernel"), Parameter("stride")] // without padding
[Conv2d("channels", "kernel", Stride = "stride", Padding = 0, Name = "conv"), BatchNorm2d(Eps = 0.001, Name = "bn"), ReLU]
public partial class Shrink;

[Block, Parameter("pool")]
[From("in", As = "y1"), Apply<Conv>(64, 1, 1, Name = "branch1x1")]
[From("in", As = "y5"), Apply<Conv>(48, 1, 1, Name = "branch5x5_1"), Apply<Conv>(64, 5, 5, Name = "branch5x5_2")]
[From("in", As = "y3"), Apply<Conv>(64, 1, 1, Name = "branch3x3dbl_1"), Apply<Conv>(96, 3, 3, Name = "branch3x3dbl_2"), Apply<Conv>(96, 3, 3, Name = "branch3x3dbl_3")]
[From("in", As = "p"), AvgPool2d(3, Stride = 1), Apply<Conv>("pool", 1, 1, Name = "branch_pool")]
[Concat("y1", "y5", "y3", "p")]
public partial class InceptionA;

[Block]
[From("in", As = "y3"), Apply<Shrink>(384, 3, 2, Name = "branch3x3")]
[From("in", As = "y33"), Apply<Conv>(64, 1, 1, Name = "branch3x3dbl_1"), Apply<Conv>(96, 3, 3, Name = "branch3x3dbl_2"), Apply<Shrink>(96, 3, 2, Name = "branch3x3dbl_3")]
[From("in", As = "p"), MaxPool2d(3, Stride = 2, Padding = 0)]
[Concat("y3", "y33", "p")]
public partial class InceptionB;

[Block, Parameter("c7")]
[From("in", As = "y1"), Apply<Conv>(192, 1, 1, Name = "branch1x1")]
[From("in", As = "y7"), Apply<Conv>("c7", 1, 1, Name = "branch7x7_1"), Apply<Conv>("c7", 1, 7, Name = "branch7x7_2"), Apply<Conv>(192, 7, 1, Name = "branch7x7_3")]
[From("in", As = "y77"), Apply<Conv>("c7", 1, 1, Name = "branch7x7dbl_1"), Apply<Conv>("c7", 7, 1, Name = "branch7x7dbl_2"), Apply<Conv>("c7", 1, 7, Name = "branch7x7dbl_3")]
[Apply<Conv>("c7", 7, 1, Name = "branch7x7dbl_4"), Apply<Conv>(192, 1, 7, Name = "branch7x7dbl_5")]
[From("in", As = "p"), AvgPool2d(3, Stride = 1), Apply<Conv>(192, 1, 1, Name = "branch_pool")]
[Concat("y1", "y7", "y77", "p")]
public partial class InceptionC;

[Block]
[From("in", As = "y3"), Apply<Conv>(192, 1, 1, Name = "branch3x3_1"), Apply<Shrink>(320, 3, 2, Name = "branch3x3_2")]
[From("in", As = "y7"), Apply<Conv>(192, 1, 1, Name = "branch7x7x3_1"), Apply<Conv>(192, 1, 7, Name = "branch7x7x3_2"), Apply<Conv>(192, 7, 1, Name = "branch7x7x3_3"), Apply<Shrink>(192, 3, 2, Name = "branch7x7x3_4")]
[From("in", As = "p"), MaxPool2d(3, Stride = 2, Padding = 0)]
[Concat("y3", "y7", "p")]
public partial class InceptionD;

[Block]
[From("in", As = "y1"), Apply<Conv>(320, 1, 1, Name = "branch1x1")]
[From("in", As = "y3"), Apply<Conv>(384, 1, 1, Name = "branch3x3_1")]
[From("y3", As = "y3a"), Apply<Conv>(384, 1, 3, Name = "branch3x3_2a"), From("y3", As = "y3b"), Apply<Conv>(384, 3, 1, Name = "branch3x3_2b")]
[From("in", As = "y33"), Apply<Conv>(448, 1, 1, Name = "branch3x3dbl_1"), Apply<Conv>(384, 3, 3, Name = "branch3x3dbl_2")]
[From("y33", As = "y33a"), Apply<Conv>(384, 1, 3, Name = "branch3x3dbl_3a"), From("y33", As = "y33b"), Apply<Conv>(384, 3, 1, Name = "branch3x3dbl_3b")]
[From("in", As = "p"), AvgPool2d(3, Stride = 1), Apply<Conv>(192, 1, 1, Name = "branch_pool")]
[Concat("y1", "y3a", "y3b", "y33a", "y33b", "p")]
public partial class InceptionE;

[Block]
[AvgPool2d(5, Stride = 3, Padding = 0), Apply<Conv>(128, 1, 1, Name = "conv0"), Apply<Shrink>(768, 5, 1, Name = "conv1"), GlobalAvgPool2d, Linear(1000, Name = "fc")]
public partial class InceptionAux;

[Network, Input(3, 299, 299), Output("logits"), Output("aux", TrainingOnly = true)]
[From("in", As = "x"), Apply<Shrink>(32, 3, 2, Name = "Conv2d_1a_3x3"), Apply<Shrink>(32, 3, 1, Name = "Conv2d_2a_3x3"), Apply<Conv>(64, 3, 3, Name = "Conv2d_2b_3x3")]
[MaxPool2d(3, Stride = 2, Padding = 0), Apply<Conv>(80, 1, 1, Name = "Conv2d_3b_1x1"), Apply<Shrink>(192, 3, 1, Name = "Conv2d_4a_3x3"), MaxPool2d(3, Stride = 2, Padding = 0)]
[Apply<InceptionA>(32, Name = "Mixed_5b"), Apply<InceptionA>(64, Name = "Mixed_5c"), Apply<InceptionA>(64, Name = "Mixed_5d")]
[Apply<InceptionB>(Name = "Mixed_6a"), Apply<InceptionC>(128, Name = "Mixed_6b"), Apply<InceptionC>(160, Name = "Mixed_6c"), Apply<InceptionC>(160, Name = "Mixed_6d"), Apply<InceptionC>(192, Name = "Mixed_6e")]
[From("x", As = "aux"), Apply<InceptionAux>(Name = "AuxLogits")]
[From("x", As = "logits"), Apply<InceptionD>(Name = "Mixed_7a"), Apply<InceptionE>(Name = "Mixed_7b"), Apply<InceptionE>(Name = "Mixed_7c")]
[GlobalAvgPool2d, Dropout(0.5), Linear(1000, Name = "fc")]
public partial class InceptionV3;
