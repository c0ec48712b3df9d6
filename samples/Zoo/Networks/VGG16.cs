using Blockwright;

namespace Zoo.VGG;

// VGG-16 (Simonyan and Zisserman, ICLR 2015) as torchvision has it: the paper's configuration D, and a pool to 7 x 7 for images of other sizes.
//
// Shows nothing: not G1 (no 1x1), not G2, not G3, and not G4: one path of plain convolutions.

[Network, Input(3, 224, 224)]
[Path("features"), Conv2d(64, 3), ReLU, Conv2d(64, 3), ReLU, MaxPool2d(2)]
[Conv2d(128, 3), ReLU, Conv2d(128, 3), ReLU, MaxPool2d(2)]
[Conv2d(256, 3), ReLU, Conv2d(256, 3), ReLU, Conv2d(256, 3), ReLU, MaxPool2d(2)]
[Conv2d(512, 3), ReLU, Conv2d(512, 3), ReLU, Conv2d(512, 3), ReLU, MaxPool2d(2)]
[Conv2d(512, 3), ReLU, Conv2d(512, 3), ReLU, Conv2d(512, 3), ReLU, MaxPool2d(2), AdaptiveAvgPool2d(7), Flatten]
[Path("classifier"), Linear(4096), ReLU, Dropout(0.5), Linear(4096), ReLU, Dropout(0.5), Linear(1000)]
public partial class VGG16;
