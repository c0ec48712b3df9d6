using System.Runtime.InteropServices;
using Blockwright.Gpu;
using Blockwright.Gpu.Cuda;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>What the driver is asked to do for a network: nodes, edges, parameters, streams, memory.</summary>
[Collection(CudaCollection.Name)]
public sealed class CudaExecutorTests : IDisposable
{
    private readonly Bench _bench = new();

    private FakeDriver Driver => _bench.Driver;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void HostMemoryIsCopiedWithinTheGraph()
    {
        using (var executor = _bench.Open(Bench.Plain))
        {
            var (input, output) = (Bench.Input(6), new float[7]);
            executor.Run(input, output, new(2, 1, 1));

            Assert.Equal([.. Mixing.InOrder(Bench.Plain(new(2, 1, 1)), input, _bench.Weights), 0], output);
            Assert.Equal(["cuGraphLaunch 0", "cuStreamSynchronize 0", "cuCtxPopCurrent"], Driver.Calls.TakeLast(3));
            Assert.Contains("cuGraphAddMemcpyNode Host Device 24 c0", Driver.Calls);
            Assert.Contains("cuGraphAddMemcpyNode Device Host 24 c0", Driver.Calls);
            Assert.Equal([null, "mix", "mix", null], Driver.LastGraph.Select(static node => node.Kernel));
            Assert.Equal([[], [0], [1], [2]], Edges());

            var calls = Driver.Calls.Count;
            executor.Run(Bench.Input(6), output, new(2, 1, 1));
            Assert.Equal(["cuCtxPushCurrent", "cuGraphLaunch", "cuStreamSynchronize", "cuCtxPopCurrent"], Driver.CallNames.Skip(calls));
        }
        AssertAllFreed();
    }

    [Fact]
    public unsafe void KernelsGetTheirGridBlockSharedMemoryAndArguments()
    {
        using var executor = _bench.Open(static _ => new([12], [8], 16,
        [
            new("mix", new(7, 5, 3), new(32, 4, 2), 100, [
                KernelArgument.Reads(MemoryOwner.Input, 4, 8), KernelArgument.Of(2), KernelArgument.Reads(MemoryOwner.Weights, 12, 4), KernelArgument.Of(1),
                KernelArgument.Writes(MemoryOwner.Output, 4, 4), KernelArgument.Of(1), KernelArgument.Of(-1.5f)]),
        ]));
        fixed (float* input = new float[3], output = new float[2])
            executor.RunOnDevice([(ulong)input], [(ulong)output], new(1, 1, 1));

        var node = Assert.Single(Driver.LastGraph);
        var given = node.Parameters;
        Assert.Equal((7u, 5u, 3u), (given.GridX, given.GridY, given.GridZ));
        Assert.Equal((32u, 4u, 2u, 100u), (given.BlockX, given.BlockY, given.BlockZ, given.SharedBytes));
        Assert.Equal((0, 0, 0), ((nint)given.Extra, given.Kernel, given.Context));
        Assert.Equal([2u, 1u, 1u, 0xBFC00000u], [node.Arguments[1], node.Arguments[3], node.Arguments[5], node.Arguments[6]]);
    }

    /// <summary>Each step stands between two events, and nothing beside it; the copies of one side are one step.</summary>
    [Fact]
    public void StepsAreTimedOneAfterTheOther()
    {
        using (var executor = _bench.Open(Bench.Plain))
        {
            using (var timed = executor.Timed([new(1, 1, 1), new(2, 1, 1)]))
            {
                var (input, output, expected) = (Bench.Input(6), new float[6], new float[6]);
                executor.Run(input, expected, new(2, 1, 1));
                Assert.Equal([0, 0.001, 0.002, 0.003, 0.004], timed.Run(ImagePart.Whole(2), input, output), static (one, other) => Math.Abs(one - other) < 1e-6);
                Assert.Equal(expected, output);
                Assert.Equal(4, timed.Run(ImagePart.Whole(1), Bench.Input(3), new float[3]).Length - 1);
                // It is one of the executor's calls: its memory goes when this is done with.
                executor.Dispose();
                Assert.Equal(expected, output);
                timed.Run(ImagePart.Whole(2), input, output);
            }
            Assert.Throws<ObjectDisposedException>(() => executor.Timed([new(1, 1, 1)]));
        }
        AssertAllFreed();
    }

    [Fact]
    public void ATimedGraphIsAChain()
    {
        using var executor = _bench.Open(Bench.Plain);
        using var timed = executor.Timed([new(2, 1, 1)]);
        Assert.Equal(["event", "copy", "event", "mix", "event", "mix", "event", "copy", "event"], Driver.LastGraph.Select(static node => node.Moment != 0 ? "event" : node.Kernel ?? "copy"));
        Assert.Equal([[], [0], [1], [2], [3], [4], [5], [6], [7]], Edges());
        Assert.Equal(5, Driver.LastGraph.Select(static node => node.Moment).Where(static moment => moment != 0).Distinct().Count());
        Assert.Contains("cuEventCreate 0", Driver.Calls);
    }

    [Fact]
    public unsafe void DeviceMemoryIsUsedInPlaceAndOnlyNodesOfTheCallersAreUpdated()
    {
        using (var executor = _bench.Open(Bench.Plain))
        {
            float[] input = Bench.Input(3), output = new float[3], other = new float[3];
            fixed (float* from = input, to = output, elsewhere = other)
            {
                executor.RunOnDevice([(ulong)from], [(ulong)to], new(1, 1, 1));
                Assert.Equal(Mixing.InOrder(Bench.Plain(new(1, 1, 1)), input, _bench.Weights), output);
                var updates = Count("cuGraphExecKernelNodeSetParams");
                executor.RunOnDevice([(ulong)from], [(ulong)to], new(1, 1, 1));
                Assert.Equal(updates, Count("cuGraphExecKernelNodeSetParams"));
                var calls = Driver.Calls.Count;
                executor.RunOnDevice([(ulong)from], [(ulong)elsewhere], new(1, 1, 1));
                Assert.Equal(2, Driver.CallNames.Skip(calls).Count(static call => call == "cuGraphExecKernelNodeSetParams"));
            }
            Assert.DoesNotContain(0f, other);
            Assert.DoesNotContain("cuGraphAddMemcpyNode", Driver.CallNames);
            Assert.DoesNotContain("cuStreamSynchronize", Driver.CallNames.SkipWhile(static call => call != "cuGraphLaunch"));
            Assert.Equal([3, 3], [Driver.CallNames.Count(static call => call == "cuGraphLaunch"), 1 + Driver.CallNames.Count(static call => call == "cuGraphAddKernelNode")]);
        }
        AssertAllFreed();
    }

    [Fact]
    public void SchedulesGiveWhatTheirOrderGivesWhicheverWayEdgesLetThemRun()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var schedule = Mixing.Random(seed);
            using var executor = _bench.Open(_ => schedule);
            var (input, output) = (Bench.Input((int)schedule.InputBytes / sizeof(float)), new float[schedule.OutputBytes / sizeof(float)]);
            executor.Run(input, output, new(1, 1, 1));
            var expected = Mixing.InOrder(schedule, input, _bench.Weights);
            Assert.True(expected.SequenceEqual(output), $"seed {seed}");
        }
        AssertAllFreed();
    }

    [Fact]
    public void BranchesDoNotWaitForEachOther()
    {
        using var executor = _bench.Open(static _ => new([8], [8], 16,
        [
            Mixing.Launch(Mixing.Floats(MemoryOwner.Input, 0, 1), Mixing.Floats(MemoryOwner.Weights, 0, 1), Mixing.Floats(MemoryOwner.Work, 0, 1), 1),
            Mixing.Launch(Mixing.Floats(MemoryOwner.Input, 1, 1), Mixing.Floats(MemoryOwner.Weights, 0, 1), Mixing.Floats(MemoryOwner.Work, 1, 1), 2),
            Mixing.Launch(Mixing.Floats(MemoryOwner.Work, 0, 1), Mixing.Floats(MemoryOwner.Work, 1, 1), Mixing.Floats(MemoryOwner.Output, 0, 2), 3),
        ]));
        executor.Run(Bench.Input(2), new float[2], new(1, 1, 1));

        Assert.Equal([[], [0], [0], [2, 1], [3]], Edges());
    }

    [Fact]
    public void SeveralAreCopiedEachByItself()
    {
        using (var executor = _bench.Open(Bench.Several))
        {
            var (input, output) = (Bench.Input(2 * 5), new float[(2 * 6) + 1]);
            executor.Run(input, output, new(2, 1, 1));
            Assert.Equal([.. Mixing.InOrder(Bench.Several(new(2, 1, 1)), input, _bench.Weights), 0], output);
            Assert.Equal([24, 16, 16, 32], Driver.Calls.Where(static call => call.StartsWith("cuGraphAddMemcpyNode", StringComparison.Ordinal)).Select(static call => int.Parse(call.Split(' ')[3])));
            // A launch waits for the input that it reads, and a copy back for what writes there.
            Assert.Equal([[], [], [0], [2, 1], [0], [4, 1], [4, 2], [5, 3]], Edges());
            Assert.Equal((4 * 22) + 4, executor.IdleBytes);
        }
        AssertAllFreed();
    }

    /// <summary>A call's images in parts: of each input and each result the part's own. The kernel reads what is there: the parts are of two sizes, each with memory of its own.</summary>
    [Fact]
    public void PartsOfACallAreTheirOwnImages()
    {
        using var executor = _bench.Open(Bench.Several);
        var (input, expected, output) = (Bench.Input(5 * 5), new float[5 * 6], new float[5 * 6]);
        executor.Run(input, expected, new(5, 1, 1));
        for (var part = ImagePart.Of(5, 3); part.Count > 0; part = part.Next(3))
            executor.Run(input, output, new(part.Count, 1, 1), part);
        Assert.Equal(expected, output);
        Assert.Throws<ArgumentException>(() => executor.Run(input[1..], output, new(2, 1, 1), new(0, 2, 5)));
        Assert.Throws<ArgumentException>(() => executor.Run(input, output[1..], new(2, 1, 1), new(0, 2, 5)));

        using var timed = executor.Timed([new(3, 1, 1), new(2, 1, 1)]);
        Array.Clear(output);
        for (var part = ImagePart.Of(5, 3); part.Count > 0; part = part.Next(3))
            Assert.Equal((2 * part.Count) + 3, timed.Run(part, input, output).Length);
        Assert.Equal(expected, output);
    }

    [Fact]
    public unsafe void SeveralAddressesAreUsedInPlace()
    {
        using (var executor = _bench.Open(Bench.Several))
        {
            float[] input = Bench.Input(10), expected = Mixing.InOrder(Bench.Several(new(2, 1, 1)), input, _bench.Weights);
            float[] first = input[..6], second = input[6..], third = new float[4], fourth = new float[8];
            fixed (float* a = first, b = second, c = third, d = fourth)
            {
                executor.RunOnDevice([(ulong)a, (ulong)b], [(ulong)c, (ulong)d], new(2, 1, 1));
                Assert.Equal(expected, third.Concat(fourth));
                var calls = Driver.Calls.Count;
                fourth.AsSpan().Clear();
                third.AsSpan().Clear();
                executor.RunOnDevice([(ulong)a, (ulong)b], [(ulong)c, (ulong)d], new(2, 1, 1));
                Assert.Equal(expected, third.Concat(fourth));
                Assert.DoesNotContain("cuGraphExecKernelNodeSetParams", Driver.CallNames.Skip(calls));
            }
        }
        AssertAllFreed();
    }

    [Fact]
    public void WhatSharesMemoryIsRefused()
    {
        using var executor = _bench.Open(Bench.Several);
        // An image's: 12 and 8 bytes to 8 and 16.
        Refused([64, 128], [132, 256], "the input and the output share memory");
        Refused([64, 128], [256, 56], "the input and the output share memory");
        Refused([64, 128], [256, 260], "two outputs share memory");
        Refused([64, 0], [256, 512], "0x0 is no address of floats");
        Refused([64, 128], [256, 513], "0x201 is no address of floats");
        Assert.DoesNotContain("cuGraphLaunch", Driver.CallNames);

        void Refused(ulong[] inputs, ulong[] outputs, string what) =>
            Assert.Contains(what, Assert.Throws<ArgumentException>(() => executor.RunOnDevice(inputs, outputs, new(1, 1, 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CallersContextIsAsItWas()
    {
        Driver.SetCurrentContext(0xAB);
        using (var executor = _bench.Open(Bench.Plain))
        {
            Assert.Equal(0xAB, Driver.CurrentContext);
            executor.Run(Bench.Input(3), new float[3], new(1, 1, 1));
            Assert.Equal(0xAB, Driver.CurrentContext);
            executor.Trim();
            Assert.Equal(0xAB, Driver.CurrentContext);
        }
        Assert.Equal(0xAB, Driver.CurrentContext);
        AssertAllFreed();
    }

    [Fact]
    public void AnotherStreamWaitsForWhatRanInTheSameMemory()
    {
        using (var executor = _bench.Open(Bench.Plain))
        {
            Assert.Equal(["cuGraphLaunch 0"], Streams(executor, 0));
            Assert.Equal(["cuGraphLaunch 0"], Streams(executor, 0));
            Assert.Equal(["cuEventCreate 2", "cuEventRecord 0", "cuStreamWaitEvent 7", "cuGraphLaunch 7", "cuEventRecord 7"], Streams(executor, 7));
            Assert.Equal(["cuGraphLaunch 7", "cuEventRecord 7"], Streams(executor, 7));
            Assert.Equal(["cuStreamWaitEvent 9", "cuGraphLaunch 9", "cuEventRecord 9"], Streams(executor, 9));
            Assert.Equal(["cuStreamWaitEvent 0", "cuGraphLaunch 0"], Streams(executor, 0));
            Assert.Equal(["cuEventRecord 0", "cuStreamWaitEvent 9", "cuGraphLaunch 9", "cuEventRecord 9"], Streams(executor, 9));
        }
        // The stream may be gone; its event is not.
        Assert.Contains("cuEventSynchronize", Driver.CallNames);
        AssertAllFreed();
    }

    [Fact]
    public void WeightsComeOnceAndEachSizeHasItsGraph()
    {
        using (var executor = _bench.Open(Bench.Plain))
        {
            foreach (var batch in (int[])[1, 2, 1, 2])
                executor.Run(Bench.Input(3 * batch), new float[3 * batch], new(batch, 1, 1));
            Assert.Equal(1, Count("cuMemcpyHtoD"));
            Assert.Equal(2, Count("cuGraphInstantiateWithFlags"));
            Assert.Equal((3 * 3 * 4) + (3 * 6 * 4), executor.IdleBytes);
            executor.Trim();
            Assert.Equal(0, executor.IdleBytes);
            executor.Run(Bench.Input(3), new float[3], new(1, 1, 1));
            Assert.Equal(3, Count("cuGraphInstantiateWithFlags"));
        }
        AssertAllFreed();
    }

    [Fact]
    public void SizesUsedLongestAgoMakeRoom()
    {
        using var executor = _bench.Open(Bench.Plain, keptBytes: 36 + 72);
        foreach (var batch in (int[])[1, 2, 1, 3])
            executor.Run(Bench.Input(3 * batch), new float[3 * batch], new(batch, 1, 1));
        Assert.Equal(108, executor.IdleBytes); // The size of 3 alone: 2 went first, then 1.
        Assert.Equal(2, Count("cuGraphExecDestroy"));
    }

    [Fact]
    public void NoMemoryFreesOtherSizesAndIsSaidWithWhatIsFree()
    {
        using (var executor = _bench.Open(Bench.Plain))
        {
            executor.Run(Bench.Input(3), new float[3], new(1, 1, 1));
            Driver.FreeBytes = 4000;
            var fault = Assert.Throws<CudaException>(() => executor.Run(new float[3000], new float[3000], new(1000, 1, 1)));
            Assert.Equal(2, fault.Code);
            Assert.StartsWith("cuMemAlloc: the device has no 12000 bytes for activations of Net: 4000 of 83886080 are free.", fault.Message, StringComparison.Ordinal);
            Assert.Equal(0, executor.IdleBytes);
            executor.Run(Bench.Input(3), new float[3], new(1, 1, 1));
        }
        AssertAllFreed();
    }

    [Fact]
    public void SharedMemoryBeyondTheUsualIsAskedForOnceAndNeverLowered()
    {
        using var executor = _bench.Open(static size => Bench.Plain(size) with
        {
            Launches = [.. Bench.Plain(size).Launches.Select(launch => launch with { SharedBytes = size.Batch * 50_000 })],
        });
        foreach (var batch in (int[])[2, 1, 3])
            executor.Run(Bench.Input(3 * batch), new float[3 * batch], new(batch, 1, 1));
        Assert.Equal(["cuFuncSetAttribute mix 8 100000", "cuFuncSetAttribute mix 8 150000"], Driver.Calls.Where(static call => call.StartsWith("cuFuncSetAttribute", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(2048, 1, 0, "Kernel mix asks for 2048 x 1 x 1 threads a block; Fake H100 has at most 1024.")]
    [InlineData(0, 1, 0, "Kernel mix asks for 0 x 1 x 1 threads a block; Fake H100 has at most 1024.")]
    [InlineData(32, 1, 300_000, "Kernel mix asks for 300000 bytes of shared memory; Fake H100 has at most 232448.")]
    [InlineData(32, 70_000, 0, "Kernel mix asks for a grid of 1 x 70000 x 1 blocks; Fake H100 has at most 2147483647 x 65535 x 65535.")]
    public void LaunchesBeyondTheDeviceAreNamed(int threads, int rows, int shared, string expected)
    {
        using var executor = _bench.Open(size => Bench.Plain(size) with { Launches = [Bench.Plain(size).Launches[0] with { Block = new(threads), Grid = new(1, rows), SharedBytes = shared }] });
        var fault = Assert.Throws<CudaException>(() => executor.Run(Bench.Input(3), new float[3], new(1, 1, 1)));
        Assert.Equal(expected, fault.Message);
    }

    [Theory]
    [InlineData(MemoryOwner.Input, 4, 12, "Kernel mix would use 12 bytes from 4 of Input, which has 12.")]
    [InlineData(MemoryOwner.Output, 0, 16, "Kernel mix would use 16 bytes from 0 of Output, which has 12.")]
    [InlineData(MemoryOwner.Work, -4, 4, "Kernel mix would use 4 bytes from -4 of Work, which has 12.")]
    [InlineData(MemoryOwner.Weights, 80, 4, "Kernel mix would use 4 bytes from 80 of Weights, which has 80.")]
    [InlineData(MemoryOwner.Work, long.MaxValue, 4, "Kernel mix would use 4 bytes from 9223372036854775807 of Work, which has 12.")]
    internal void NoKernelLeavesItsBuffers(MemoryOwner owner, long offset, long bytes, string expected)
    {
        using var executor = _bench.Open(size => Bench.Plain(size) with { Launches = [Bench.Plain(size).Launches[0] with { Arguments = [KernelArgument.Reads(owner, offset, bytes)] }] });
        var fault = Assert.Throws<CudaException>(() => executor.Run(Bench.Input(3), new float[3], new(1, 1, 1)));
        Assert.StartsWith(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cuGraphCreate", Driver.CallNames);
    }

    [Fact]
    public void WrongSpansAndAddressesAreRefused()
    {
        using var executor = _bench.Open(Bench.Plain);
        Assert.Equal("Net takes 3 values; the input has 4. (Parameter 'input')", Assert.Throws<ArgumentException>(() => executor.Run(new float[4], new float[3], new(1, 1, 1))).Message);
        Assert.Equal("Net gives 3 values; the output has room for 2. (Parameter 'output')", Assert.Throws<ArgumentException>(() => executor.Run(new float[3], new float[2], new(1, 1, 1))).Message);
        Assert.Equal("Net: 0x0 is no address of floats. (Parameter 'input')", Assert.Throws<ArgumentException>(() => executor.RunOnDevice([0], [64], new(1, 1, 1))).Message);
        Assert.Equal("Net: 0x82 is no address of floats. (Parameter 'output')", Assert.Throws<ArgumentException>(() => executor.RunOnDevice([64], [130], new(1, 1, 1))).Message);
        Assert.Contains("share memory", Assert.Throws<ArgumentException>(() => executor.RunOnDevice([64], [72], new(1, 1, 1))).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cuGraphLaunch", Driver.CallNames);
    }

    [Fact]
    public void DisposedOneRefusesAndDisposingTwiceIsNothing()
    {
        var executor = _bench.Open(Bench.Plain);
        executor.Dispose();
        executor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => executor.Run(Bench.Input(3), new float[3], new(1, 1, 1)));
        Assert.Throws<ObjectDisposedException>(executor.Trim);
        AssertAllFreed();
    }

    [Fact]
    public async Task DisposingWaitsForCallsThatRun()
    {
        using var isInside = new ManualResetEventSlim();
        using var mayGoOn = new ManualResetEventSlim();
        Driver.Kernels[Mixing.Kernel] = (Mixing.Arguments, arguments =>
        {
            isInside.Set();
            mayGoOn.Wait();
            Mixing.Run(arguments);
        });
        var executor = _bench.Open(Bench.Plain);
        var output = new float[3];
        var running = Task.Run(() => executor.Run(Bench.Input(3), output, new(1, 1, 1)));
        isInside.Wait();
        executor.Dispose();
        Assert.Contains("context", Driver.Held);
        Assert.Throws<ObjectDisposedException>(() => executor.Run(Bench.Input(3), new float[3], new(1, 1, 1)));
        mayGoOn.Set();
        await running;

        Assert.Equal(Mixing.InOrder(Bench.Plain(new(1, 1, 1)), Bench.Input(3), _bench.Weights), output);
        AssertAllFreed();
    }

    [Fact]
    public async Task ThreadsTakeTurns()
    {
        using (var executor = _bench.Open(Bench.Plain))
            await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
            {
                var size = new ImageSize((thread % 3) + 1, 1, 1);
                for (var i = 0; i < 20; i++)
                    executor.Run(Bench.Input(3 * size.Batch), new float[3 * size.Batch], size);
            })));
        AssertAllFreed();
    }

    [Fact]
    public void NoImagesAreNoCall()
    {
        using var executor = _bench.Open(Bench.Plain);
        var calls = Driver.Calls.Count;
        executor.Run([], [], new(0, 1, 1));
        executor.RunOnDevice([0], [0], new(0, 1, 1));
        Assert.Equal(calls, Driver.Calls.Count);
    }

    [Theory]
    [InlineData(0, 0, "NVIDIA's driver is there, and lists no device. No device is to be seen: does nvidia-smi list one?")]
    [InlineData(2, 2, "There is no CUDA device 2: the driver lists 2, counted from 0.")]
    [InlineData(2, -1, "There is no CUDA device -1: the driver lists 2, counted from 0.")]
    public void MissingDeviceIsSaid(int devices, int ordinal, string expected)
    {
        Driver.Devices = devices;
        var fault = Assert.Throws<CudaException>(() => CudaDevice.Open(Driver.Open(), ordinal));
        Assert.StartsWith(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OldDriverIsToldWhatItLacks()
    {
        var fault = Assert.Throws<CudaException>(() => new DriverFunctions("/lib/libcuda.so.1", static name => name is "cuGraphLaunch" or "cuGraphAddKernelNode_v2" ? 0 : 1));
        Assert.StartsWith("The CUDA driver at /lib/libcuda.so.1 lacks cuGraphLaunch. ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public unsafe void StructuresAreAsLargeAsTheDriverTakesThem()
    {
        Assert.Equal((72, 200), (sizeof(KernelNodeParameters), sizeof(CopyParameters)));
        Assert.Equal(48, (int)Marshal.OffsetOf<KernelNodeParameters>(nameof(KernelNodeParameters.Extra)));
    }

    [Fact]
    public void LargeCopiesGoInParts()
    {
        var copies = HostCopy.Of(1000, 25, isInput: false, most: 10).ToList();
        Assert.Equal([(0L, 10L), (10, 10), (20, 5)], copies.Select(static copy => (copy.Offset, copy.Bytes)));
        var last = copies[2].Parameters(new([0], [500], 0, 0));
        Assert.Equal((MemoryType.Device, 520ul, MemoryType.Host, 1020), (last.Source.Type, last.Source.Device, last.Target.Type, last.Target.Host));
        Assert.Equal(((nuint)5, (nuint)1, (nuint)1), (last.WidthInBytes, last.Height, last.Depth));
        Assert.Empty(HostCopy.Of(1000, 0, isInput: true));
    }

    private int Count(string call) => Driver.CallNames.Count(each => each == call);

    private unsafe List<string> Streams(CudaExecutor executor, nint stream)
    {
        var calls = Driver.Calls.Count;
        fixed (float* input = new float[3], output = new float[3])
            executor.RunOnDevice([(ulong)input], [(ulong)output], new(1, 1, 1), stream);
        return [.. Driver.Calls.Skip(calls).Where(static call => call.StartsWith("cuEvent", StringComparison.Ordinal) || call.StartsWith("cuStream", StringComparison.Ordinal) || call.StartsWith("cuGraphLaunch", StringComparison.Ordinal))];
    }

    private int[][] Edges()
    {
        var handles = Driver.LastGraph.Select(static node => node.Handle).ToList();
        return [.. Driver.LastGraph.Select(node => node.After.Select(handle => handles.IndexOf(handle)).ToArray())];
    }

    private void AssertAllFreed()
    {
        Assert.Empty(Driver.Held);
        Assert.Empty(Driver.Violations);
    }
}
