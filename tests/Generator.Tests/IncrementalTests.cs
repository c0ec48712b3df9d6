using System.Collections;
using System.Reflection;
using Blockwright.Generator.Plan;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Generator.Tests;

/// <summary>An edit re-runs only what it concerns.</summary>
public class IncrementalTests
{
    private const string Blocks = """
        using Blockwright;
        namespace Zoo;

        [Block, Conv1x1, BatchNorm2d, ReLU]
        public partial class Inner;

        [Block]
        [Apply<Inner>(Name = "inner")]
        public partial class User;

        [Block, Sigmoid]
        public partial class Other;

        [Network, Input(3, 8, 8), Apply<User>(Name = "user"), GlobalAvgPool2d]
        public partial class Whole;
        """;

    private const string Program = """
        namespace Zoo;

        internal static class Program
        {
            public static int Main() => 0;
        }
        """;

    public static TheoryData<string, int, string, string> UnrelatedEdits => new()
    {
        { "another method in another file", 1, "Main() => 0;", "Main() => 1; private static int More() => 2;" },
        { "a comment in another file", 1, "internal static", "// Starts.\ninternal static" },
        { "another class in another file", 1, "internal static class Program", "internal class Another;\ninternal static class Program" },
        { "a comment before the blocks", 0, "namespace Zoo;", "namespace Zoo; // the animals" },
        { "a comment among the attributes", 0, "[Block]\n", "[Block] // wide\n\n" },
        { "attributes in other brackets", 0, "[Block, Conv1x1, BatchNorm2d, ReLU]", "[Block] [Conv1x1]\n[BatchNorm2d]\n[ReLU()]" },
        { "another spelling of a number", 0, "Input(3, 8, 8)", "Input(1 + 2, 0x8, height: 8)".Replace("0x8, height: 8", "height: 0x8, width: 8", StringComparison.Ordinal) },
        { "a member in a block", 0, "public partial class Other;", "public partial class Other { public int Twice => 2 * InChannels; }" },
        { "another attribute on a block", 0, "public partial class Other;", "[System.Obsolete] public partial class Other;" },
        { "a class beside the blocks", 0, "[Block, Sigmoid]", "public class Plain { }\n\n[Block, Sigmoid]" },
    };

    [Theory]
    [MemberData(nameof(UnrelatedEdits))]
    public void AnUnrelatedEditReRunsNothing(string edit, int file, string from, string to)
    {
        var result = RunTwice(file, from, to);

        Assert.Empty(result.Diagnostics);
        foreach (var step in BlockwrightGenerator.Steps.All)
            Assert.All(Outputs(result, step), output => Assert.True(IsUnchanged(output.Reason), $"{edit}: {step} is {output.Reason}"));
        Assert.All(SourceOutputs(result), output => Assert.True(output.Reason == IncrementalStepRunReason.Cached, $"{edit}: an output is {output.Reason}"));
    }

    /// <summary>A module's forward is nobody's here, and neither are others' constructors.</summary>
    [Theory]
    [InlineData("forward(Tensor x) => x;", "forward(Tensor x) => x + 1;", false)]
    [InlineData("public Plain() { }", "public Plain(int x) { }", false)]
    [InlineData("public Own(int channels)", "public Own(int channels, int more = 1)", false)]
    [InlineData("\"in*2\"", "\"in*3\"", true)]
    [InlineData("public Own(int channels)", "public Own(string channels)", true)]
    public void AnEditOfAModuleReRunsItsUsersAlone(string from, string to, bool reRuns)
    {
        const string Source = """
            using Blockwright;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;
            namespace Zoo;

            [Block, Module<Own>("in"), Conv1x1]
            public partial class User;

            [Block, Sigmoid]
            public partial class Other;

            [Shape("in*2")]
            public class Own : Module<Tensor, Tensor>
            {
                public Own(int channels) : base("") { }
                public override Tensor forward(Tensor x) => x;
            }

            public class Plain
            {
                public Plain() { }
            }
            """;
        var compilation = Compiling.Compilation(Source);
        Assert.Contains(from, Source, StringComparison.Ordinal);
        var driver = Compiling.Driver(compilation).RunGenerators(compilation);
        var edited = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[0], Compiling.Parse(Source.Replace(from, to, StringComparison.Ordinal), path: compilation.SyntaxTrees[0].FilePath));
        var result = driver.RunGenerators(edited).GetRunResult();

        var again = Outputs(result, BlockwrightGenerator.Steps.Closures).Where(static output => !IsUnchanged(output.Reason)).Select(static output => NameIn(output.Value)).ToList();
        Assert.Equal(reRuns ? ["User"] : [], again);
    }

    [Fact]
    public void AnEditOfABlockReRunsItsUsersAlone()
    {
        var result = RunTwice(0, "[Block, Conv1x1, BatchNorm2d, ReLU]", "[Block, Conv1x1, BatchNorm2d, ReLU6]");

        var again = Outputs(result, BlockwrightGenerator.Steps.Closures).Where(static output => !IsUnchanged(output.Reason)).Select(static output => NameIn(output.Value)).ToList();
        Assert.Equal(["Inner", "User", "Whole"], again.Order(StringComparer.Ordinal));
        // A block's code names the blocks that it applies and nothing in them; a network's plan has them all in it.
        var written = Outputs(result, BlockwrightGenerator.Steps.Sources).Where(static output => output.Reason == IncrementalStepRunReason.Modified).Select(static output => output.Value.ToString()!).ToList();
        Assert.Equal(2, written.Count);
        Assert.Contains("relu6_()", Assert.Single(written, static text => text.Contains("partial class Inner", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("ReLU6", Assert.Single(written, static text => text.Contains("partial class Whole", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(IncrementalStepRunReason.Cached, Assert.Single(Outputs(result, BlockwrightGenerator.Steps.Sources), static output => output.Value.ToString()!.Contains("partial class Other", StringComparison.Ordinal)).Reason);
    }

    /// <summary>A compiler that serves many builds starts each with a driver that remembers nothing.</summary>
    [Fact]
    public void AnotherDriverPlansOnlyWhatAnEditConcerns()
    {
        var compilation = Compiling.Compilation(Blocks, Program);
        var tree = compilation.SyntaxTrees[0];
        var edited = compilation.ReplaceSyntaxTree(tree, Compiling.Parse(Blocks.Replace("[Block, Conv1x1,", "[Block, Conv1x1(8),", StringComparison.Ordinal), path: tree.FilePath));
        var older = Compiling.Compilation([Compiling.Parse(Blocks, LanguageVersion.CSharp10, tree.FilePath)], Compiling.References).WithAssemblyName(compilation.AssemblyName);

        var first = Planned(compilation);

        Assert.Equal(["Inner", "Other", "User", "Whole"], Planned(compilation.WithAssemblyName(compilation.AssemblyName)).Where(first.Contains).Select(NameOf).Order(StringComparer.Ordinal));
        Assert.Equal(["Other"], Planned(edited).Where(first.Contains).Select(NameOf));
        Assert.DoesNotContain(Planned(older), first.Contains);

        static HashSet<object> Planned(CSharpCompilation compilation) =>
            new(Outputs(Compiling.Driver(compilation).RunGenerators(compilation).GetRunResult(), BlockwrightGenerator.Steps.Plans).Select(static output => output.Value), ReferenceEqualityComparer.Instance);

        static string NameOf(object planned) => ((PlannedModule)planned).Closure.Declaration.Name;
    }

    [Fact]
    public void AnotherBlockAddsItsCodeAndReRunsNoOther()
    {
        var result = RunTwice(0, "partial class Other;", "partial class Other;\n\n[Block, SiLU] public partial class New;");

        Assert.Single(SourceOutputs(result), static output => output.Reason == IncrementalStepRunReason.New);
        Assert.Equal(4, SourceOutputs(result).Count(static output => output.Reason == IncrementalStepRunReason.Cached));
    }

    [Fact]
    public void ARemovedBlockTakesItsCodeAway()
    {
        var result = RunTwice(0, "[Block, Sigmoid]\npublic partial class Other;", "");

        Assert.Equal(3, result.Results.Single().GeneratedSources.Length);
        Assert.Equal(3, SourceOutputs(result).Count(static output => output.Reason == IncrementalStepRunReason.Cached));
    }

    [Fact]
    public void AnotherLanguageVersionChangesTheCode()
    {
        var compilation = Compiling.Compilation(Blocks);
        var driver = Compiling.Driver(compilation).RunGenerators(compilation);
        var options = new CSharpParseOptions(LanguageVersion.CSharp10);
        var older = Compiling.Compilation(compilation.SyntaxTrees.Select(tree => CSharpSyntaxTree.ParseText(tree.GetText(), options, tree.FilePath)), Compiling.References);

        var result = driver.WithUpdatedParseOptions(options).RunGenerators(older).GetRunResult();

        Assert.All(result.Results.Single().GeneratedSources, static source => Assert.Contains("its declaration has errors", source.SourceText.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void TheModelsHoldNothingOfTheCompiler()
    {
        var result = RunTwice(1, "Main() => 0;", "Main() => 1;");
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);

        foreach (var step in BlockwrightGenerator.Steps.All)
            Assert.All(Outputs(result, step), output => AssertIsValue(output.Value, step, seen));

        Assert.Contains(seen, static each => each is Step { Kind: "Conv1x1" }); // It did look inside.
        Assert.Contains(seen, static each => each is Declaration { Name: "Inner" });
    }

    [Fact]
    public void EqualSourcesGiveEqualModels()
    {
        var one = Declared.Read(Compiling.Compilation([.. Systems.All.Select(static system => system.Source)]));
        var other = Declared.Read(Compiling.Compilation(["// Elsewhere.\n", .. Systems.All.Reverse().Select(static system => "// Moved.\n\n" + system.Source.Replace(", ", " ,  ", StringComparison.Ordinal))]));

        Assert.Equal(one.Keys.Order(StringComparer.Ordinal), other.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, declaration) in one)
        {
            Assert.NotSame(declaration, other[name]);
            Assert.True(declaration.Equals(other[name]), name);
            Assert.Equal(declaration.GetHashCode(), other[name].GetHashCode());
        }
    }

    [Theory]
    [InlineData("Conv1x1", "Conv1x1(3)")]
    [InlineData("BatchNorm2d", "BatchNorm2d(Eps = 1e-4)")]
    [InlineData("BatchNorm2d, ReLU", "ReLU, BatchNorm2d")]
    [InlineData("[Block, Conv1x1", "[Block, Parameter(\"p\"), Conv1x1")]
    [InlineData("Name = \"inner\"", "Name = \"other\"")]
    [InlineData("class Inner", "class Inmost")]
    [InlineData("Input(3, 8, 8)", "Input(3, 8, 9)")]
    [InlineData("[Network, Input(3, 8, 8)", "[Block")]
    public void ADifferenceMakesModelsDiffer(string from, string to)
    {
        var one = Declared.Read(Compiling.Compilation(Blocks)).Values.ToHashSet();
        var other = Declared.Read(Compiling.Compilation(Blocks.Replace(from, to, StringComparison.Ordinal))).Values;

        Assert.Contains(other, declaration => !one.Contains(declaration));
    }

    private static GeneratorDriverRunResult RunTwice(int file, string from, string to)
    {
        var compilation = Compiling.Compilation(Blocks, Program);
        var driver = Compiling.Driver(compilation).RunGenerators(compilation);
        var tree = compilation.SyntaxTrees[file];
        var text = tree.GetText();
        Assert.Contains(from, text.ToString(), StringComparison.Ordinal);
        var edited = compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(text.ToString().Replace(from, to, StringComparison.Ordinal))));
        return driver.RunGenerators(edited).GetRunResult();
    }

    private static bool IsUnchanged(IncrementalStepRunReason reason) => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged;

    private static IReadOnlyList<(object Value, IncrementalStepRunReason Reason)> Outputs(GeneratorDriverRunResult result, string step)
    {
        Assert.True(result.Results.Single().TrackedSteps.TryGetValue(step, out var steps), $"No step {step} ran.");
        var outputs = steps.SelectMany(static each => each.Outputs).ToList();
        Assert.NotEmpty(outputs);
        return outputs;
    }

    private static IReadOnlyList<(object Value, IncrementalStepRunReason Reason)> SourceOutputs(GeneratorDriverRunResult result) =>
        [.. result.Results.Single().TrackedOutputSteps.SelectMany(static each => each.Value).SelectMany(static each => each.Outputs)];

    private static string NameIn(object closure) => ((Declaration)closure.GetType().GetProperty("Declaration")!.GetValue(closure)!).Name;

    /// <summary>Walks through every field.</summary>
    private static void AssertIsValue(object? value, string path, HashSet<object> seen)
    {
        Assert.False(value is ISymbol or SyntaxNode or SyntaxTree or Compilation or Location or SyntaxReference or AttributeData or SemanticModel or TypedConstant, $"{path} is a {value?.GetType()}");
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
            return;
        if (value is IEnumerable items)
        {
            foreach (var item in items)
                AssertIsValue(item, path + "[]", seen);
        }
        for (var type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                AssertIsValue(field.GetValue(value), $"{path}.{field.Name}", seen);
        }
    }
}
