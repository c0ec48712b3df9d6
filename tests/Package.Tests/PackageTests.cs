using System.Text.RegularExpressions;

namespace Blockwright.Package.Tests;

[Collection(nameof(PackedPackage))]
public sealed partial class PackageTests(PackedPackage package)
{
    private const string Program = """
        using Blockwright;
        using TorchSharp;

        var unit = new Fresh.Unit(inChannels: 8);
        using var input = torch.randn(2, 8, 5, 5);
        unit.eval();
        using var output = unit.forward(input);
        using var fused = unit.Fuse();
        using var same = fused.call(input);
        Console.WriteLine($"shape {string.Join("x", output.shape)}, fused differs by less than 1e-5: {(output - same).abs().max().item<float>() < 1e-5}");

        namespace Fresh
        {
            [Block]
            [Split("keep", "work")]
            [From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU]
            [Concat("keep", "work"), ChannelShuffle(2)]
            public partial class Unit;
        }
        """;

    [Fact]
    public void HoldsRuntimeGeneratorAnalyzersFixesAndTargets()
    {
        var entries = package.Entries();
        string[] expected =
        [
            "lib/net10.0/Blockwright.dll", "lib/net10.0/Blockwright.xml",
            "analyzers/dotnet/cs/Blockwright.Graph.dll", "analyzers/dotnet/cs/Blockwright.Generator.dll",
            "analyzers/dotnet/cs/Blockwright.Analyzers.dll", "analyzers/dotnet/cs/Blockwright.CodeFixes.dll",
            "buildTransitive/net10.0/Blockwright.targets", "buildTransitive/net10.0/BlockwrightMendTorchSharp.cs",
            "README.md", "LICENSE", "docs/rules/BW0001.md",
            "presets/default.globalconfig", "presets/strict.globalconfig", "presets/errors-only.globalconfig",
        ];
        Assert.All(expected, entry => Assert.Contains(entry, entries));
        Assert.DoesNotContain(entries, static entry => entry.Contains("CodeAnalysis", StringComparison.Ordinal) || entry.Contains("torch_cpu", StringComparison.Ordinal));
    }

    [Fact]
    public void AFreshProjectBuildsAndRunsABlock()
    {
        var project = package.NewFolder("Fresh");
        Command.Dotnet(project, "new", "console", "--no-restore");
        File.WriteAllText(Path.Combine(project, "Program.cs"), Program);
        Command.Dotnet(project, "add", "package", "Blockwright", "--version", package.Version, "--no-restore");
        Command.Dotnet(project, "add", "package", PackedPackage.NativeTorch, "--version", "2.10.0", "--no-restore");

        var output = Command.Dotnet(project, "run");

        Assert.Contains("shape 2x8x5x5, fused differs by less than 1e-5: True", output, StringComparison.Ordinal);
    }

    [Fact]
    public void AMistakeIsAnErrorOfTheBuild()
    {
        var project = package.NewProject(Program.Replace("From(\"work\"", "From(\"wrok\"", StringComparison.Ordinal));

        var output = Command.Dotnet(project, expectedCode: 1, "build");

        Assert.Matches("Program.cs\\(16,11\\): error BW0001: No value is called 'wrok' here", output);
    }

    [Theory]
    [InlineData("net8.0")]
    [InlineData("net9.0")]
    [InlineData("netstandard2.0")]
    [InlineData("net48")]
    public void AnOlderFrameworkIsRefusedByName(string framework)
    {
        var project = package.NewProject(Program, framework: framework, name: "Older" + framework);

        var output = Command.Dotnet(project, expectedCode: 1, "build");

        var error = Assert.Single(Error().Matches(output).Select(static match => match.Value).Distinct());
        Assert.Matches($"error NU1202: Package Blockwright .* is not compatible with {framework} .* supports: net10.0 ", error);
    }

    /// <summary>A file system takes 255 bytes for one name, metadata 1,023.</summary>
    [Fact]
    public void FilesOfLongNamesAreWritten()
    {
        var ofOneByte = $"N{new string('n', 370)}";
        var ofThree = $"N{new string('層', 300)}";
        var classes = new[] { ofOneByte, ofOneByte + "1", ofThree, ofThree + "1" }.Select(static name => $"\n[Block, ReLU] public partial class {name};");
        var project = package.NewProject(Program + string.Concat(classes), "<EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>");

        Command.Dotnet(project, expectedCode: 0, "build");

        Assert.Equal(5, Directory.GetFiles(Path.Combine(project, "obj"), "*.g.cs", SearchOption.AllDirectories).Count(static file => file.Contains("Blockwright.Generator", StringComparison.Ordinal)));
    }

    [Fact]
    public void DotnetFormatAppliesAPackagedFix()
    {
        const string network = """
            using Blockwright;

            [Network, Input(3, 64, 64), Conv2d(64, 3, Stride = 2), BatchNorm2d, ReLU, Conv2d(64, 3, Groups = 16), GlobalAvgPool2d, Linear(10)]
            public partial class Grouped;
            """;
        var project = package.NewProject(Program);
        var file = Path.Combine(project, "Grouped.cs");
        File.WriteAllText(file, network);

        var before = Command.Dotnet(project, expectedCode: 1, "build");
        Command.Dotnet(project, "format", "analyzers", "--diagnostics", "BW2001", "--severity", "warn", "--no-restore");

        Assert.Contains("error BW2001: Convolution of 64 to 64 channels in 16 groups at 32 x 32", before, StringComparison.Ordinal);
        Assert.Equal(network.Replace("Groups = 16", "Groups = 2", StringComparison.Ordinal), File.ReadAllText(file));
        Command.Dotnet(project, "build");
    }

    [GeneratedRegex("error [A-Z]+\\d+: .*")]
    private static partial Regex Error();
}
