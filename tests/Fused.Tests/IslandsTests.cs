using Blockwright.Fused.Tests.Islands;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>Layers without a kernel (BW4006): kernels compute what is before and behind them, and torch what is between.</summary>
public class IslandsTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<Type, int> Networks => new()
    {
        { typeof(AtStart), 1 }, { typeof(InTheMiddle), 1 }, { typeof(AtTheEnd), 1 }, { typeof(InARow), 3 }, { typeof(InABranch), 6 }, { typeof(SeveralResults), 1 }, { typeof(OnFeatures), 1 },
        { typeof(OverTheBatch), 2 }, { typeof(WritesOver), 1 }, { typeof(Spread), 1 }, { typeof(Sizes.WithoutKernel), 1 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void KernelsAndTorchGiveWhatForwardGives(Type type, int islands)
    {
        using var network = Make(type);
        Assert.Equal(islands, network.Plans.Cpu!.Islands.Count());
        foreach (var set in Tests.Networks.InstructionSetsHere)
        {
            using var one = network.TakeSnapshot(new FuseOptions { InstructionSet = set, Threads = 1, BandBytes = 1 });
            using var two = network.TakeSnapshot(new FuseOptions { InstructionSet = set, Threads = 2 });
            using var plain = network.TakeSnapshot(new FuseOptions { InstructionSet = set, Threads = 1 });
            foreach (var (batch, more) in from batch in new[] { 1, 2, 3 } from more in new[] { 0, 10 } select (batch, more))
            {
                using var scope = NewDisposeScope();
                var input = randn(batch, network.Plans.Channels, network.Plans.Height + more, network.Plans.Width + more);
                var before = input.clone();
                AssertSame(network, two, input, $"{set}, 2 threads, {batch} of {more} more");
                AssertSame(network, one, input, $"{set}, by bands, {batch} of {more} more");
                // However many threads there are, the numbers are the same.
                foreach (var (first, second) in two.Results(input).Zip(plain.Results(input)))
                    Assert.True(first.equal(second).all().item<bool>());
                Assert.True(before.equal(input).all().item<bool>());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void TorchsOperationsAloneGiveTheSame(Type type, int islands)
    {
        using var network = Make(type);
        using var fused = network.TakeSnapshot(new FuseOptions { UseKernels = false });
        using var input = randn(3, network.Plans.Channels, network.Plans.Height, network.Plans.Width);

        Assert.True(islands > 0);
        AssertSame(network, fused, input, "torch's operations");
    }

    /// <summary>What kernels give behind an island is memory of its own in each call.</summary>
    [Fact]
    public void ResultsStayAsTheyAre()
    {
        using var network = (AtTheEnd)Make(typeof(AtTheEnd));
        using var fused = network.Fuse(new FuseOptions { Threads = 2 });
        using var input = randn(2, 3, 32, 32);
        using var other = randn(2, 3, 32, 32);
        using var first = fused.call(input);
        using var kept = first.clone();
        fused.call(other).Dispose();

        Assert.True(kept.equal(first).all().item<bool>());
    }

    [Fact]
    public void ValuesMayBeAskedForOnEitherSide()
    {
        using var network = (SeveralResults)Make(typeof(SeveralResults));
        using var fused = network.Fuse(new FuseOptions { Threads = 1 });
        using var input = randn(3, 3, 32, 32);
        using var noGradient = no_grad();
        string[] names = ["boxes", "weighed", "narrow"];
        using var expected = network.Features(input, names);
        using var found = fused.Features(input, names);

        Assert.Equal(network.FeatureNames, fused.FeatureNames);
        foreach (var name in names)
        {
            Assert.Equal(expected[name].shape, found[name].shape);
            Assert.True(found[name].allclose(expected[name], 1e-4, 1e-5), name);
        }
    }

    [Fact]
    public void PlainMemoryTakesAnIslandToo()
    {
        using var network = (AtTheEnd)Make(typeof(AtTheEnd));
        using var fused = network.Fuse(new FuseOptions { Threads = 2 });
        using var input = randn(2, 3, 32, 32);
        using var expected = fused.call(input);
        var values = new float[2 * 4 * 32 * 32];
        fused.Kernels!.Run(input.data<float>().ToArray(), values, 2);

        Assert.Equal([2L, 4, 32, 32], expected.shape);
        Assert.Equal(expected.contiguous().data<float>().ToArray(), values);
    }

    [Fact]
    public void AProfileNamesIt()
    {
        using var network = (InTheMiddle)Make(typeof(InTheMiddle));
        foreach (var threads in new[] { 1, 2 })
        {
            using var fused = network.Fuse(new FuseOptions { Threads = threads });
            using var input = randn(3, 3, 32, 32);
            var profile = fused.Profile(input, 2);

            Assert.Contains(profile.Rows(), static row => row is { Name: "up", Kind: "Up" });
        }
        Assert.Contains("Torch computes between them what has no kernel (BW4006): 1 Up.", InTheMiddle.Cost.Summary().Fusion(), StringComparison.Ordinal);
    }

    /// <summary>Nothing is written.</summary>
    [Fact]
    public void ItIsNotSaved()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        using var network = (InTheMiddle)Make(typeof(InTheMiddle));
        using var fused = network.Fuse(new FuseOptions { Threads = 1 });
        foreach (var save in new Action[] { () => fused.Save(file), () => fused.Kernels!.Save(file) })
        {
            var message = Assert.Throws<InvalidOperationException>(save).Message;
            Assert.Contains("This snapshot of InTheMiddle cannot be saved: there is no kernel for up: Module<Up> (BW4006)", message, StringComparison.Ordinal);
            Assert.Contains("net.SaveWeights(path)", message, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(file));
        Assert.Contains("InTheMiddle, up: Module<Up> (BW4006)", Assert.Throws<NotSupportedException>(() => InTheMiddle.LoadFused(file)).Message, StringComparison.Ordinal);
        Assert.Contains("stage.0.branch.3: Module<Contrast>; stage.0.branch.4: BatchNorm2d", Assert.Throws<NotSupportedException>(() => InABranch.LoadFused(file)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FuseDevice.Cuda)]
    [InlineData(FuseDevice.OpenCl)]
    public void AGpuHasNoKernelsForTheRest(FuseDevice device)
    {
        using var network = (InTheMiddle)Make(typeof(InTheMiddle));
        var message = Assert.Throws<NotSupportedException>(() => network.Fuse(new FuseOptions { Device = device })).Message;

        Assert.Contains($"cannot run on {device}: there is no kernel for its layer up: Module<Up> (BW4006)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherTypeRunsOnTorchsOperations()
    {
        using var network = (InTheMiddle)Make(typeof(InTheMiddle));
        network.to(ScalarType.Float64);
        using var fused = network.Fuse();

        Assert.Null(fused.Kernels);
    }

    [Fact]
    public void WhereNothingIsLeftForKernelsTorchComputesAll()
    {
        using var network = (NothingBetween)Make(typeof(NothingBetween));
        using var fused = network.Fuse();
        using var input = randn(2, 4, 16, 16);

        Assert.Null(fused.Kernels);
        AssertSame(network, fused, input, "torch's operations");
        Assert.Contains("Fuse() runs on torch's operations: there is no kernel for 0: Module<Up> (BW4006)", NothingBetween.Cost.Summary().Fusion(), StringComparison.Ordinal);
    }

    /// <summary>Its own type comes through, on the thread that calls, and the snapshot goes on afterwards.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WhatAModuleThrowsComesThrough(int threads)
    {
        using var network = (Throwing)Make(typeof(Throwing));
        using var fused = network.Fuse(new FuseOptions { Threads = threads });
        using var input = randn(3, 3, 16, 16);
        using var expected = fused.call(input);
        try
        {
            Thrower.What = static () => new KeyNotFoundException("of the user's own");
            Assert.Equal("of the user's own", Assert.Throws<KeyNotFoundException>(() => fused.call(input)).Message);
            Thrower.What = static () => new System.Runtime.InteropServices.ExternalException("what torch says");
            Assert.Equal("Throwing: faulty: Thrower, given Float32 of 3 x 8 x 16 x 16: what torch says", Assert.Throws<InvalidOperationException>(() => fused.call(input)).Message);
        }
        finally
        {
            Thrower.What = null;
        }
        Thrower.Threads.Clear();
        using var again = fused.call(input);

        Assert.True(again.equal(expected).all().item<bool>());
        Assert.Equal(1, Thrower.CallsOnThread(Environment.CurrentManagedThreadId));
    }

    /// <summary>Each call has memory of its own; only the team is shared.</summary>
    [Fact]
    public void SeveralThreadsMayCall()
    {
        using var network = (InABranch)Make(typeof(InABranch));
        using var fused = network.Fuse(new FuseOptions { Threads = 2 });
        var inputs = Enumerable.Range(1, 4).Select(static batch => randn(batch, 3, 32, 32)).ToArray();
        var expected = Array.ConvertAll(inputs, fused.call);
        Parallel.For(0, 32, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var found = fused.call(inputs[i % inputs.Length]);
            using var same = found.equal(expected[i % inputs.Length]);
            Assert.True(same.all().item<bool>());
        });
    }

    [Fact]
    public void TheModuleMayBeDisposedAndTheSnapshotTwice()
    {
        var network = (InTheMiddle)Make(typeof(InTheMiddle));
        var fused = network.Fuse(new FuseOptions { Threads = 1 });
        using var input = randn(2, 3, 32, 32);
        using var expected = fused.call(input);
        network.Dispose();
        using var found = fused.call(input);

        Assert.True(found.equal(expected).all().item<bool>());
        var tensors = Tensor.TotalCount;
        fused.Dispose();
        fused.Dispose();
        Assert.True(Tensor.TotalCount < tensors, "the copies of the island's weights are freed");
        Assert.Throws<ObjectDisposedException>(() => fused.call(input));
    }

    /// <summary>A collection frees its threads and its memory, in whatever order.</summary>
    [Fact]
    public void NobodyNeedsToDisposeIt()
    {
        using var network = (InABranch)Make(typeof(InABranch));
        var weak = Enumerable.Range(0, 5).Select(_ => Taken()).ToList();
        for (var i = 0; i < 10 && weak.Exists(static each => each.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(weak, static each => each.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference Taken()
        {
            var fused = network.Fuse(new FuseOptions { Threads = 2 });
            using var input = randn(2, 3, 32, 32);
            fused.call(input).Dispose();
            return new(fused.Kernels);
        }
    }

    internal static INetworkModule Make(Type type)
    {
        manual_seed(1);
        var network = (INetworkModule)Activator.CreateInstance(type)!;
        Tests.Networks.Draw(network.Module);
        return network;
    }

    /// <summary>Each result is what the module's own forward gives in float64.</summary>
    private static void AssertSame(INetworkModule network, INetworkSnapshot fused, Tensor input, string what)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var found = fused.Results(input);
        network.Module.to(ScalarType.Float64);
        var expected = network.Results(input.to(ScalarType.Float64));
        network.Module.to(ScalarType.Float32);
        Assert.Equal(expected.Length, found.Length);
        foreach (var (one, other) in expected.Zip(found))
        {
            Assert.Equal(one.shape, other.shape);
            Assert.True((other.to(ScalarType.Float64) - one).abs().max().item<double>() <= Tolerance * one.abs().max().item<double>(), what);
        }
    }
}
