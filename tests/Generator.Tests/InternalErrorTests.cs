using Blockwright.Analyzers.Declared;
using Blockwright.Generator.Emit;
using Blockwright.Generator.Parse;
using Blockwright.Generator.Plan;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Generator.Tests;

/// <summary>What the generator cannot write because of a mistake of its own stops the build, at the class, and nothing else.</summary>
public class InternalErrorTests
{
    private const string Source = """
        using Blockwright;
        namespace Zoo.@new;

        [System.Obsolete] partial class Broken { public int Twice => 2 * InChannels; }

        public partial class Outer
        {
            [Block, ReLU]
            public partial class Broken;
        }

        [Block, Conv1x1]
        public partial class Broken;

        [Block, ReLU]
        public partial class Whole;

        [Block, Apply<Broken>]
        public partial class User
        {
            public static TorchSharp.torch.Tensor Use(TorchSharp.torch.Tensor x) => new Broken(inChannels: 3).forward(x);
        }
        """;

    [Theory]
    [InlineData(false, nameof(NoRow))]
    [InlineData(true, nameof(NoText))]
    public void ItStopsTheBuildAtTheClass(bool isPlanned, string place)
    {
        var compilation = Compiling.Compilation("", Source);

        var result = Run(Failing(compilation, "global::Zoo.@new.Broken", isPlanned), compilation, out var output, out var diagnostics);

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(("BW0099", DiagnosticSeverity.Error, "docs/rules/BW0099.md"), (diagnostic.Id, diagnostic.Severity, diagnostic.Descriptor.HelpLinkUri));
        Assert.Equal(
            $"Blockwright failed to write 'Broken', which is a mistake of its own: KeyNotFoundException: No row. Not one., at {typeof(InternalErrorTests).FullName}.{place}; docs/rules/BW0099.md says what to report",
            diagnostic.GetMessage(null));
        Assert.Equal(compilation.SyntaxTrees[1], diagnostic.Location.SourceTree);
        Assert.Equal(Source.IndexOf("Broken;\n\n[Block, ReLU]", StringComparison.Ordinal), diagnostic.Location.SourceSpan.Start);
        Assert.Equal("Broken".Length, diagnostic.Location.SourceSpan.Length);
        // The rest of the code shows its own mistakes alone, which here are none.
        Assert.Null(result.Exception);
        Assert.Empty(output.GetDiagnostics().Where(static each => each.Severity == DiagnosticSeverity.Error));
        Assert.Equal(["Zoo.-new.Broken.g.cs"], result.GeneratedSources.Where(static source => source.SourceText.ToString().Contains("cannot be made", StringComparison.Ordinal)).Select(static source => source.HintName));
        Assert.Equal(4, result.GeneratedSources.Length);
    }

    [Theory]
    [InlineData("global::Zoo.@new.Outer.Broken", "Broken;\n}")]
    [InlineData("global::Zoo.@new.User", "User\n{")]
    public void ItIsFoundByItsFullName(string name, string at)
    {
        var compilation = Compiling.Compilation(Source);

        Run(Failing(compilation, name), compilation, out _, out var diagnostics);

        Assert.Equal(Source.IndexOf(at, StringComparison.Ordinal), Assert.Single(diagnostics).Location.SourceSpan.Start);
    }

    /// <summary>The analyzer builds the same graph, and leaves it to the generator to say what is wrong with the class.</summary>
    [Fact]
    public async Task TheAnalyzerDoesNotReportItToo()
    {
        var compilation = Compiling.Compilation(Source);
        Run(Failing(compilation, "global::Zoo.@new.Broken"), compilation, out var output, out var diagnostics);
        Assert.Single(diagnostics);

        Assert.Empty(await output.WithAnalyzers([new DeclarationAnalyzer()]).GetAnalyzerDiagnosticsAsync());
    }

    /// <summary>And once it is gone, so is its report.</summary>
    [Fact]
    public void AnEditThatHelpsTakesItAway()
    {
        var compilation = Compiling.Compilation(Source);
        var driver = Failing(compilation, "global::Zoo.@new.Broken").RunGenerators(compilation);
        var tree = compilation.SyntaxTrees[0];

        var moved = compilation.ReplaceSyntaxTree(tree, Compiling.Parse("// Moved.\n" + Source, path: tree.FilePath));
        driver = driver.RunGenerators(moved);
        Assert.Equal(moved.SyntaxTrees[0], Assert.Single(driver.GetRunResult().Diagnostics).Location.SourceTree);

        var mended = compilation.ReplaceSyntaxTree(tree, Compiling.Parse(Source.Replace("Conv1x1]\npublic partial class Broken", "Conv1x1]\npublic partial class Mended", StringComparison.Ordinal), path: tree.FilePath));
        Assert.Empty(driver.RunGenerators(mended).GetRunResult().Diagnostics);
    }

    /// <summary>Where nothing fails, nothing asks for the compilation.</summary>
    [Fact]
    public void InTheGoodCaseNothingRuns()
    {
        var compilation = Compiling.Compilation(Source);

        var result = Run(Compiling.Driver(compilation), compilation, out _, out var diagnostics);

        Assert.Empty(diagnostics);
        Assert.Equal(4, result.TrackedOutputSteps.SelectMany(static step => step.Value).Count());
    }

    [Fact]
    public void TheCauseIsSaidAndOneLineOfIt()
    {
        var thrown = Assert.Throws<TypeInitializationException>(static () => Thrower.Value);

        Assert.Equal($"InvalidOperationException: first second, at {typeof(InternalErrorTests).FullName}+Thrower.Throw", InternalError.Describe(thrown));
        Assert.Equal("IOException: never thrown", InternalError.Describe(new IOException("never thrown")));
    }

    /// <summary>A driver whose generator throws where it plans one class, or where it writes it.</summary>
    private static CSharpGeneratorDriver Failing(CSharpCompilation compilation, string name, bool isPlanned = false)
    {
        var generator = isPlanned
            ? new BlockwrightGenerator(KnownPlans.Of, (planned, cancellation) => planned.Closure.Declaration.FullName == name ? SourceWriter.Write(planned, NoText) : SourceWriter.Write(planned, cancellation))
            : new BlockwrightGenerator((closure, host, cancellation) => PlannedModule.Of(closure, host, closure.Declaration.FullName == name ? NoRow : NetworkPlan.Of, cancellation), SourceWriter.Write);
        return CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: (CSharpParseOptions)compilation.SyntaxTrees[0].Options);
    }

    private static NetworkPlan NoRow(BuildResult built, HostFacts host, CancellationToken cancellation) => throw new KeyNotFoundException("No row.\r\nNot one.");

    private static string NoText(NetworkPlan plan) => throw new KeyNotFoundException("No row.\r\nNot one.");

    private static GeneratorRunResult Run(GeneratorDriver driver, CSharpCompilation compilation, out Compilation output, out System.Collections.Immutable.ImmutableArray<Diagnostic> diagnostics) =>
        driver.RunGeneratorsAndUpdateCompilation(compilation, out output, out diagnostics).GetRunResult().Results.Single();

    private static class Thrower
    {
        public static readonly int Value = Throw();

        private static int Throw() => throw new InvalidOperationException("first\nsecond");
    }
}
