using Blockwright;

namespace Zoo.GoogLeNet;

// GoogLeNet (Szegedy et al., CVPR 2015) as torchvision has it, without the auxiliary heads: batch norms, and 3x3 where the paper has 5x5.
//
// Shows:
//   BW1001 (G1), Pointwise: the reductions of the inception blocks, up to 30:1.
//   BW3001 (G3), Inception: four convolutional branches over the same input.
// Not G2: no convolution has groups.

[Block, Parameter("channels"), Parameter("kernel"), Parameter("stride")]
[Conv2d("channels", "kernel", Stride = "stride", Name = "conv"), BatchNorm2d(Eps = 0.001, Name = "bn"), ReLU]
public partial class BasicConv2d;

[Block, Parameter("channels")]
[Conv1x1("channels", Name = "conv"), BatchNorm2d(Eps = 0.001, Name = "bn"), ReLU]
public partial class Pointwise;

[Block, Parameter("b1"), Parameter("b2reduce"), Parameter("b2"), Parameter("b3reduce"), Parameter("b3"), Parameter("pool")]
[From("in", As = "y1"), Apply<Pointwise>("b1", Name = "branch1")]
[From("in", As = "y2", Name = "branch2"), Apply<Pointwise>("b2reduce"), Apply<BasicConv2d>("b2", 3, 1)]
[From("in", As = "y3", Name = "branch3"), Apply<Pointwise>("b3reduce"), Apply<BasicConv2d>("b3", 3, 1)]
[From("in", As = "y4", Name = "branch4"), MaxPool2d(3, Stride = 1, CeilMode = true), Apply<Pointwise>("pool")]
[Concat("y1", "y2", "y3", "y4")]
public partial class Inception;

[Network, Input(3, 224, 224)]
[Apply<BasicConv2d>(64, 7, 2, Name = "conv1"), MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true)]
[Apply<Pointwise>(64, Name = "conv2"), Apply<BasicConv2d>(192, 3, 1, Name = "conv3"), MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true)]
[Apply<Inception>(64, 96, 128, 16, 32, 32, Name = "inception3a")]
[Apply<Inception>(128, 128, 192, 32, 96, 64, Name = "inception3b")]
[MaxPool2d(3, Stride = 2, Padding = 0, CeilMode = true)]
[Apply<Inception>(192, 96, 208, 16, 48, 64, Name = "inception4a")]
[Apply<Inception>(160, 112, 224, 24, 64, 64, Name = "inception4b")]
[Apply<Inception>(128, 128, 256, 24, 64, 64, Name = "inception4c")]
[Apply<Inception>(112, 144, 288, 32, 64, 64, Name = "inception4d")]
[Apply<Inception>(256, 160, 320, 32, 128, 128, Name = "inception4e")]
[MaxPool2d(2, Padding = 0, CeilMode = true)]
[Apply<Inception>(256, 160, 320, 32, 128, 128, Name = "inception5a")]
[Apply<Inception>(384, 192, 384, 48, 128, 128, Name = "inception5b")]
[GlobalAvgPool2d, Dropout(0.2), Linear(1000, Name = "fc")]
public partial class GoogLeNet;
