using Blockwright.Fused.Tests;
using Blockwright.Runtime.Tests.Gpu.Cuda;
using static TorchSharp.torch;

namespace Blockwright.Gpu.Tests;

// Branches that nothing but their shared buffer connects.
[Network, Input(3, 9, 9), From("in", As = "a"), Conv1x1(4), BatchNorm2d, ReLU, Conv1x1(3), ReLU, DepthwiseConv2d(3)]
[From("in", As = "b"), Conv2d(5, 3), From("in", As = "c"), AvgPool2d(3, Stride = 1), Conv1x1(2), SiLU, Concat("a", "b", "c"), Conv1x1(6), GlobalAvgPool2d, Linear(4)]
public partial class Branches;

/// <summary>Networks on CUDA, as far as that goes without a card: <c>Fuse()</c>, graphs and their edges, what takes CUDA's place when it fails.</summary>
[Collection("The fake card")]
public class CudaNetworkTests
{
    [SkippableTheory]
    [InlineData(nameof(Branches))]
    [InlineData(nameof(Kinds))]
    public void GraphsGiveWhatForwardGivesInAnyOrderThatTheirEdgesAllow(string name)
    {
        OpenClMachine.Require();
        using var network = Make(name);
        using var card = new FakeCard(network);
        using (var fused = network.Fuse(new FuseOptions { Device = FuseDevice.Cuda, Cuda = card.Machine }))
        {
            var (_, h, w) = fused.Kernels!.Input;
            // The other ends in a layer that takes maps of one size alone.
            var larger = name == nameof(Branches) ? 3 : 0;
            foreach (var (batch, height, width) in new[] { (1, h, w), (3, h, w), (2, h + larger, w + (2 * larger)) })
            {
                using var input = randn(batch, 3, height, width);
                using var expected = network.call(input);
                using var found = fused.call(input);
                Assert.True(found.allclose(expected, 1e-4, 1e-5), $"{batch} x {height} x {width}");
            }
            Assert.StartsWith("CUDA: ", fused.Kernels.Device, StringComparison.Ordinal);
        }
        Assert.Empty(card.Driver.Held);
        Assert.Empty(card.Driver.Violations);
    }

    [SkippableFact]
    public void AProfileHasEachLaunch()
    {
        OpenClMachine.Require();
        using var network = Make(nameof(Branches));
        using var card = new FakeCard(network);
        using var fused = network.Fuse(new FuseOptions { Device = FuseDevice.Cuda, Cuda = card.Machine });
        using var input = randn(3, 3, 9, 9);
        var profile = fused.Kernels!.Profile(input.data<float>().ToArray(), 3, 9, 9, 2);
        Assert.Equal(2.0 * network.GetCost().At(3).MultiplyAdds, profile.Steps.Sum(static step => step.Flops));
        // A millisecond each, says the card.
        Assert.All(profile.Steps, static step => Assert.Equal(step.Calls * 0.001, step.TotalSeconds, 1e-6));
        Assert.StartsWith("Branches, fused, 3 x 3 x 9 x 9, CUDA: Fake H100", profile.Title, StringComparison.Ordinal);
    }

    /// <summary>Branches do not wait for each other, though they read and write planes of one buffer.</summary>
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(3)]
    public void BranchesDoNotWaitForEachOther(int batch)
    {
        OpenClMachine.Require();
        using var network = Make(nameof(Branches));
        using var card = new FakeCard(network);
        using var fused = network.Fuse(new FuseOptions { Device = FuseDevice.Cuda, Cuda = card.Machine });
        using var input = randn(batch, 3, 9, 9);
        fused.call(input).Dispose();
        var kernels = card.Driver.LastGraph.Where(static node => node.Kernel is not null).ToList();
        // Two begin at once, and one waits for both of them; the third writes where the first has been read.
        Assert.Equal(2, kernels.Where(static node => node.After.Length == 1).GroupBy(static node => node.After[0]).Max(static group => group.Count()));
        Assert.Equal(2, kernels.Max(static node => node.After.Length));
    }

    [SkippableTheory]
    [InlineData(FuseFallback.Cpu, "the CPU's kernels")]
    [InlineData(FuseFallback.Torch, "torch's operations")]
    public void WhatFailsInACallIsDoneBySomethingElseFromThenOn(FuseFallback fallback, string instead)
    {
        OpenClMachine.Require();
        using var network = Make(nameof(Branches));
        using var card = new FakeCard(network);
        using var input = randn(2, 3, 9, 9);
        using var expected = network.call(input);
        var said = new List<string>();
        var before = FallbackNotice.Listener;
        FallbackNotice.Listener = said.Add;
        try
        {
            using (var fused = network.Fuse(new FuseOptions { Device = FuseDevice.Cuda, Cuda = card.Machine, Fallback = fallback }))
            {
                fused.call(input).Dispose();
                Assert.Empty(said);
                card.Driver.Fails = "cuGraphLaunch";
                for (var i = 0; i < 2; i++)
                {
                    using var found = fused.call(input);
                    Assert.True(found.allclose(expected, 1e-4, 1e-5));
                }
                var values = new float[8];
                fused.Run(input.data<float>().ToArray(), values, 2);
                Assert.True(tensor(values, [2, 4]).allclose(expected, 1e-4, 1e-5));
                card.Driver.Fails = null;
                var launches = card.Driver.Calls.Count;
                fused.call(input).Dispose();
                Assert.Equal(launches, card.Driver.Calls.Count);
            }
            Assert.Empty(card.Driver.Held);
        }
        finally
        {
            FallbackNotice.Listener = before;
        }
        Assert.StartsWith($"Branches runs on {instead}, as FuseOptions.Fallback asks. cuGraphLaunch", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAFallbackTheFaultIsTheCallers()
    {
        using var driver = new FakeDriver { Devices = 0 };
        using var network = Make(nameof(Branches));
        var options = new FuseOptions { Device = FuseDevice.Cuda, Cuda = new(driver.Open, _ => throw new InvalidOperationException()) };
        Assert.StartsWith("NVIDIA's driver is there, and lists no device.", Assert.Throws<CudaException>(() => network.Fuse(options)).Message, StringComparison.Ordinal);
    }

    /// <summary>On this machine as it is: either it has a card, or everything that was looked for is said.</summary>
    [Fact]
    public void AMachineWithoutADriverSaysWhatItLookedFor()
    {
        using var network = Make(nameof(Branches));
        try
        {
            network.Fuse(new FuseOptions { Device = FuseDevice.Cuda }).Dispose();
        }
        catch (CudaException fault)
        {
            Assert.Matches("libcuda|nvcuda|NVIDIA", fault.Message);
        }
    }

    private static NetworkModule Make(string name)
    {
        manual_seed(1);
        NetworkModule network = name == nameof(Kinds) ? new Kinds() : new Branches();
        network.eval();
        return network;
    }
}
