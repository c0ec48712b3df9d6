namespace Blockwright.Package.Tests;

/// <summary>What fixes whole projects, as a user runs it on a project with the package: each mends all that has a certain fix, in one go and in the same way.</summary>
[Collection(nameof(PackedPackage))]
public sealed class BatchFixTests(PackedPackage package)
{
    private const string Roslynator = "1.0.1";

    /// <summary>Each rule has a diagnostic without a fix before those that have one.</summary>
    private const string Program = """
        using Blockwright;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        Console.WriteLine(typeof(Own.Net));

        namespace Own
        {
            class Passes : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv = Conv2d(8, 8, 1);
                public Passes() : base("Passes") => RegisterComponents();
                public override Tensor forward(Tensor x)
                {
                    using var scope = NewDisposeScope();
                    var y = conv.call(x);
                    var z = conv.call((y + x).tanh());
                    return (z + y).relu().MoveToOuterDisposeScope();
                }
            }

            class Lists : Module<Tensor, Tensor>
            {
                private readonly Dictionary<string, Conv2d> byName = new() { ["a"] = Conv2d(8, 8, 1) };
                private readonly List<Conv2d> list = new();
                private Conv2d? late;
                public Lists() : base("Lists")
                {
                    list.Add(Conv2d(8, 8, 1));
                    RegisterComponents();
                    late = Conv2d(8, 8, 1);
                }
                public override Tensor forward(Tensor x) => late!.call(byName["a"].call(list[0].call(x)));
            }

            [Network, Input(3, 64, 64), Conv2d(64, 3, Stride = 2), BatchNorm2d, ReLU, MaxPool2d(2), ReLU, Conv2d(8, 3, Name = "body"), ReLU, ReLU, Conv2d(10, 3, Name = "head")]
            public partial class Net;
        }
        """;

    private static readonly string Mended = Program
        .Replace("(z + y).relu()", "(z + y).relu_()", StringComparison.Ordinal)
        .Replace("List<Conv2d> list = new()", "ModuleList<Conv2d> list = new ModuleList<Conv2d>()", StringComparison.Ordinal)
        .Replace("late = Conv2d(8, 8, 1);\n", "late = Conv2d(8, 8, 1);\n            register_module(\"late\", late);\n", StringComparison.Ordinal)
        .Replace("MaxPool2d(2), ReLU, ", "MaxPool2d(2), ", StringComparison.Ordinal)
        .Replace("ReLU, ReLU, Conv2d(10", "ReLU, Conv2d(10", StringComparison.Ordinal);

    [Fact]
    public void DotnetFormatMendsAllThatCanBeMended()
    {
        var project = package.NewProject(Program, torch: "");
        Command.Dotnet(project, "restore");

        Command.Dotnet(project, "format", "analyzers", "--no-restore", "--severity", "info", "--verbosity", "normal");

        AssertMended(project);
    }

    [Fact]
    public void RoslynatorMendsAllThatCanBeMended()
    {
        var project = package.NewProject(Program, torch: "");
        Command.Dotnet(project, "restore");
        Command.Dotnet(project, "tool", "install", "roslynator.dotnet.cli", "--version", Roslynator, "--tool-path", "tools");

        // It ends with 1 where something stays that has no fix.
        Command.Failing(Path.Combine(project, "tools", "roslynator"), project, 1, "fix", $"{Path.GetFileName(project)}.csproj", "--supported-diagnostics", "BW4001", "BW4003", "BW6001", "--severity-level", "info");

        AssertMended(project);
    }

    private static void AssertMended(string project) => Assert.Equal(Mended, File.ReadAllText(Path.Combine(project, "Program.cs")));
}
