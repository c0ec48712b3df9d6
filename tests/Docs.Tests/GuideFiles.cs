using System.Diagnostics;
using Blockwright.Tests.Shared.Pages;

namespace Blockwright.Docs.Tests;

/// <summary>The folder in which the guides' programs run, one after another: the training's has run first.</summary>
public sealed class GuideFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blockwright-guides-").FullName;

    public GuideFiles()
    {
        // torchvision's keys and shapes under the published file's name; the values are drawn.
        File.Copy(Path.Combine(Page.Root, "tests", "Runtime.Tests", "Data", "shufflenet_v2_x0_5.pth"), Path.Combine(_folder, "shufflenetv2_x0.5-f707e7126e.pth"));
        Training = Run("docs/guides/train.md");
    }

    /// <summary>What the training printed.</summary>
    public string Training { get; }

    /// <summary>Compiles a guide, runs it to its end, and gives what it printed.</summary>
    public string Run(string guide)
    {
        using var process = Start(guide);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{guide} ended with {process.ExitCode}:\n{output}{errors.GetAwaiter().GetResult()}");
        return output;
    }

    /// <summary>Compiles a guide and starts it, in a culture that is nobody's: pages show numbers with a point.</summary>
    internal Process Start(string guide, params string[] arguments)
    {
        // Beside the tests, where all is that it needs; their own lists say where.
        var name = Path.GetFileNameWithoutExtension(guide);
        var program = Path.Combine(AppContext.BaseDirectory, $"guide-{name}.dll");
        GuideCompiler.Compile(new Page(guide), program);
        var tests = Path.Combine(AppContext.BaseDirectory, "Blockwright.Docs.Tests");
        var start = new ProcessStartInfo("dotnet", ["exec", "--depsfile", $"{tests}.deps.json", "--runtimeconfig", $"{tests}.runtimeconfig.json", program, .. arguments])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        // Other tests run at the same time: torch's threads would wait for each other, and take six times as long.
        start.Environment["OMP_NUM_THREADS"] = "1";
        return Process.Start(start)!;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
