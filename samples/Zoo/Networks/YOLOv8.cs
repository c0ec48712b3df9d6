using Blockwright;

namespace Zoo.YOLOv8;

// YOLOv8n (ultralytics, 2023) with its keys, up to the raw heads of three sizes of objects: 4 x 16 channels of where each side of a box may lie, and 80 classes. What turns those into boxes has one constant, dfl,
// which is no layer here: LoadWeights(file, except: "model.22.dfl.*").
//
// Shows:
//   BW1001 (G1), Conv, where it is a 1x1: up to 3:1.
//   BW3001 (G3), YOLOv8n: boxes and classes have heads of their own.
//   BW4002 (G4), Bottleneck: the shortcut is an Add.

[Block, Parameter("kernel"), Parameter("stride")]
[Conv2d("out", "kernel", Stride = "stride", Name = "conv"), BatchNorm2d(Eps = 0.001, Momentum = 0.03, Name = "bn"), SiLU]
public partial class Conv;

[Block, Parameter("shortcut")]
[From("in", As = "y"), Apply<Conv>(3, 1, Channels = "out", Name = "cv1"), Apply<Conv>(3, 1, Channels = "out", Name = "cv2"), Add("in", If = "shortcut > 0")]
public partial class Bottleneck;

[Block, Parameter("units"), Parameter("shortcut")]
[Apply<Conv>(1, 1, Channels = "out", Name = "cv1"), Split("a", "b"), From("b", As = "y"), Stage<Bottleneck>("m", "shortcut", Units = "units", Collect = "all")]
[Concat("a", "b", "all"), Apply<Conv>(1, 1, Channels = "out", Name = "cv2")]
public partial class C2f;

[Block]
[From("in", As = "x"), Apply<Conv>(1, 1, Channels = "in/2", Name = "cv1"), From("x", As = "y1"), MaxPool2d(5, Stride = 1), From("y1", As = "y2"), MaxPool2d(5, Stride = 1), From("y2", As = "y3"), MaxPool2d(5, Stride = 1)]
[Concat("x", "y1", "y2", "y3"), Apply<Conv>(1, 1, Channels = "out", Name = "cv2")]
public partial class SPPF;

[Block]
[Apply<Conv>(3, 1, Channels = "out", Name = "0"), Apply<Conv>(3, 1, Channels = "out", Name = "1"), Conv1x1("out", Name = "2")]
public partial class Head;

[Network, Input(3, 640, 640), Output("p3", "p4", "p5")]
[From("in", As = "c4"), Apply<Conv>(3, 2, Channels = 16, Name = "model.0"), Apply<Conv>(3, 2, Channels = 32, Name = "model.1"), Apply<C2f>(1, 1, Name = "model.2")]
[Apply<Conv>(3, 2, Channels = 64, Name = "model.3"), Apply<C2f>(2, 1, Name = "model.4")]
[From("c4", As = "c6"), Apply<Conv>(3, 2, Channels = 128, Name = "model.5"), Apply<C2f>(2, 1, Name = "model.6")]
[From("c6", As = "c9"), Apply<Conv>(3, 2, Channels = 256, Name = "model.7"), Apply<C2f>(1, 1, Name = "model.8"), Apply<SPPF>(Name = "model.9")]
[From("c9", As = "h12"), Upsample(2), Concat("c6"), Apply<C2f>(1, 0, Channels = 128, Name = "model.12")]
[From("h12", As = "h15"), Upsample(2), Concat("c4"), Apply<C2f>(1, 0, Channels = 64, Name = "model.15")]
[From("h15", As = "h18"), Apply<Conv>(3, 2, Name = "model.16"), Concat("h12"), Apply<C2f>(1, 0, Channels = 128, Name = "model.18")]
[From("h18", As = "h21"), Apply<Conv>(3, 2, Name = "model.19"), Concat("c9"), Apply<C2f>(1, 0, Channels = 256, Name = "model.21")]
[From("h15", As = "class3"), Apply<Head>(Channels = 80, Name = "model.22.cv3.0"), From("h15", As = "p3"), Apply<Head>(Channels = 64, Name = "model.22.cv2.0"), Concat("class3")]
[From("h18", As = "class4"), Apply<Head>(Channels = 80, Name = "model.22.cv3.1"), From("h18", As = "p4"), Apply<Head>(Channels = 64, Name = "model.22.cv2.1"), Concat("class4")]
[From("h21", As = "class5"), Apply<Head>(Channels = 80, Name = "model.22.cv3.2"), From("h21", As = "p5"), Apply<Head>(Channels = 64, Name = "model.22.cv2.2"), Concat("class5")]
public partial class YOLOv8n;
