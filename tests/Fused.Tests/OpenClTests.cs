using System.Diagnostics;
using Blockwright.Gpu;
using Blockwright.Gpu.OpenCl;
using Blockwright.Kernels;
using Blockwright.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>
/// The kernels for a GPU, by OpenCL, against each network's own forward in float64: at batches 1 and 3, at the declared size and two others, every piece of memory between guards and full of NaN before the first call.
/// </summary>
public sealed class OpenClTests
{
    private const double Tolerance = 1e-5;

    [SkippableTheory]
    [MemberData(nameof(SystemsTests.Names), MemberType = typeof(SystemsTests))]
    public void KernelsGiveWhatForwardGivesAndWriteNothingElse(string name)
    {
        OpenClMachine.Require();
        using var network = Networks.Make(name);
        using var guarded = new GuardedProgram((NetworkModule)network);
        var (height, width) = (guarded.OnDevice.Program.Grids[0].Height, guarded.OnDevice.Program.Grids[0].Width);
        var others = guarded.OnDevice.Program.SizeRules.IsEmpty ? new[] { (height + 13, width + 6), (height + 4, (2 * width) + 1) } : [];
        foreach (var (h, w) in others.Prepend((height, width)))
        {
            foreach (var batch in new[] { 1, 3 })
                AssertForward(network, guarded, batch, h, w);
        }
    }

    /// <summary>Larger batches have other tiles.</summary>
    [SkippableTheory]
    [InlineData("Hybrid")]
    [InlineData("Grouped")]
    [InlineData("Flattened")]
    public void LargeBatchesAreTaken(string name)
    {
        OpenClMachine.Require();
        using var network = Networks.Make(name);
        using var guarded = new GuardedProgram((NetworkModule)network);
        Assert.NotEmpty(guarded.OnDevice.Program.Schedules.Skip(1));
        foreach (var schedule in guarded.OnDevice.Program.Schedules.Skip(1))
            AssertForward(network, guarded, schedule.FromBatch + 1, guarded.OnDevice.Program.Grids[0].Height, guarded.OnDevice.Program.Grids[0].Width);
    }

    [SkippableTheory]
    [MemberData(nameof(SizesTests.Networks), MemberType = typeof(SizesTests))]
    public void SizesAreTakenAndRefusedAsOnTheCpu(Type type)
    {
        OpenClMachine.Require();
        manual_seed(1);
        using var network = (BlockModule)Activator.CreateInstance(type)!;
        network.eval();
        using var cpu = Networks.Fuse(network, new FuseOptions { Threads = 1 });
        using var gpu = Networks.Fuse(network, new FuseOptions { Device = FuseDevice.OpenCl });
        var (channels, height, width) = cpu.Kernels!.Input;
        foreach (var (h, w) in new[] { (height, width), (1, 1), (2, 2), (3, 5), (8, 6), (14, 14) })
        {
            using var input = randn(2, channels, h, w);
            Tensor expected;
            try
            {
                expected = cpu.call(input);
            }
            catch (ArgumentException e)
            {
                Assert.Equal(e.Message, Assert.Throws<ArgumentException>(() => gpu.call(input)).Message);
                continue;
            }
            using var found = gpu.call(input);
            Assert.Equal(expected.shape, found.shape);
            Assert.True(found.allclose(expected, 1e-4, 1e-5), $"{h} x {w}");
        }
    }

    /// <summary>The steps by the device's clock are the run, by the layers that they compute; products and bytes are the costs'.</summary>
    [SkippableTheory]
    [InlineData("ShuffleNetV2", 1)]
    [InlineData("ShuffleNetV2", 3)]
    [InlineData("Hybrid", 2)]
    [InlineData("Grouped", 9)] // another schedule
    public void AProfileHasEachLaunch(string name, int batch)
    {
        OpenClMachine.Require();
        using var network = (NetworkModule)Networks.Make(name);
        using var fused = network.Fuse(new FuseOptions { Device = FuseDevice.OpenCl });
        var (channels, height, width) = fused.Kernels!.Input;
        using var input = randn(batch, channels, height, width);
        var profile = fused.Profile(input, 3);

        var cost = network.GetCost().At(batch);
        Assert.Equal(2.0 * cost.MultiplyAdds, profile.Steps.Sum(static step => step.Flops));
        Assert.All(profile.Steps, static step => Assert.True(step is { Bytes: > 0, Calls: >= 3, FloorSeconds: 0 } && step.TotalSeconds >= 0));
        Assert.Equal(profile.RunSeconds.Sum(), profile.Steps.Sum(static step => step.TotalSeconds), 1e-9);
        Assert.All(profile.RunSeconds, static seconds => Assert.True(seconds > 0));
        Assert.Equal(2, profile.Steps.Count(static step => step.Kind == "copy"));
        var keys = cost.Layers.Where(static layer => layer.MultiplyAdds > 0).Select(static layer => layer.Key);
        Assert.Subset(profile.Steps.Select(static step => step.Name).ToHashSet(), keys.ToHashSet());
        // Each plane is written once and read at least once; a gather may read what the CPU's plan need not.
        Assert.InRange(profile.Steps.Where(static step => step.Kind != "copy").Sum(static step => step.Bytes), 0.5 * cost.FusedBytes, 2.0 * cost.FusedBytes);
        Assert.Contains("OpenCL: ", profile.Title, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void ATimedCallComputesTheSame()
    {
        OpenClMachine.Require();
        using var network = (NetworkModule)Networks.Make("Points");
        using var program = new OpenClProgram(network.Plans.Network, network.Plans.Gpu!, WeightFolding.Fold(network, network.Plans.Cpu!));
        var sizes = new GpuSizes(network.Plans.Network, program.Program, 6, 6);
        using var timed = new TimedOpenCl(program, sizes, [2], 6, 6);
        using var workspace = new OpenClWorkspace(program, sizes, 2, 6, 6);
        var input = randn(2, 5, 6, 6).data<float>().ToArray();
        float[] found = new float[6], expected = new float[6];
        workspace.Run(input, expected, ImagePart.Whole(2));
        var moments = timed.Run(ImagePart.Whole(2), input, found);
        Assert.Equal(expected, found);
        Assert.Equal(program.Program.ScheduleOf(2).Launches.Length + 3, moments.Length);
        Assert.Equal(moments.Order(), moments);
    }

    [SkippableFact]
    public void ASnapshotIsSavedByOneDeviceAndLoadedByTheOther()
    {
        OpenClMachine.Require();
        using var network = Networks.Make("Points");
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        try
        {
            using (var fused = Networks.Fuse(network, new FuseOptions { Device = FuseDevice.OpenCl }))
                fused.Save(file);
            using var cpu = Points.LoadFused(file, new FuseOptions { Threads = 1 });
            using var gpu = Points.LoadFused(file, new FuseOptions { Device = FuseDevice.OpenCl });
            var input = randn(2, 5, 6, 6).data<float>().ToArray();
            float[] first = new float[6], second = new float[6];
            cpu.Run(input, first, 2);
            gpu.Run(input, second, 2);

            Assert.Equal(first.Length, first.Zip(second).Count(static pair => Math.Abs(pair.First - pair.Second) < 1e-5));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Calls of several sizes at once, while the snapshot is trimmed and in the end disposed: each gives what it gives alone, or says that it is disposed.</summary>
    [SkippableFact]
    public void CallsRaceSafely()
    {
        OpenClMachine.Require();
        using var network = Networks.Make("Points");
        var fused = Networks.Fuse(network, new FuseOptions { Device = FuseDevice.OpenCl });
        var inputs = Enumerable.Range(1, 4).Select(static batch => randn(batch, 5, 6, 6).data<float>().ToArray()).ToList();
        var expected = inputs.ConvertAll(input => Run(fused, input));
        var disposed = 0;
        var threads = Enumerable.Range(0, 4).Select(i => new Thread(() =>
        {
            try
            {
                for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 10_000;)
                    Assert.Equal(expected[i], Run(fused, inputs[i]));
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref disposed);
            }
        })).ToList();
        threads.ForEach(static thread => thread.Start());
        for (var i = 0; i < 10; i++)
        {
            Thread.Sleep(20);
            fused.Trim();
        }
        fused.Dispose();
        threads.ForEach(static thread => thread.Join());

        Assert.Equal(threads.Count, disposed);
        Assert.Throws<ObjectDisposedException>(() => Run(fused, inputs[0]));
    }

    /// <summary>Many threads, two networks that share kernels, sizes that change with every call: PoCL ends the process when it runs one kernel at two sizes at once.</summary>
    [SkippableFact]
    public void ManyThreadsCallTwoNetworksAtChangingSizes()
    {
        OpenClMachine.Require();
        using var network = Networks.Make("Hybrid");
        using var cpu = Networks.Fuse(network, new FuseOptions { Threads = 1 });
        using var one = Networks.Fuse(network, new FuseOptions { Device = FuseDevice.OpenCl, KeptBytes = 1 << 20 });
        using var two = Networks.Fuse(network, new FuseOptions { Device = FuseDevice.OpenCl, KeptBytes = 0 });
        var wrong = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            var random = new Random(thread);
            for (var call = 0; call < 25; call++)
            {
                // Larger and larger ones: PoCL has no code for those yet.
                int batch = 1 + random.Next(3), side = 16 + random.Next(8) + (2 * call);
                var input = new float[batch * 3 * side * side];
                foreach (ref var value in input.AsSpan())
                    value = random.NextSingle() - 0.5f;
                float[] found = new float[batch * 10], expected = new float[batch * 10];
                (random.Next(2) == 0 ? one : two).Run(input, found, batch, side, side);
                cpu.Run(input, expected, batch, side, side);
                if (found.Zip(expected).Any(static pair => !(Math.Abs(pair.First - pair.Second) < 1e-4)))
                    Interlocked.Increment(ref wrong);
            }
        });

        Assert.Equal(0, wrong);
    }

    [SkippableFact]
    public void ABrokenKernelIsRefusedWithTheCompilersWords()
    {
        OpenClMachine.Require();
        using var device = new OpenClDevice();
        var e = Assert.Throws<OpenClException>(() => OpenClLibrary.BuildProgram(device.Context, device.Device, Dialect.OpenCl + "KERNEL(broken, 32, GLOBAL float* y) { y[0] = undeclared_name; }", ""));

        Assert.Contains("undeclared_name", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A class that was built without device code says how to build it, before it looks for any device.</summary>
    [Fact]
    public void AClassWithoutKernelsSaysHowToBuildIt()
    {
        using var network = Networks.Make("Points");
        var plan = Networks.PlanOf(network);
        var plans = new NetworkPlans("Points", 5, 6, 6, CpuTable.Write(plan));
        var e = Assert.Throws<NotSupportedException>(() => new KernelNetwork(plans, WeightFolding.Fold(network, plan), new FuseOptions { Device = FuseDevice.OpenCl }));

        Assert.Contains("BlockwrightDevice=opencl", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FuseDevice.Cpu)]
    [InlineData(FuseDevice.OpenCl)]
    [InlineData(FuseDevice.Cuda)]
    public void WhatHasNoKernelsIsNotTakenAndTheCauseIsSaid(FuseDevice device)
    {
        using var network = Networks.Make("Points");
        var options = new FuseOptions { Device = device };
        var where = device == FuseDevice.Cuda ? "on the CPU or on CUDA" : "on the CPU";
        AssertRefused(options with { UseKernels = false }, "UseKernels is false");
        network.to(ScalarType.Float64);
        AssertRefused(options, "Points is Float64: net.to(torch.float32) makes it float32");

        void AssertRefused(FuseOptions options, string cause) => Assert.Equal(
            $"A snapshot on {device} is taken of a float32 network {where}, and runs on Blockwright's own kernels; {cause}. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => ((NetworkModule)network).Fuse(options)).Message);
    }

    /// <summary>Whatever the device, and before any is looked for.</summary>
    [Fact]
    public void NumbersThatCannotBeAreRefused()
    {
        using var network = Networks.Make("Points");
        foreach (var device in Enum.GetValues<FuseDevice>())
        {
            var options = new FuseOptions { Device = device };
            AssertRefused(options with { Threads = 0 }, "options.Threads");
            AssertRefused(options with { Threads = -1 }, "options.Threads");
            AssertRefused(options with { Threads = 1025 }, "options.Threads");
            AssertRefused(options with { KeptBytes = -1 }, "options.KeptBytes");
            AssertRefused(options with { DeviceIndex = -1 }, "options.DeviceIndex");
            AssertRefused(options with { Fallback = (FuseFallback)3 }, "options.Fallback");
        }
        var e = Assert.Throws<ArgumentOutOfRangeException>(() => ((NetworkModule)network).Fuse(new FuseOptions { Device = (FuseDevice)7 }));
        Assert.StartsWith("A FuseDevice is one of Auto, Cpu, OpenCl, Cuda. (Parameter 'options.Device')", e.Message, StringComparison.Ordinal);

        void AssertRefused(FuseOptions options, string name) => Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => ((NetworkModule)network).Fuse(options)).ParamName);
    }

    [SkippableFact]
    public void TheDeviceIsNamedAndMayBeChosen()
    {
        OpenClMachine.Require();
        using var network = Networks.Make("Points");
        using var cpu = Networks.Fuse(network, new FuseOptions { Threads = 2, InstructionSet = InstructionSet.Portable });
        using var gpu = Networks.Fuse(network, new FuseOptions { Device = FuseDevice.OpenCl });
        Assert.Equal("the CPU: Portable, threads: 2", cpu.Kernels!.Device);
        Assert.StartsWith("OpenCL: ", gpu.Kernels!.Device, StringComparison.Ordinal);
        var e = Assert.Throws<OpenClException>(() => ((NetworkModule)network).Fuse(new FuseOptions { Device = FuseDevice.OpenCl, DeviceIndex = 99 }));
        Assert.StartsWith($"There is no OpenCL device 99. There are 0: {gpu.Kernels.Device["OpenCL: ".Length..]}", e.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(FuseFallback.Cpu, "the CPU's kernels")]
    [InlineData(FuseFallback.Torch, "torch's operations")]
    public void SomethingElseTakesTheKernelsPlaceAndSaysSoOnce(FuseFallback fallback, string instead)
    {
        OpenClMachine.Require();
        using var network = Networks.Make("Points");
        using var input = randn(2, 5, 6, 6);
        using var expected = network.call(input);
        var said = new List<string>();
        var before = FallbackNotice.Listener;
        FallbackNotice.Listener = said.Add;
        try
        {
            for (var i = 0; i < 2; i++)
            {
                using var fused = Networks.Fuse(network, new FuseOptions { Device = FuseDevice.OpenCl, DeviceIndex = 99, Fallback = fallback, Threads = 1 });
                using var found = fused.call(input);
                Assert.True(found.allclose(expected, 1e-4, 1e-5));
                Assert.Equal(fallback == FuseFallback.Cpu, fused.Kernels is not null);
            }
        }
        finally
        {
            FallbackNotice.Listener = before;
        }
        Assert.StartsWith($"Points runs on {instead}, as FuseOptions.Fallback asks. There is no OpenCL device 99.", Assert.Single(said), StringComparison.Ordinal);
    }

    [Fact]
    public void AFileHasNoTorchModuleToFallBackOn()
    {
        var e = Assert.Throws<ArgumentException>(() => Points.LoadFused("none", new FuseOptions { Fallback = FuseFallback.Torch }));
        Assert.StartsWith("A snapshot that comes from a file has no torch module to fall back on: Fallback may be Cpu.", e.Message, StringComparison.Ordinal);
    }

    private static void AssertForward(BlockModule network, GuardedProgram guarded, int batch, int height, int width)
    {
        using var input = randn(batch, network.InChannels, height, width);
        using var result = guarded.Run(input)[0];
        Assert.InRange(Networks.Difference(network, result, input), 0, Tolerance);
    }

    private static float[] Run(FusedNetwork fused, float[] input)
    {
        var batch = input.Length / (5 * 6 * 6);
        var output = new float[batch * 3];
        fused.Run(input, output, batch);
        return output;
    }
}
