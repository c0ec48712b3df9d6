using ShuffleNet;
using TorchSharp;
using Zoo.Systems;

namespace Blockwright.Zoo.Tests;

/// <summary>What a module says of itself, and of an input that it does not take.</summary>
public sealed class ModuleTests
{
    /// <summary>The lines are torch's of the same layers; a key that only leads to others has no class here.</summary>
    [Fact]
    public void AModulePrintsItsLayersAsTorchDoes()
    {
        using var network = new ShuffleNetV2_x0_5();
        var lines = network.ToString().Split('\n');
        Assert.Equal(
            [
                "ShuffleNetV2_x0_5(",
                "  (conv1): (",
                "    (0): Conv2d(3, 24, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)",
                "    (1): BatchNorm2d(24, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
                "  )",
                "  (stage2): (",
                "    (0): DownsampleUnit(",
                "      (branch1): (",
                "        (0): Conv2d(24, 24, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), groups=24, bias=False)",
            ],
            lines.Take(9));
        Assert.Equal(["  (fc): Linear(in_features=1024, out_features=1000, bias=True)", ")"], lines.TakeLast(2));
        Assert.Equal(network.modules().Count(), lines.Count(static line => line.Contains("): ", StringComparison.Ordinal)));
    }

    [Fact]
    public void AnInputOfAnotherTypeIsRefusedInWords()
    {
        using var network = new AdaptiveSplit();
        using var input = torch.randn([1, 3, 32, 32], torch.ScalarType.Float64);
        var refused = Assert.Throws<ArgumentException>(() => network.call(input));
        Assert.StartsWith("AdaptiveSplit is Float32 on cpu, and was given Float64 on cpu", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AdaptiveSplit is Float32 on cpu", Assert.Throws<ArgumentException>(() => network.Profile(input, 1)).Message, StringComparison.Ordinal);
    }
}
