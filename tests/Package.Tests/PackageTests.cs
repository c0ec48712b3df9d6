using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Blockwright.Tests.Shared.Pages;

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
            "analyzers/dotnet/cs/Blockwright.Analyzers.dll", "analyzers/dotnet/cs/Blockwright.CodeFixes.dll", "analyzers/dotnet/cs/Blockwright.Completion.dll",
            "buildTransitive/net10.0/Blockwright.targets", "buildTransitive/net10.0/BlockwrightMendTorchSharp.cs",
            "README.md", "LICENSE", "docs/rules/BW0001.md",
            "presets/default.globalconfig", "presets/strict.globalconfig", "presets/errors-only.globalconfig",
        ];
        Assert.All(expected, entry => Assert.Contains(entry, entries));
        Assert.DoesNotContain(entries, static entry => entry.Contains("CodeAnalysis", StringComparison.Ordinal) || entry.Contains("torch_cpu", StringComparison.Ordinal));
    }

    /// <summary>For the machine that packs, the same assembly with its code compiled ahead: the host takes that in whatever is not trimmed or compiled as a whole.</summary>
    [Fact]
    public void HoldsARuntimeThatIsCompiledAhead()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var ahead = $"runtimes/{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}/lib/net10.0/Blockwright.dll";
        using PEReader any = new(package.Read("lib/net10.0/Blockwright.dll")), own = new(package.Read(ahead));

        Assert.Equal(0, any.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
        Assert.NotEqual(0, own.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size);
        Assert.Equal(ModuleOf(any), ModuleOf(own));

        var project = package.NewProject("System.Console.WriteLine(typeof(Blockwright.FuseOptions).Assembly.Location);", torch: "");
        Assert.Contains(ahead.Replace('/', Path.DirectorySeparatorChar), Command.Dotnet(project, "run"), StringComparison.Ordinal);

        static Guid ModuleOf(PEReader file)
        {
            var metadata = file.GetMetadataReader();
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        }
    }

    /// <summary>It reads the runtime's tables, so it goes with that version alone; whoever does not export gets no Google.Protobuf.</summary>
    [Fact]
    public void TheExportIsAPackageOfItsOwn()
    {
        Assert.Contains("lib/net10.0/Blockwright.Onnx.dll", package.Entries("Blockwright.Onnx"));
        Assert.Contains($"id=\"Blockwright\" version=\"[{package.Version}]\"", package.Nuspec("Blockwright.Onnx"), StringComparison.Ordinal);
        Assert.Contains("id=\"Google.Protobuf\"", package.Nuspec("Blockwright.Onnx"), StringComparison.Ordinal);
        Assert.DoesNotContain("Grpc", package.Nuspec("Blockwright.Onnx"), StringComparison.Ordinal);
        Assert.DoesNotContain("Protobuf", package.Nuspec("Blockwright"), StringComparison.Ordinal);
    }

    [Fact]
    public void AMistakesHelpLinkIsAPageThatIsThere()
    {
        var project = package.NewProject("[Blockwright.Block, Blockwright.Conv1x1(\"inn\")] public partial class Unit;", "<OutputType>Library</OutputType>", torch: "");

        var link = HelpLink().Match(Command.Dotnet(project, 1, "build")).Groups[1].Value;

        Assert.StartsWith("# BW0006: ", File.ReadAllText(new Uri(link).LocalPath), StringComparison.Ordinal);
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

    /// <summary>TorchSharp would take torch from NuGet's cache, and a machine that tests has it there.</summary>
    [Fact]
    public void WithoutTorchsLibraryAModuleSaysWhichPackageBringsIt()
    {
        var project = package.NewProject("""
            Environment.SetEnvironmentVariable("NUGET_PACKAGES", AppContext.BaseDirectory);
            foreach (var make in new Func<IDisposable>[] { () => new Unit(8), () => new Net() })
            {
                try
                {
                    make().Dispose();
                }
                catch (InvalidOperationException e)
                {
                    Console.WriteLine($"{e.Message} {e.InnerException!.GetType().Name}");
                }
            }

            [Blockwright.Block, Blockwright.Conv1x1] public partial class Unit;
            [Blockwright.Network, Blockwright.Input(3, 8, 8), Blockwright.Conv1x1(8)] public partial class Net;
            """, torch: "");

        var output = Command.Dotnet(project, "run");

        Assert.Matches("(?m)^Unit needs torch's native library, .*dotnet add package TorchSharp-cpu --version 0\\.107\\.0, .* TypeInitializationException", output);
        Assert.Matches("(?m)^Net needs torch's native library, ", output);
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

            [Network, Input(3, 64, 64), Conv2d(64, 3, Stride = 2), BatchNorm2d, ReLU, MaxPool2d(2), ReLU, GlobalAvgPool2d, Linear(10, Name = "fc")]
            public partial class Idle;
            """;
        var project = package.NewProject(Program);
        var file = Path.Combine(project, "Idle.cs");
        File.WriteAllText(file, network);

        var before = Command.Dotnet(project, expectedCode: 1, "build");
        Format(project, "BW4003", "warn");

        Assert.Contains("error BW4003: ReLU does nothing", before, StringComparison.Ordinal);
        Assert.Equal(network.Replace("MaxPool2d(2), ReLU", "MaxPool2d(2)", StringComparison.Ordinal), File.ReadAllText(file));
        Command.Dotnet(project, "build");
    }

    /// <summary>A prediction keeps its classes, a reduction what it saves; an expansion that is wasted goes where somebody asks for what changes shapes.</summary>
    [Fact]
    public void ASweepChangesNoShapesUnlessItIsAsked()
    {
        const string networks = """
            using Blockwright;

            [Network, Input(2048, 28, 28)]
            [From("in", As = "a"), Conv1x1(256), BatchNorm2d, ReLU]
            [From("in", As = "b"), Conv2d(256, 3, Dilation = 12), BatchNorm2d, ReLU]
            [Concat("a", "b"), Conv1x1(64), BatchNorm2d, ReLU]
            public partial class Aspp;

            [Network, Input(3, 64, 64)]
            [Conv2d(256, 3, Stride = 2), BatchNorm2d, ReLU]
            [Conv1x1(21, Bias = true)]
            public partial class Segmenter;

            [Network, Input(64, 64, 64)]
            [Conv1x1(256), BatchNorm2d, Conv2d(10, 3)]
            public partial class Wasteful;
            """;
        var project = package.NewProject(Program);
        var file = Path.Combine(project, "Networks.cs");
        File.WriteAllText(file, networks);

        // A fresh project has nothing to format before its packages are there.
        Command.Dotnet(project, "restore");
        Format(project, "BW1001", "info");
        Assert.Equal(networks, File.ReadAllText(file));

        File.WriteAllText(Path.Combine(project, ".editorconfig"), "root = true\n[*.cs]\nblockwright_fixes = reshaping\n");
        Format(project, "BW1001", "info");
        Assert.Equal(networks.Replace("Conv1x1(256), BatchNorm2d, Conv2d", "Conv1x1, BatchNorm2d, Conv2d", StringComparison.Ordinal), File.ReadAllText(file));
    }

    /// <summary>
    /// In a build of which warnings are errors: what authors chose on purpose is said in no build, and the preset, or one line, makes it a warning, also where the same rule warns of something else.
    /// </summary>
    [Fact]
    public void WhatAuthorsChoseBreaksNoBuildUnlessItIsAsked()
    {
        const string network = """
            using Blockwright;

            [Block, Parameter("expand")]
            [From("in", As = "y"), Conv1x1("in*expand"), BatchNorm2d, ReLU6, DepthwiseConv2d(3), BatchNorm2d, ReLU6, Conv1x1("in"), BatchNorm2d]
            [Add("in", "y")]
            public partial class Residual;

            [Network, Input(3, 64, 64), Conv2d(16, 3, Stride = 2), BatchNorm2d, ReLU6, Apply<Residual>(6), GlobalAvgPool2d, Linear(10)]
            public partial class Mobile;
            """;
        var project = package.NewProject(Program);
        File.WriteAllText(Path.Combine(project, "Mobile.cs"), network);
        Assert.Empty(Said());

        var config = Path.Combine(project, ".editorconfig");
        File.WriteAllText(config, "root = true\n[*.cs]\ndotnet_diagnostic.BW4002.severity = warning\n");
        Assert.Equal(["BW4002"], Said());
        File.WriteAllText(config, "root = true\n[*.cs]\ndotnet_diagnostic.BW1001.severity = warning\ndotnet_diagnostic.BW4002.severity = none\n");
        Assert.Equal(["BW1001"], Said());
        File.WriteAllText(config, "root = true\n[*.cs]\ndotnet_diagnostic.BW1001.severity = default\n");
        Assert.Empty(Said());

        // The page's lines, at the end of the project.
        File.Delete(config);
        var preset = new Page("docs/rules/configuration.md").Blocks.Single(static block => block.Text.Contains("PkgBlockwright", StringComparison.Ordinal)).Text;
        var projectFile = Directory.GetFiles(project, "*.csproj").Single();
        File.WriteAllText(projectFile, File.ReadAllText(projectFile).Replace("</Project>", preset + "</Project>", StringComparison.Ordinal));
        Assert.Equal(["BW1001", "BW4002"], Said());

        IEnumerable<string> Said()
        {
            var output = Command.Dotnet(project, ["build", "-p:TreatWarningsAsErrors=false", "--no-incremental"]);
            return Rule().Matches(output).Select(static match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);
        }
    }

    private static void Format(string project, string id, string severity) =>
        Command.Dotnet(project, "format", "analyzers", "--diagnostics", id, "--severity", severity, "--no-restore");

    [GeneratedRegex("(?:warning|error) (BW\\d{4}): ")]
    private static partial Regex Rule();

    [GeneratedRegex("error [A-Z]+\\d+: .*")]
    private static partial Regex Error();

    [GeneratedRegex(@"error BW0006: .*\((file:///\S+)\)")]
    private static partial Regex HelpLink();
}
