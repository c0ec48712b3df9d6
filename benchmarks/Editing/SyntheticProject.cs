using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace Blockwright.Benchmarks.Editing;

/// <summary>What completes the declared classes.</summary>
internal enum Variant
{
    /// <summary>Nothing.</summary>
    Without,

    /// <summary>The generated files, compiled like a person's.</summary>
    ByHand,

    /// <summary>The generator; and the analyzers look on.</summary>
    With,
}

/// <summary>
/// A project of 300 declared classes (ten networks and the 290 blocks that they use) and 300 hand-written modules, in 61 files. Nothing outside the declared
/// classes uses what the generator adds to them, so that the project compiles without it.
/// </summary>
internal sealed class SyntheticProject
{
    private const int Families = 10;
    private const int Stages = 5;
    private const int BlocksInFamily = 29;
    private const int FilesOfHandWritten = 30;
    private const int ModulesInFile = 10;

    private SyntheticProject(DirectoryInfo folder) => Folder = folder;

    public DirectoryInfo Folder { get; }

    /// <summary>Beside the project, so that its files are sources only where that is said.</summary>
    private string EmittedFolder => Folder.FullName + ".Emitted";

    public string File => Path.Combine(Folder.FullName, "Synthetic.csproj");

    public static SyntheticProject Write(DirectoryInfo folder, Parts parts)
    {
        folder.Create();
        var project = new SyntheticProject(folder);
        System.IO.File.WriteAllText(project.File, project.ProjectFile(parts));
        // What stands above the folder is not this project's.
        System.IO.File.WriteAllText(Path.Combine(folder.FullName, "Directory.Build.props"), "<Project />");
        System.IO.File.WriteAllText(Path.Combine(folder.FullName, "Directory.Build.targets"), "<Project />");
        for (var family = 0; family < Families; family++)
        {
            var declarations = Family(family).ToList();
            for (var part = 0; part < 3; part++)
                project.WriteCode(Invariant($"Declared{family}{(char)('A' + part)}.cs"), "using Blockwright;", declarations.Skip(part * 10).Take(10));
        }
        for (var file = 0; file < FilesOfHandWritten; file++)
        {
            var modules = Enumerable.Range(file * ModulesInFile, ModulesInFile).Select(HandWritten);
            project.WriteCode(Invariant($"HandWritten{file}.cs"), "using TorchSharp;\nusing TorchSharp.Modules;\nusing static TorchSharp.torch;\nusing static TorchSharp.torch.nn;", modules);
        }
        project.WriteCode("Counting.cs", "using System.Globalization;", [Unrelated]);
        return project;
    }

    private const string Unrelated = """
        public static class Counting
        {
            public static string Describe(IEnumerable<int> numbers)
            {
                var edited = 1;
                var sum = numbers.Where(number => number > edited).Sum();
                return string.Create(CultureInfo.InvariantCulture, $"{sum} above {edited}");
            }
        }
        """;

    private void WriteCode(string name, string usings, IEnumerable<string> classes) =>
        System.IO.File.WriteAllText(Path.Combine(Folder.FullName, name), $"{usings}\n\nnamespace Synthetic;\n\n{string.Join("\n\n", classes)}\n");

    /// <summary>Builds what was restored.</summary>
    public TimeSpan Build(Variant variant, params string[] arguments) => Commandline.Dotnet(Folder, ["build", "--no-restore", $"-p:Variant={variant}", .. arguments]);

    /// <summary>Writes the generated files out, for <see cref="Variant.ByHand"/>.</summary>
    public void WriteByHand()
    {
        Build(Variant.With, "--disable-build-servers", "-p:EmitCompilerGeneratedFiles=true", $"-p:CompilerGeneratedFilesOutputPath={EmittedFolder}");
        if (Directory.GetFiles(EmittedFolder, "*.cs", SearchOption.AllDirectories).Length < Families * (BlocksInFamily + 1))
            throw new InvalidOperationException($"'{EmittedFolder}' lacks generated files.");
    }

    /// <summary>What the generator writes for the project.</summary>
    public (int Files, long Bytes) Emitted()
    {
        Commandline.Dotnet(Folder, "restore", "--disable-build-servers");
        WriteByHand();
        var files = Directory.GetFiles(EmittedFolder, "*.cs", SearchOption.AllDirectories);
        return (files.Length, files.Sum(static file => new FileInfo(file).Length));
    }

    private string ProjectFile(Parts parts) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
          <ItemGroup>
            <Reference Include="{parts.Runtime}" />
            <Reference Include="{parts.TorchSharp}" />
          </ItemGroup>
          <PropertyGroup>
            <Variant Condition="'$(Variant)' == ''">{nameof(Variant.With)}</Variant>
          </PropertyGroup>
          <ItemGroup>
            <Analyzer Include="{string.Join(";", parts.Compiler)}" Condition="'$(Variant)' == '{nameof(Variant.With)}'" />
            <Compile Include="{EmittedFolder}/**/*.cs" Condition="'$(Variant)' == '{nameof(Variant.ByHand)}'" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>The units of ShuffleNet V2 and plain convolutions, each declared anew, and the network that uses them all.</summary>
    private static IEnumerable<string> Family(int family)
    {
        var network = new StringBuilder("[Network, Input(3, 224, 224)]\n[Path(\"conv1\"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU]\n");
        for (var block = 0; block < BlocksInFamily; block++)
        {
            var (stage, name) = (block % Stages, string.Create(CultureInfo.InvariantCulture, $"{family}x{block}"));
            yield return (block / Stages) switch
            {
                0 => DownUnit(name),
                1 or 2 or 3 => BasicUnit(name),
                _ => Plain(name, 48 * (stage + 1)),
            };
        }
        for (var stage = 0; stage < Stages; stage++)
        {
            network.Append(CultureInfo.InvariantCulture, $"[Stage<Down{family}x{stage}, Basic{family}x{stage + Stages}>(\"stage{stage}\", Channels = {48 * (stage + 1)}, Units = 3)]\n");
            for (var block = stage + (2 * Stages); block < BlocksInFamily; block += Stages)
                network.Append(CultureInfo.InvariantCulture, $"[Apply<{(block < 4 * Stages ? "Basic" : "Plain")}{family}x{block}>(Name = \"block{block}\")]\n");
        }
        yield return network.Append(CultureInfo.InvariantCulture, $"[GlobalAvgPool2d, Linear(1000, Name = \"fc\")]\npublic partial class Network{family};").ToString();
    }

    private static string DownUnit(string name) => $"""
        [Block]
        [From("in", As = "left", Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), BatchNorm2d, ReLU]
        [From("in", As = "right", Name = "branch2"), Conv1x1("out/2"), BatchNorm2d, ReLU, DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("left", "right"), ChannelShuffle(2)]
        public partial class Down{name};
        """;

    private static string BasicUnit(string name) => $$"""
        [Block]
        [Split("keep", "work")]
        [From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("keep", "work"), ChannelShuffle(2)]
        public partial class Basic{{name}}
        {
            public static int Twice(int number)
            {
                var edited = 1;
                return number * 2 + edited;
            }
        }
        """;

    private static string Plain(string name, int channels) => Invariant($"""
        [Block]
        [Path("conv"), Conv2d({channels}, 3), BatchNorm2d, ReLU, Conv1x1, BatchNorm2d, ReLU]
        public partial class Plain{name};
        """);

    private static string HandWritten(int number) => (number % 2) switch
    {
        0 => Invariant($$"""
            public sealed class Residual{{number}} : Module<Tensor, Tensor>
            {
                private const int Width = {{32 + (8 * (number % 7))}};
                private readonly Conv2d conv1 = Conv2d(Width, Width, 3, padding: 1, bias: false);
                private readonly BatchNorm2d bn1 = BatchNorm2d(Width);
                private readonly Conv2d conv2 = Conv2d(Width, Width, 3, padding: 1, bias: false);
                private readonly BatchNorm2d bn2 = BatchNorm2d(Width);

                public Residual{{number}}() : base(nameof(Residual{{number}})) => RegisterComponents();

                public override Tensor forward(Tensor x)
                {
                    using var scope = NewDisposeScope();
                    var edited = 1;
                    var y = functional.relu(bn1.call(conv1.call(x)), inplace: true);
                    y = bn2.call(conv2.call(y));
                    y.add_(x, edited);
                    return y.relu_().MoveToOuterDisposeScope();
                }
            }
            """),
        _ => Invariant($$"""
            public sealed class Branches{{number}} : Module<Tensor, Tensor>
            {
                private readonly Module<Tensor, Tensor> left;
                private readonly Module<Tensor, Tensor> right;

                public Branches{{number}}(int width = {{32 + (8 * (number % 5))}}) : base(nameof(Branches{{number}}))
                {
                    left = Sequential(Conv2d(width, width, 1, bias: false), BatchNorm2d(width), ReLU(inplace: true));
                    right = Sequential(
                        ("reduce", Conv2d(width, width, 1, bias: false)),
                        ("norm", BatchNorm2d(width)),
                        ("relu", ReLU(inplace: true)),
                        ("conv", Conv2d(width, width, 3, padding: 1)));
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    using var scope = NewDisposeScope();
                    var edited = 1;
                    var a = left.call(x);
                    var b = right.call(x);
                    return cat([a, b], dim: edited).MoveToOuterDisposeScope();
                }
            }
            """),
    };
}
