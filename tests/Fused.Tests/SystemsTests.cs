using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>Each system, on each set of instructions that the machine has, at 1 and 2 threads, against its own forward in float64.</summary>
public class SystemsTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string, InstructionSet, int> Cases()
    {
        var cases = new TheoryData<string, InstructionSet, int>();
        foreach (var name in Networks.Names)
        {
            foreach (var set in Networks.InstructionSetsHere)
            {
                cases.Add(name, set, 1);
                cases.Add(name, set, 2);
            }
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void KernelsGiveWhatForwardGives(string name, InstructionSet set, int threads)
    {
        using var network = Networks.Make(name);
        foreach (var bandBytes in Networks.Bands)
        {
            using var fused = Networks.Fuse(network, new FuseOptions { InstructionSet = set, Threads = threads, BandBytes = bandBytes });
            var (channels, height, width) = fused.Kernels!.Input;
            foreach (var batch in new[] { 1, 2, 3, 5 })
            {
                using var input = randn(batch, channels, height, width);
                Assert.InRange(Networks.Difference(network, fused, input), 0, Tolerance);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TorchsOperationsGiveWhatForwardGives(string name)
    {
        using var network = Networks.Make(name);
        using var fused = Networks.Fuse(network, new FuseOptions { UseKernels = false });
        var (channels, height, width) = Networks.InputOf(network);
        using var input = randn(2, channels, height, width);

        Assert.Null(fused.Kernels);
        Assert.InRange(Networks.Difference(network, fused, input), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void OtherSizesAreTaken(string name)
    {
        using var network = Networks.Make(name);
        using var fused = Networks.Fuse(network, new FuseOptions { Threads = 1 });
        var (channels, height, width) = fused.Kernels!.Input;
        using var input = randn(2, channels, height + 13, width + 6);
        if (name is "Flattened" or "OfFeatures")
        {
            var e = Assert.Throws<ArgumentException>(() => fused.call(input));
            Assert.Contains($"Use the declared size, {height} x {width}", e.Message, StringComparison.Ordinal);
            return;
        }
        Assert.InRange(Networks.Difference(network, fused, input), 0, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ASavedSnapshotGivesTheSame(string name)
    {
        using var network = Networks.Make(name);
        using var fused = Networks.Fuse(network, new FuseOptions { Threads = 1 });
        var (channels, height, width) = fused.Kernels!.Input;
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        try
        {
            fused.Save(file);
            using var loaded = (KernelNetwork)network.GetType().GetMethod("LoadFused")!.Invoke(null, [file, new FuseOptions { Threads = 1 }])!;
            var (c, h, w) = loaded.OutputOf(height, width);
            var input = randn(2, channels, height, width).data<float>().ToArray();
            float[] first = new float[2 * c * h * w], second = new float[2 * c * h * w];
            fused.Run(input, first, 2);
            loaded.Run(input, second, 2);

            Assert.Equal(first, second);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void AGroupNormBeginsAsInTorch()
    {
        using var network = new Normed();
        Assert.All(network.modules().OfType<TorchSharp.Modules.GroupNorm>(), static norm =>
        {
            Assert.True(norm.weight!.eq(1).all().item<bool>());
            Assert.True(norm.bias!.eq(0).all().item<bool>());
        });
    }

    /// <summary>What is neither a map nor features: in plain memory, in a profile and in a summary, and nothing of it is torch's.</summary>
    [Fact]
    public void ValuesOfOtherSizesAreGivenAsOthersAre()
    {
        using var network = (Boxes)Networks.Make("Boxes");
        using var fused = network.Fuse(new FuseOptions { Threads = 2 });
        using var input = randn(2, 3, 24, 16);
        using var expected = fused.call(input);
        var values = new float[2 * 288 * 6];
        fused.Kernels!.Run(input.data<float>().ToArray(), values, 2);

        Assert.Equal([2L, 288, 6], expected.shape);
        Assert.Equal([288L, 6], fused.Kernels.ResultsOf(24, 16)[0].Sizes);
        Assert.Equal([3L * 12 * 15, 6], fused.Kernels.ResultsOf(24, 30)[0].Sizes);
        Assert.Equal(expected.contiguous().data<float>().ToArray(), values);
        Assert.Superset(new HashSet<string> { "Reshape", "Softmax" }, fused.Profile(input, 2).Rows().Select(static row => row.Kind.Split(' ')[0]).ToHashSet());
        Assert.DoesNotContain(Boxes.Cost.Layers, static layer => layer.Pass == LayerPass.Torch);
        Assert.DoesNotContain("Torch", Boxes.Cost.Summary().Fusion(), StringComparison.Ordinal);
    }

    public static TheoryData<string> Names() => new(Networks.Names);
}
