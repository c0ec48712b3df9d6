using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>Maps of 4 GB at the declared size.</summary>
[Network, Input(3, 4096, 4096)]
[Path("body"), Conv2d(64, 3), BatchNorm2d, ReLU]
[GlobalAvgPool2d]
[Linear(4, Name = "fc")]
public partial class Vast;

/// <summary>A network declared for images that no machine of ours has memory for is fused, and runs on smaller ones.</summary>
public sealed class VastTests
{
    [Fact]
    public void WhatIsDeclaredIsNotAllocated()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = new Vast();
        network.eval();
        using var fused = network.Fuse();
        var image = randn(2, 3, 32, 32);

        Assert.NotNull(fused.Kernels);
        Assert.True(network.call(image).allclose(fused.call(image), rtol: 1e-5, atol: 1e-6));
    }
}
