using System.Diagnostics;
using System.Globalization;

namespace Blockwright.Gpu.Tests;

/// <summary>
/// Every kind of kernel on Oclgrind, a device of OpenCL's that checks each load, store and barrier: nothing is read before it is written or beside its memory, and no two threads race. That it would be noticed is seen by taking
/// away each barrier in turn.
/// </summary>
public sealed class OclgrindTests : IDisposable
{
    private const string Library = "/usr/lib/oclgrind/liboclgrind-rt-icd.so";

    private readonly string _vendors = Directory.CreateTempSubdirectory("blockwright-oclgrind-").FullName;

    [SkippableTheory]
    [InlineData(nameof(Kinds))]
    [InlineData(nameof(Uneven))]
    [InlineData(nameof(Learned))]
    [InlineData(nameof(Norms))]
    [InlineData(nameof(Transposed))]
    [InlineData(nameof(Places))]
    [InlineData(nameof(Attention))]
    [InlineData(nameof(Arranged))]
    [InlineData(nameof(Several))]
    [InlineData(nameof(Deep))]
    [InlineData(nameof(Mean))]
    public void NothingIsObjectedTo(string network)
    {
        var (output, error) = Run(network);
        Assert.Equal("", error);
        Assert.Contains("Oclgrind", output, StringComparison.Ordinal);
        Assert.EndsWith("right", output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(nameof(Deep), 0)]
    [InlineData(nameof(Deep), 1)]
    [InlineData(nameof(Deep), 2)]
    [InlineData(nameof(Mean), 0)]
    public void AMissingBarrierIsNoticed(string network, int barrier) =>
        Assert.Matches("data race|[Uu]ninitialized value", Run(network, barrier.ToString(CultureInfo.InvariantCulture)).Error);

    public void Dispose() => Directory.Delete(_vendors, recursive: true);

    private (string Output, string Error) Run(params string[] arguments)
    {
        var isThere = File.Exists(Library);
        Assert.True(isThere || Environment.GetEnvironmentVariable("BLOCKWRIGHT_OPENCL") != "required", $"{Library} is missing: install oclgrind.");
        Skip.IfNot(isThere, $"{Library} is missing: Oclgrind is not installed.");
        File.WriteAllText(Path.Combine(_vendors, "oclgrind.icd"), Library);
        // Its check of what is uninitialised knows no code that was optimised.
        var start = new ProcessStartInfo("dotnet", [typeof(OclgrindTests).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["OCL_ICD_VENDORS"] = _vendors, ["OCLGRIND_DATA_RACES"] = "1", ["OCLGRIND_UNINITIALIZED"] = "1", ["OCLGRIND_LOCAL_MEM_SIZE"] = "49152", ["OCLGRIND_MAX_ERRORS"] = "3", ["OCLGRIND_BUILD_OPTIONS"] = "-cl-opt-disable" },
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output.Trim(), error.Result.Trim());
    }
}
