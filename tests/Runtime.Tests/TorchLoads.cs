using TorchSharp;

namespace Blockwright.Runtime.Tests;

public class TorchLoads
{
    [Fact]
    public void NativeLibraryLoadsOnThisMachine()
    {
        using var sum = torch.ones(2, 3).sum();

        Assert.Equal(6, sum.item<float>());
    }
}
