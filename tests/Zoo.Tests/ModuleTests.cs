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

    /// <summary>Torch would say no more than that some handle is empty, and weights would be saved as a file that has none.</summary>
    [Fact]
    public void WhatWasDisposedIsRefusedInWords()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        using var input = torch.randn(1, 3, 32, 32);
        var network = new AdaptiveSplit();
        using (var gone = torch.randn(1, 3, 32, 32))
        {
            using var fused = network.Fuse();
            gone.Dispose();
            Assert.StartsWith("AdaptiveSplit was given a tensor that has been disposed", Assert.Throws<ArgumentException>(() => network.call(gone)).Message, StringComparison.Ordinal);
            Assert.StartsWith("The snapshot of AdaptiveSplit was given a tensor that has been disposed", Assert.Throws<ArgumentException>(() => fused.call(gone)).Message, StringComparison.Ordinal);
        }
        network.Dispose();
        foreach (var use in (Action[])[
            () => network.call(input), () => network.Fuse(), () => ((BlockModule)network).Fuse(), () => network.Features(input, "stage2"), () => network.Profile(input, 1),
            () => network.SaveWeights(file), () => network.LoadWeights(file)])
        {
            Assert.EndsWith("AdaptiveSplit", Assert.Throws<ObjectDisposedException>(use).ObjectName, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(file));
    }

    /// <summary>A layer that somebody disposed, who took it for his own, is named; a file with weights is not replaced by one without them.</summary>
    [Theory]
    [InlineData("fc")]
    [InlineData("fc.weight")]
    [InlineData("stage3")]
    [InlineData("stage3.1.branch2.0")]
    public void ALayerThatWasDisposedIsNamed(string what)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        using var input = torch.randn(1, 3, 64, 64);
        using var network = new ShuffleNetV2_x0_5();
        network.eval();
        switch (what)
        {
            case "fc": network.fc.Dispose(); break;
            case "fc.weight": network.fc.weight!.Dispose(); break;
            case "stage3": network.named_modules().Single(static each => each.name == "stage3").module.Dispose(); break;
            default: network.named_modules().Single(each => each.name == what).module.Dispose(); break;
        }
        foreach (var use in (Action[])[() => network.call(input), () => network.Fuse(), () => network.Profile(input, 1), () => network.SaveWeights(file), () => network.LoadWeights(file)])
            Assert.Matches($"^ShuffleNetV2_x0_5: its layer '({what.Split('.')[0]}.*)', or a weight of it, has been disposed", Assert.Throws<ObjectDisposedException>(use).Message);
        Assert.False(File.Exists(file));
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
