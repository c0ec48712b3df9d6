using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Blockwright.Fused.Tests.Sizes;
using Blockwright.Tests.Shared;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>No other test runs beside it: it looks at the process's memory.</summary>
[CollectionDefinition(nameof(StressTests), DisableParallelization = true)]
[Collection(nameof(StressTests))]
public sealed class StressTests
{
    private const int Threads = 8;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan TimeToSettle = TimeSpan.FromSeconds(4);

    /// <summary>Eight threads on one snapshot for twenty seconds: each result is the first one, and memory stays as it is once all have run for a while.</summary>
    [Fact]
    public void ManyThreadsShareASnapshot()
    {
        using var network = (Hybrid)Networks.Make("Hybrid");
        using var fused = network.Fuse(new FuseOptions { Threads = 2 });
        var inputs = Enumerable.Range(0, Threads).Select(static i => randn(1 + (i % 3), 3, 32, 32).data<float>().ToArray()).ToArray();
        var expected = inputs.Select(input => Run(fused, input)).ToArray();
        var failures = new ConcurrentQueue<string>();
        var calls = new long[Threads];
        var end = DateTime.UtcNow + Time;
        var threads = Enumerable.Range(0, Threads).Select(i => new Thread(() => Call(i))).ToList();
        threads.ForEach(static thread => thread.Start());
        Thread.Sleep(TimeToSettle);
        var settled = HeldMemory.Bytes();
        threads.ForEach(static thread => thread.Join());

        Assert.Empty(failures);
        Assert.All(calls, static count => Assert.InRange(count, 100, long.MaxValue));
        Assert.InRange(HeldMemory.Bytes() - settled, long.MinValue, 16L << 20);

        void Call(int i)
        {
            while (DateTime.UtcNow < end && failures.IsEmpty)
            {
                try
                {
                    if (!Run(fused, inputs[i]).AsSpan().SequenceEqual(expected[i]))
                        failures.Enqueue($"Thread {i} found another result in call {calls[i]}.");
                    calls[i]++;
                }
                catch (Exception e)
                {
                    failures.Enqueue(e.ToString());
                }
            }
        }
    }

    /// <summary>A server that swaps its model: a snapshot is disposed while others call it. Calls that run come to their end, later ones are told.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ASnapshotMayBeDisposedWhileItIsCalled(bool useKernels)
    {
        using var network = (Hybrid)Networks.Make("Hybrid");
        var input = randn(2, 3, 32, 32).data<float>().ToArray();
        for (var round = 0; round < 40; round++)
        {
            var fused = network.Fuse(new FuseOptions { Threads = 2, UseKernels = useKernels });
            var expected = Run(fused, input);
            var failures = new ConcurrentQueue<string>();
            using var started = new CountdownEvent(4);
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(Call)).ToList();
            threads.ForEach(static thread => thread.Start());
            started.Wait();
            Thread.Sleep(round % 5);
            fused.Dispose();
            fused.Dispose();
            threads.ForEach(static thread => thread.Join());
            Assert.Empty(failures);
            Assert.Throws<ObjectDisposedException>(() => Run(fused, input));

            void Call()
            {
                try
                {
                    for (var call = 0; ; call++)
                    {
                        if (!Run(fused, input).AsSpan().SequenceEqual(expected))
                            failures.Enqueue($"Another result in call {call}.");
                        if (call == 0)
                            started.Signal();
                    }
                }
                catch (ObjectDisposedException)
                {
                    // What a caller is to be told.
                }
                catch (Exception e)
                {
                    failures.Enqueue(e.ToString());
                }
            }
        }
    }

    /// <summary>What is kept between calls is bounded in bytes, and goes when it is asked to.</summary>
    [Fact]
    public void MemoryOfManySizesIsBounded()
    {
        const long Kept = 32L << 20;
        using var network = (Hybrid)Networks.Make("Hybrid");
        using var fused = network.Fuse(new FuseOptions { Threads = 1, KeptBytes = Kept });
        long all = 0;
        for (var size = 200; size < 240; size++)
        {
            fused.Run(new float[3 * size * size], new float[10], 1, size, size);
            Assert.InRange(fused.Kernels!.IdleBytes, 1, Kept);
            using var alone = network.Fuse(new FuseOptions { Threads = 1, KeptBytes = 0 });
            alone.Run(new float[3 * size * size], new float[10], 1, size, size);
            all += alone.Kernels!.IdleBytes; // the last one stays in any case
        }

        Assert.InRange(all, 2 * Kept, long.MaxValue);
        fused.Trim();
        Assert.Equal(0, fused.Kernels!.IdleBytes);
    }

    /// <summary>Calls that are refused leave nothing behind.</summary>
    [Fact]
    public void RefusedCallsTakeNoMemory()
    {
        using var network = new FlattensFirst();
        using var fused = network.Fuse(new FuseOptions { Threads = 1 });
        var (input, output) = (new float[4 * 512 * 512], new float[3]);
        for (var i = 0; i < 20; i++)
            Assert.Throws<ArgumentException>(() => fused.Run(input, output, 1, 512, 512));
        var before = HeldMemory.Bytes();
        for (var i = 0; i < 500; i++)
            Assert.Throws<ArgumentException>(() => fused.Run(input, output, 1, 512, 512));

        // One call's maps alone are 4 MB.
        Assert.InRange(HeldMemory.Bytes() - before, long.MinValue, 64L << 20);
    }

    /// <summary>A snapshot that nobody disposes ends with the last who knows it: its threads, and its memory.</summary>
    [Fact]
    public void AForgottenSnapshotIsCollected()
    {
        using var network = (Hybrid)Networks.Make("Hybrid");
        var before = Process.GetCurrentProcess().Threads.Count;
        for (var i = 0; i < 50; i++)
            Forget(network);
        for (var i = 0; i < 20 && Process.GetCurrentProcess().Threads.Count > before + 10; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(50);
        }

        Assert.InRange(Process.GetCurrentProcess().Threads.Count, 0, before + 10);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(Hybrid network) => Run(network.Fuse(new FuseOptions { Threads = 3 }), new float[3 * 32 * 32]);
    }

    private static float[] Run(FusedNetwork fused, float[] input)
    {
        var batch = input.Length / (3 * 32 * 32);
        var output = new float[batch * 10];
        fused.Run(input, output, batch);
        return output;
    }
}
