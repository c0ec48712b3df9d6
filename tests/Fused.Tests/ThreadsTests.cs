using System.Collections.Concurrent;
using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>Any number of threads gives what one gives, to the bit, also where there are many more of them than processors.</summary>
public class ThreadsTests
{
    private static readonly int[] Threads = [3, 33, 48, 64, 100];

    public static TheoryData<string, InstructionSet> Cases()
    {
        var cases = new TheoryData<string, InstructionSet>();
        foreach (var name in new[] { "AdaptiveSplit", "Hybrid", "MobileNetV2", "ResNet", "Tiled", "DenseNet", "GoogLeNet", "Flattened", "Tangled" })
        {
            foreach (var set in Networks.InstructionSetsHere)
                cases.Add(name, set);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AnyNumberGivesTheSame(string name, InstructionSet set)
    {
        using var network = Networks.Make(name);
        foreach (var batch in new[] { 1, 3, 50 })
        {
            using var alone = Networks.Fuse(network, new FuseOptions { InstructionSet = set, Threads = 1 });
            var input = Input(alone, batch);
            var expected = Run(alone, input, batch);
            foreach (var threads in Threads)
            {
                using var fused = Networks.Fuse(network, new FuseOptions { InstructionSet = set, Threads = threads });
                Assert.True(expected.AsSpan().SequenceEqual(Run(fused, input, batch)), $"batch {batch}, {threads} threads");
            }
        }
    }

    /// <summary>Nor does it depend on who else is in the batch.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void AnImageInABatchGivesWhatItGivesAlone(string name, InstructionSet set)
    {
        const int Batch = 8;
        using var network = Networks.Make(name);
        using var fused = Networks.Fuse(network, new FuseOptions { InstructionSet = set, Threads = 2 });
        var inputs = Enumerable.Range(0, Batch).Select(_ => Input(fused, 1)).ToArray();

        var expected = inputs.SelectMany(input => Run(fused, input, 1)).ToArray();

        Assert.Equal(expected, Run(fused, [.. inputs.SelectMany(static input => input)], Batch));
    }

    [Theory]
    [InlineData(33)]
    [InlineData(100)]
    public void CallersAtTheSameTimeGetTheSame(int threads)
    {
        using var network = Networks.Make("Hybrid");
        using var fused = Networks.Fuse(network, new FuseOptions { Threads = threads });
        var inputs = Enumerable.Range(1, 4).Select(batch => Input(fused, batch)).ToArray();
        var expected = inputs.Select((input, i) => Run(fused, input, i + 1)).ToArray();
        var failures = new ConcurrentQueue<string>();
        var callers = Enumerable.Range(0, 4).Select(i => new Thread(() =>
        {
            for (var call = 0; call < 20; call++)
            {
                if (!Run(fused, inputs[i], i + 1).AsSpan().SequenceEqual(expected[i]))
                    failures.Enqueue($"Caller {i} found another result in call {call}.");
            }
        })).ToList();
        callers.ForEach(static caller => caller.Start());
        callers.ForEach(static caller => caller.Join());

        Assert.Empty(failures);
    }

    /// <summary>What a thread has for itself is its bands: no copy of the maps, which it shares with the others.</summary>
    [Fact]
    public void MemoryGrowsByAThreadsBandsAlone()
    {
        using var network = Networks.Make("Hybrid");

        Assert.InRange(BytesOf(network, 100) - BytesOf(network, 1), 0, 99L * 2 * new FuseOptions().BandBytes);
    }

    /// <summary>Nor has a thread scratch of its own that gets no tile of any convolution.</summary>
    [Fact]
    public void ScratchIsForThreadsThatHaveWork()
    {
        using var network = Networks.Make("Tiled");

        Assert.Equal(BytesOf(network, 100), BytesOf(network, 1000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    [InlineData(int.MaxValue)]
    public void ANumberThatMakesNoSenseIsRefused(int threads)
    {
        using var network = new Hybrid();

        var e = Assert.Throws<ArgumentOutOfRangeException>(() => network.Fuse(new FuseOptions { Threads = threads }));
        Assert.Equal("options.Threads", e.ParamName);
        Assert.Contains("1 to 1024 threads", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnInstructionSetThatThereIsNotIsRefused()
    {
        using var network = new Hybrid();

        var e = Assert.Throws<ArgumentOutOfRangeException>(() => network.Fuse(new FuseOptions { InstructionSet = (InstructionSet)(-99) }));
        Assert.Contains("There is no instruction set -99. Expected one of Portable, AdvSimd, Avx2, Avx512.", e.Message, StringComparison.Ordinal);
    }

    /// <summary>What a snapshot keeps once it has run an image.</summary>
    private static long BytesOf(BlockModule network, int threads)
    {
        using var fused = Networks.Fuse(network, new FuseOptions { Threads = threads });
        Run(fused, Input(fused, 1), 1);
        return fused.Kernels!.IdleBytes;
    }

    private static float[] Input(FusedNetwork fused, int batch)
    {
        var (channels, height, width) = fused.Kernels!.Input;
        using var input = randn(batch, channels, height, width);
        return input.data<float>().ToArray();
    }

    private static float[] Run(FusedNetwork fused, float[] input, int batch)
    {
        var (_, height, width) = fused.Kernels!.Input;
        var (channels, outHeight, outWidth) = fused.Kernels.OutputOf(height, width);
        var output = new float[batch * channels * outHeight * outWidth];
        fused.Run(input, output, batch);
        return output;
    }
}
