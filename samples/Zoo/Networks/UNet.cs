using Blockwright;

namespace Zoo.UNet;

// U-Net (Ronneberger et al., MICCAI 2015) as github.com/milesial/Pytorch-UNet has it, for images in colour and two classes: padded convolutions with batch norms, so that maps keep their size.

[Block, Path("double_conv"), Conv2d("out", 3), BatchNorm2d, ReLU, Conv2d("out", 3), BatchNorm2d, ReLU]
public partial class DoubleConv;

[Block, MaxPool2d(2), Apply<DoubleConv>(Channels = "out", Name = "maxpool_conv.1")]
public partial class Down;

[Network, Input(3, 256, 256)]
[From("in", As = "x1"), Apply<DoubleConv>(Channels = 64, Name = "inc")]
[From("x1", As = "x2"), Apply<Down>(Channels = 128, Name = "down1")]
[From("x2", As = "x3"), Apply<Down>(Channels = 256, Name = "down2")]
[From("x3", As = "x4"), Apply<Down>(Channels = 512, Name = "down3")]
[From("x4", As = "u4"), Apply<Down>(Channels = 1024, Name = "down4"), ConvTranspose2d(512, 2, Stride = 2, Name = "up1.up")]
[From("x4", As = "u3"), Concat("u4"), Apply<DoubleConv>(Channels = 512, Name = "up1.conv"), ConvTranspose2d(256, 2, Stride = 2, Name = "up2.up")]
[From("x3", As = "u2"), Concat("u3"), Apply<DoubleConv>(Channels = 256, Name = "up2.conv"), ConvTranspose2d(128, 2, Stride = 2, Name = "up3.up")]
[From("x2", As = "u1"), Concat("u2"), Apply<DoubleConv>(Channels = 128, Name = "up3.conv"), ConvTranspose2d(64, 2, Stride = 2, Name = "up4.up")]
[From("x1"), Concat("u1"), Apply<DoubleConv>(Channels = 64, Name = "up4.conv"), Conv1x1(2, Name = "outc.conv")]
public partial class UNet;
