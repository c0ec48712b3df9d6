using System.Globalization;
using Blockwright.Gpu;
using Blockwright.Gpu.Cuda;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>Every call of the driver fails once: nothing is held then, the caller's context is as it was, and the exception names the call.</summary>
[Collection(CudaCollection.Name)]
public sealed unsafe class FaultTests
{
    // What is tried while memory is freed. Nobody is told of a failure there.
    private static readonly string[] OfFreeing =
    [
        "cuMemFree", "cuMemFreeHost", "cuModuleUnload", "cuGraphExecDestroy", "cuGraphDestroy", "cuEventDestroy", "cuEventSynchronize", "cuDevicePrimaryCtxRelease",
    ];

    // What is called both to compute and to free.
    private static readonly string[] OfBoth = ["cuCtxPushCurrent", "cuCtxPopCurrent", "cuStreamSynchronize"];

    [Fact]
    public void NothingLeaksAndTheCallIsNamedWhicheverFails()
    {
        var failed = new SortedSet<string>(StringComparer.Ordinal);
        for (var call = 1; Fail(call) is { } name; call++)
            failed.Add(name);
        // All of the driver's functions that there are; the errors' own texts are not calls that fail, and how much is free is asked where memory is short.
        Assert.Equal(
        [
            "cuCtxPopCurrent", "cuCtxPushCurrent", "cuDeviceGet", "cuDeviceGetAttribute", "cuDeviceGetCount", "cuDeviceGetName", "cuDevicePrimaryCtxRelease", "cuDevicePrimaryCtxRetain",
            "cuEventCreate", "cuEventDestroy", "cuEventElapsedTime", "cuEventRecord", "cuEventSynchronize", "cuFuncSetAttribute", "cuGraphAddEventRecordNode", "cuGraphAddKernelNode", "cuGraphAddMemcpyNode", "cuGraphCreate",
            "cuGraphDestroy", "cuGraphExecDestroy", "cuGraphExecKernelNodeSetParams", "cuGraphInstantiateWithFlags", "cuGraphLaunch", "cuInit", "cuMemAlloc", "cuMemFree",
            "cuMemFreeHost", "cuMemHostAlloc", "cuMemcpyHtoD", "cuModuleGetFunction", "cuModuleLoadDataEx", "cuModuleUnload", "cuStreamSynchronize", "cuStreamWaitEvent",
        ], failed);
    }

    [Fact]
    public void CallThatFailedOnceCanBeMadeAgain()
    {
        foreach (var name in (string[])["cuGraphExecKernelNodeSetParams", "cuGraphLaunch", "cuGraphAddKernelNode", "cuGraphInstantiateWithFlags", "cuStreamSynchronize", "cuMemAlloc", "cuMemHostAlloc"])
        {
            using var bench = new Bench();
            using var executor = bench.Open(Bench.Plain);
            bench.Driver.Fails = name;
            Assert.Equal(name, Assert.Throws<CudaException>(() => Use(executor)).Call);
            bench.Driver.Fails = null;
            Use(executor);
            // The second time it updates all nodes anew, whichever were when it failed.
            fixed (float* input = Bench.Input(3), output = new float[3])
            {
                executor.RunOnDevice([(ulong)input], [(ulong)output], new(1, 1, 1));
                Assert.Equal([(ulong)input, (ulong)output], [bench.Driver.LastGraph[0].Arguments[0], bench.Driver.LastGraph[1].Arguments[4]]);
            }
        }
    }

    [Fact]
    public void GraphThatWasMovedHalfwayIsMovedWhollyByTheNextCall()
    {
        using var bench = new Bench();
        using var executor = bench.Open(Bench.Plain);
        fixed (float* input = Bench.Input(3), output = new float[3], otherInput = Bench.Input(3), otherOutput = new float[3])
        {
            executor.RunOnDevice([(ulong)input], [(ulong)output], new(1, 1, 1));
            bench.Driver.FailsAt = bench.Driver.Calls.Count + 3; // Behind the context and the first node.
            var failed = false;
            try
            {
                executor.RunOnDevice([(ulong)otherInput], [(ulong)otherOutput], new(1, 1, 1));
            }
            catch (CudaException fault)
            {
                failed = fault.Call == "cuGraphExecKernelNodeSetParams";
            }
            Assert.True(failed);
            Assert.Equal((ulong)otherInput, bench.Driver.LastGraph[0].Arguments[0]);
            executor.RunOnDevice([(ulong)input], [(ulong)output], new(1, 1, 1));
            Assert.Equal([(ulong)input, (ulong)output], [bench.Driver.LastGraph[0].Arguments[0], bench.Driver.LastGraph[1].Arguments[4]]);
        }
    }

    [Fact]
    public void MemoryThatIsShortIsSaidEvenWhereNobodyKnowsHowMuchIsFree()
    {
        using var bench = new Bench();
        bench.Driver.FreeBytes = 10;
        bench.Driver.Fails = "cuMemGetInfo";
        var fault = Assert.Throws<CudaException>(() => bench.Open(Bench.Plain));
        Assert.StartsWith("cuMemAlloc: the device has no 80 bytes for weights of Net: how much is free it does not say.", fault.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Driver.Held);
    }

    [Theory]
    [InlineData(1, "cuGraphLaunch (Net) failed: CUDA_ERROR_INVALID_VALUE: invalid argument.")]
    [InlineData(700, "cuGraphLaunch (Net) failed: error 700. A kernel that ran before failed, of whichever library, and the process cannot use the device any more")]
    [InlineData(12345, "cuGraphLaunch (Net) failed: error 12345.")]
    public void WhatTheDriverSaysIsSaidWithWhatToDo(int code, string expected)
    {
        using var bench = new Bench();
        using var executor = bench.Open(Bench.Plain);
        (bench.Driver.Fails, bench.Driver.FailsWith) = ("cuGraphLaunch", code);
        var fault = Assert.Throws<CudaException>(() => Use(executor));
        Assert.StartsWith(expected, fault.Message, StringComparison.Ordinal);
        Assert.Equal(("cuGraphLaunch", code), (fault.Call, fault.Code));
    }

    /// <summary>Lets one call fail; gives its name, or null where there are not so many.</summary>
    private static string? Fail(int call)
    {
        using var bench = new Bench();
        var driver = bench.Driver;
        driver.SetCurrentContext(0xAB);
        driver.FailsAt = call;
        var fault = Record.Exception(() => UseAll(bench));
        var at = string.Create(CultureInfo.InvariantCulture, $"call {call}, {driver.Failed}: {fault}");
        Assert.True(driver.Held.Count == 0, $"{at}: held are {string.Join(", ", driver.Held)}");
        Assert.True(driver.Violations.Count == 0, $"{at}: {string.Join(", ", driver.Violations)}");
        Assert.Equal(0xAB, driver.CurrentContext);
        Assert.Equal(0, bench.Nvrtc.Held);
        if (driver.Failed is { } name)
            AssertSaid(name, fault, at);
        else
            Assert.Null(fault);
        return driver.Failed;
    }

    private static void AssertSaid(string failed, Exception? fault, string at)
    {
        if (OfFreeing.Contains(failed) || (OfBoth.Contains(failed) && fault is null))
        {
            Assert.True(fault is null, at);
            return;
        }
        var said = Assert.IsType<CudaException>(fault);
        Assert.Equal(failed, said.Call);
        Assert.StartsWith(failed, said.Message, StringComparison.Ordinal);
        Assert.Contains("CUDA_ERROR_INVALID_VALUE: invalid argument", said.Message, StringComparison.Ordinal);
        if (failed is "cuGraphAddKernelNode" or "cuGraphExecKernelNodeSetParams" or "cuModuleGetFunction" or "cuFuncSetAttribute")
            Assert.Contains("kernel mix", said.Message, StringComparison.Ordinal);
    }

    private static void UseAll(Bench bench)
    {
        var driver = bench.Driver.Open();
        driver.Initialize();
        using var executor = new CudaExecutor(CudaDevice.Open(driver, 0), bench.Program(Large), bench.Code, 1 << 20);
        Use(executor);
        executor.Trim();
        Use(executor);
        using var timed = executor.Timed([new(1, 1, 1), new(2, 1, 1)]);
        timed.Run(ImagePart.Whole(2), Bench.Input(6), new float[6]);
    }

    private static LaunchSchedule Large(ImageSize size) => Bench.Plain(size) with { Launches = [.. Bench.Plain(size).Launches.Select(static launch => launch with { SharedBytes = 60_000 })] };

    private static void Use(CudaExecutor executor)
    {
        executor.Run(Bench.Input(3), new float[3], new(1, 1, 1));
        fixed (float* input = new float[3], output = new float[3])
            foreach (var stream in (nint[])[0, 7])
                executor.RunOnDevice([(ulong)input], [(ulong)output], new(1, 1, 1), stream);
    }
}
