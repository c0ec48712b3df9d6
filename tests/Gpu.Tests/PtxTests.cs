using System.Diagnostics;
using Blockwright.Fused.Tests;

namespace Blockwright.Gpu.Tests;

/// <summary>
/// Kernels as CUDA C++, which clang turns into PTX without NVIDIA's headers: those of every network without optimisation, and of some with it, which takes ten times as long. All with it, with BLOCKWRIGHT_ZOO=all.
/// </summary>
public class PtxTests
{
    private static readonly string[] Few = ["ShuffleNetV2_x0_5", "HybridAttention", nameof(Several)];

    private static readonly string? Clang = Array.Find(["clang-14", "clang-15", "clang-16", "clang-19"], static name => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name))));

    public static TheoryData<string, string, string> Runs
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var name in ZooTests.All.Append(nameof(Several)))
            {
                data.Add(name, "-O0", "sm_70");
                if (Few.Contains(name) || ZooTests.AreAllAsked)
                    data.Add(name, "-O1", "sm_86");
            }
            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Runs))]
    public void BecomesPtx(string name, string optimisation, string architecture)
    {
        Require();
        using var network = name == nameof(Several) ? new Several() : ZooTests.Make(name);
        var kernels = network.Plans.Gpu!.Kernels;
        var (code, ptx, error) = Compile(Dialect.Source(Dialect.Cuda, kernels), architecture, optimisation);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains($".target {architecture}", ptx, StringComparison.Ordinal);
        Assert.All(kernels, kernel => Assert.Contains($".entry {kernel.Name}(", ptx, StringComparison.Ordinal));
    }

    /// <summary>Kernels that no network of the zoo has.</summary>
    [SkippableTheory]
    [InlineData("-O0", "sm_70")]
    [InlineData("-O1", "sm_86")]
    public void WhatIsArrangedBecomesPtx(string optimisation, string architecture)
    {
        Require();
        using var network = new Arranged();
        var (code, _, error) = Compile(Dialect.Source(Dialect.Cuda, network.Plans.Gpu!.Kernels), architecture, optimisation);
        Assert.Equal((0, ""), (code, error));
    }

    [SkippableFact]
    public void ABrokenKernelIsRefused()
    {
        Require();
        var (code, _, error) = Compile(Dialect.Cuda + "KERNEL(broken, 32, GLOBAL float* y) { y[0] = undeclared_name; }", "sm_70", "-O0");
        Assert.NotEqual(0, code);
        Assert.Contains("undeclared_name", error, StringComparison.Ordinal);
    }

    private static void Require()
    {
        Assert.False(Clang is null && OpenClMachine.IsRequired, "No clang was found.");
        Skip.If(Clang is null, "No clang was found.");
    }

    private static (int Code, string Output, string Error) Compile(string source, string architecture, string optimisation)
    {
        var builtins = Path.Combine(AppContext.BaseDirectory, "cuda_builtins.h");
        var start = new ProcessStartInfo(Clang!, ["-x", "cuda", "--cuda-device-only", "-nocudainc", "-nocudalib", $"--cuda-gpu-arch={architecture}", optimisation, "-S", "-Wno-unknown-cuda-version", "-include", builtins, "-o", "-", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.StandardInput.Write(source);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result.Trim());
    }
}
