using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>The kernels for a GPU, by OpenCL.</summary>
public class OpenClTests
{
    [Theory]
    [MemberData(nameof(SystemsTests.Names), MemberType = typeof(SystemsTests))]
    public void KernelsGiveWhatForwardGives(string name)
    {
        using var network = Networks.Make(name);
        using var fused = Networks.Fuse(network, new FuseOptions { Device = FuseDevice.OpenCl });
        var (channels, height, width) = fused.Kernels!.Input;
        foreach (var batch in new[] { 1, 3 })
        {
            using var input = randn(batch, channels, height, width);
            Assert.InRange(Networks.Difference(network, fused, input), 0, 1e-5);
        }
    }
}
