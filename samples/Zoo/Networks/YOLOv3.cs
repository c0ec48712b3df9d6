using Blockwright;

namespace Zoo.YOLO;

// YOLOv3 (Redmon and Farhadi, arXiv 1804.02767) with the keys of github.com/ultralytics/yolov3, whose table this is: Darknet-53, and for each of three sizes of objects a raw head of 3 x (4 + 1 + 80) channels.
//
// Shows:
//   BW1001 (G1), Conv, where it is a 1x1: up to 3:1.
//   BW4002 (G4), Bottleneck: the shortcut is an Add.

[Block, Parameter("kernel"), Parameter("stride")]
[Conv2d("out", "kernel", Stride = "stride", Name = "conv"), BatchNorm2d(Eps = 0.001, Momentum = 0.03, Name = "bn"), LeakyReLU(NegativeSlope = 0.1)]
public partial class Conv;

[Block, Parameter("shortcut")]
[From("in", As = "y"), Apply<Conv>(1, 1, Channels = "out/2", Name = "cv1"), Apply<Conv>(3, 1, Channels = "out", Name = "cv2"), Add("in", If = "shortcut > 0")]
public partial class Bottleneck;

[Network, Input(3, 416, 416), Output("p3", "p4", "p5")]
[From("in", As = "c3"), Apply<Conv>(3, 1, Channels = 32, Name = "model.0"), Apply<Conv>(3, 2, Channels = 64, Name = "model.1"), Apply<Bottleneck>(1, Name = "model.2")]
[Apply<Conv>(3, 2, Channels = 128, Name = "model.3"), Stage<Bottleneck>("model.4", 1, Units = 2), Apply<Conv>(3, 2, Channels = 256, Name = "model.5"), Stage<Bottleneck>("model.6", 1, Units = 8)]
[From("c3", As = "c4"), Apply<Conv>(3, 2, Channels = 512, Name = "model.7"), Stage<Bottleneck>("model.8", 1, Units = 8)]
[From("c4", As = "y5"), Apply<Conv>(3, 2, Channels = 1024, Name = "model.9"), Stage<Bottleneck>("model.10", 1, Units = 4)]
[Apply<Bottleneck>(0, Name = "model.11"), Apply<Conv>(1, 1, Channels = 512, Name = "model.12"), Apply<Conv>(3, 1, Channels = 1024, Name = "model.13"), Apply<Conv>(1, 1, Channels = 512, Name = "model.14")]
[From("y5", As = "p5"), Apply<Conv>(3, 1, Channels = 1024, Name = "model.15"), Conv1x1(255, Name = "model.28.m.2")]
[From("y5", As = "y4"), Apply<Conv>(1, 1, Channels = 256, Name = "model.16"), Upsample(2), Concat("c4")]
[Apply<Bottleneck>(0, Channels = 512, Name = "model.19"), Apply<Bottleneck>(0, Name = "model.20"), Apply<Conv>(1, 1, Channels = 256, Name = "model.21")]
[From("y4", As = "p4"), Apply<Conv>(3, 1, Channels = 512, Name = "model.22"), Conv1x1(255, Name = "model.28.m.1")]
[From("y4", As = "p3"), Apply<Conv>(1, 1, Channels = 128, Name = "model.23"), Upsample(2), Concat("c3")]
[Apply<Bottleneck>(0, Channels = 256, Name = "model.26"), Stage<Bottleneck>("model.27", 0, Units = 2), Conv1x1(255, Name = "model.28.m.0")]
public partial class YOLOv3;
