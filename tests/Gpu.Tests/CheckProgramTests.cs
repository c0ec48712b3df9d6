using System.Diagnostics;
using Blockwright.Gpu.Cuda;
using Blockwright.Runtime.Tests.Weights;

namespace Blockwright.Gpu.Tests;

/// <summary>The program that checks a machine with a GPU, on one without: what it says, and its exit codes.</summary>
public class CheckProgramTests
{
    [SkippableFact]
    public void WithoutAGpuItSaysWhatItLookedForAndGivesThree()
    {
        Skip.If(HasDriver(), "This machine has NVIDIA's driver.");
        var (code, output, error) = Run();
        Assert.Equal((3, ""), (code, output));
        Assert.Matches("^NVIDIA's driver for CUDA was not found. Looked for (libcuda.so.1|nvcuda.dll):", error);
    }

    [Theory]
    [InlineData("--device")]
    [InlineData("--device", "-1")]
    [InlineData("--network", "none")]
    [InlineData("--fast")]
    public void WrongArgumentsGiveTwo(params string[] arguments)
    {
        var (code, output, error) = Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("blockwright-gpu-check [--device N]", error, StringComparison.Ordinal);
    }

    private static bool HasDriver()
    {
        try
        {
            _ = DriverLibrary.Machine;
            return true;
        }
        catch (CudaException)
        {
            return false;
        }
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(TestFolder.RepositoryRoot, "gpu", "Check", "bin", configuration, "net10.0", "blockwright-gpu-check.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
