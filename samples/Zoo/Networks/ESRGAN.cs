using Blockwright;

namespace Zoo.ESRGAN;

// ESRGAN's generator (Wang et al., ECCV Workshops 2018) with its authors' keys: four times the height and width.
//
// Shows:
//   BW4002 (G4), DenseBlock, RRDB and RRDBNet: each shortcut is an Add.

[Block]
[From("in", As = "x1"), Conv2d(32, 3, Name = "conv1"), LeakyReLU(NegativeSlope = 0.2)]
[From("in", As = "d1"), Concat("x1"), From("d1", As = "x2"), Conv2d(32, 3, Name = "conv2"), LeakyReLU(NegativeSlope = 0.2)]
[From("d1", As = "d2"), Concat("x2"), From("d2", As = "x3"), Conv2d(32, 3, Name = "conv3"), LeakyReLU(NegativeSlope = 0.2)]
[From("d2", As = "d3"), Concat("x3"), From("d3", As = "x4"), Conv2d(32, 3, Name = "conv4"), LeakyReLU(NegativeSlope = 0.2)]
[From("d3", As = "d4"), Concat("x4"), Conv2d("in", 3, Name = "conv5"), Factor(0.2), Add("in")]
public partial class DenseBlock;

[Block] // Residual-in-Residual Dense Block
[From("in", As = "y"), Apply<DenseBlock>(Name = "RDB1"), Apply<DenseBlock>(Name = "RDB2"), Apply<DenseBlock>(Name = "RDB3"), Factor(0.2), Add("in")]
public partial class RRDB;

[Network, Input(3, 64, 64)]
[From("in", As = "first"), Conv2d(64, 3, Name = "conv_first")]
[From("first", As = "trunk"), Stage<RRDB>("RRDB_trunk", Units = 23), Conv2d(64, 3, Name = "trunk_conv"), Add("first")]
[Upsample(2), Conv2d(64, 3, Name = "upconv1"), LeakyReLU(NegativeSlope = 0.2), Upsample(2), Conv2d(64, 3, Name = "upconv2"), LeakyReLU(NegativeSlope = 0.2)]
[Conv2d(64, 3, Name = "HRconv"), LeakyReLU(NegativeSlope = 0.2), Conv2d(3, 3, Name = "conv_last")]
public partial class RRDBNet;
