namespace Blockwright.Zoo.Tests;

/// <summary>A network of this assembly's own, for the tool: one with several inputs.</summary>
[Network, Input(3, 32, 32, Name = "image"), Input(1, 16, 16, Name = "depth")]
[From("image", As = "colour", Name = "colour"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
[From("depth", As = "shape", Name = "shape"), Conv2d(8, 3), BatchNorm2d, ReLU]
[Concat("colour", "shape"), GlobalAvgPool2d, Linear(4, Name = "fc")]
public partial class RgbD;
