using System.Diagnostics;
using Blockwright.Fused.Tests;
using Zoo;
using static TorchSharp.torch;

namespace Blockwright.Gpu.Tests;

/// <summary>
/// Networks of the zoo by OpenCL against the CPU's kernels, at a small size and batches of 1 and 3; and their kernels as CUDA C++, which clang turns into PTX. A few of them, or all with BLOCKWRIGHT_ZOO=all.
/// </summary>
public class ZooTests
{
    private const int Side = 64;

    private static readonly string[] Few = ["ShuffleNetV2_x0_5", "MobileNetV2", "ResNet18", "HybridAttention"];

    private static readonly string? Clang = Array.Find(["clang-14", "clang-15", "clang-16", "clang-19"], static name => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name))));

    public static TheoryData<string> Names => [.. Animal.All.Select(static animal => animal.Name).Where(static name => Environment.GetEnvironmentVariable("BLOCKWRIGHT_ZOO") == "all" || Few.Contains(name))];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void GivesWhatTheCpuGives(string name)
    {
        OpenClMachine.Require();
        manual_seed(1);
        using var network = Make(name);
        network.eval();
        using var cpu = Fuse(network, new FuseOptions { Threads = 1 });
        using var gpu = Fuse(network, new FuseOptions { Device = FuseDevice.OpenCl });
        foreach (var batch in new[] { 1, 3 })
        {
            using var input = randn(batch, 3, Side, Side);
            using var expected = cpu.call(input);
            using var found = gpu.call(input);
            Assert.InRange((found - expected).abs().max().item<float>() / expected.abs().max().item<float>(), 0, 2e-5);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void BecomesPtx(string name)
    {
        Assert.False(Clang is null && OpenClMachine.IsRequired, "No clang was found.");
        Skip.If(Clang is null, "No clang was found.");
        using var network = Make(name);
        foreach (var architecture in new[] { "sm_70", "sm_86" })
        {
            var (code, ptx, error) = Compile(Dialect.Source(Dialect.Cuda, network.Plans.Gpu!.Kernels), architecture);
            Assert.Equal((0, ""), (code, error));
            Assert.All(network.Plans.Gpu!.Kernels, kernel => Assert.Contains($".entry {kernel.Name}(", ptx, StringComparison.Ordinal));
        }
    }

    [SkippableFact]
    public void ABrokenKernelIsRefused()
    {
        Skip.If(Clang is null, "No clang was found.");
        var (code, _, error) = Compile(Dialect.Cuda + "KERNEL(broken, 32, GLOBAL float* y) { y[0] = undeclared_name; }", "sm_70");
        Assert.NotEqual(0, code);
        Assert.Contains("undeclared_name", error, StringComparison.Ordinal);
    }

    private static NetworkModule Make(string name) => Animal.All.Single(animal => animal.Name == name).Create();

    private static FusedNetwork Fuse(BlockModule network, FuseOptions options) => (FusedNetwork)network.GetType().GetMethod("Fuse", [typeof(FuseOptions)])!.Invoke(network, [options])!;

    private static (int Code, string Output, string Error) Compile(string source, string architecture)
    {
        var builtins = Path.Combine(AppContext.BaseDirectory, "cuda_builtins.h");
        var start = new ProcessStartInfo(Clang!, ["-x", "cuda", "--cuda-device-only", "-nocudainc", "-nocudalib", $"--cuda-gpu-arch={architecture}", "-O1", "-S", "-Wno-unknown-cuda-version", "-include", builtins, "-o", "-", "-"])
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
