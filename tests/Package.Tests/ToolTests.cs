namespace Blockwright.Package.Tests;

/// <summary>The tool as users have it: installed from the package, on a project that has Blockwright from its package.</summary>
[Collection(nameof(PackedPackage))]
public sealed class ToolTests(PackedPackage package)
{
    private const string Library = """
        using Blockwright;

        namespace Mine;

        [Network, Input(3, 32, 32), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU, ChannelShuffle(2), GlobalAvgPool2d, Linear(10, Name = "fc")]
        public partial class Net;
        """;

    /// <summary>A library, which has no reference to the export: its own runtime and torch are taken from beside it, the export from the tool.</summary>
    [Fact]
    public void ItBuildsAProjectAndRunsItsNetworks()
    {
        var project = package.NewProject(Library, "<OutputType>Library</OutputType>");
        Command.Dotnet(project, "tool", "install", "Blockwright.Tool", "--tool-path", "tools", "--version", package.Version, "--add-source", package.Feed);
        Assert.DoesNotContain(package.Entries("Blockwright.Tool"), static entry => entry.EndsWith("/Blockwright.dll", StringComparison.Ordinal) || entry.Contains("TorchSharp", StringComparison.Ordinal) || entry.Contains("Skia", StringComparison.Ordinal));
        var tool = Path.Combine(project, "tools", "dotnet-blockwright" + (OperatingSystem.IsWindows() ? ".exe" : ""));

        Assert.Contains("Net: 1 x 3 x 32 x 32 -> 1 x 10", Command.Program(tool, project, ["summary", ".", "Net"]), StringComparison.Ordinal);
        Assert.Contains("net.onnx", Command.Program(tool, project, ["export", ".", "Net", "-o", "net.onnx", "--no-build"]), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(project, "net.onnx")));
        Assert.Contains("Fuse(): differs by", Command.Program(tool, project, ["verify", Path.Combine("bin", "Release", "net10.0", Path.GetFileName(project) + ".dll"), "Mine.Net"]), StringComparison.Ordinal);
        Assert.Contains("has no network 'Other'. There are Net.", Command.Refused(tool, project, 2, "summary", ".", "Other", "--no-build"), StringComparison.Ordinal);

        var alone = package.NewProject(Library, "<OutputType>Library</OutputType>", torch: "", name: "WithoutTorch");
        Assert.Contains("Net: 1 x 3 x 32 x 32 -> 1 x 10", Command.Program(tool, alone, ["summary", ".", "Net"]), StringComparison.Ordinal);
        foreach (var command in new[] { "verify", "profile", "export" })
            Assert.StartsWith("torch's libraries could not be loaded", Command.Refused(tool, alone, 2, command, ".", "Net", "--no-build"), StringComparison.Ordinal);
    }
}
