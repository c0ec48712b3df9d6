using Blockwright;

namespace Zoo.AlexNet;

// AlexNet (Krizhevsky, arXiv 1404.5997) as torchvision has it: one column, and a pool to 6 x 6 for images of other sizes.
//
// Shows nothing: not G1 (no 1x1), not G2, not G3, and not G4: one path of plain convolutions.

[Network, Input(3, 224, 224)]
[Path("features"), Conv2d(64, 11, Stride = 4, Padding = 2), ReLU, MaxPool2d(3, Stride = 2, Padding = 0)]
[Conv2d(192, 5), ReLU, MaxPool2d(3, Stride = 2, Padding = 0)]
[Conv2d(384, 3), ReLU, Conv2d(256, 3), ReLU, Conv2d(256, 3), ReLU, MaxPool2d(3, Stride = 2, Padding = 0), AdaptiveAvgPool2d(6), Flatten]
[Path("classifier"), Dropout(0.5), Linear(4096), ReLU, Dropout(0.5), Linear(4096), ReLU, Linear(1000)]
public partial class AlexNet;
