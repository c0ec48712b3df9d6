using System.Collections.Immutable;
using System.Reflection;
using Basic.Reference.Assemblies;
using Blockwright.Analyzers.HandWritten.Units;
using Blockwright.CodeFixes.HandWritten;
using Blockwright.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.CodeFixes.Tests.HandWritten;

/// <summary>Applies BW4005's fix to a file, and runs what was there before against what is there after.</summary>
internal static class UnitHarness
{
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. Net100.References.All,
        MetadataReference.CreateFromFile(typeof(torch).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(BlockModule).Assembly.Location),
    ];

    // The SDK leaves these out in every project: TorchSharp is built against an older framework.
    private static readonly CSharpCompilationOptions Options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        .WithSpecificDiagnosticOptions(new Dictionary<string, ReportDiagnostic> { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress });

    private static int _assemblies;

    /// <summary>The file after each fix that is offered, one class after the other; the same text if none is.</summary>
    public static async Task<string> Fix(string source)
    {
        using var workspace = new AdhocWorkspace();
        var document = workspace.AddProject(ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, "Own", "Own", LanguageNames.CSharp,
            compilationOptions: Options, parseOptions: new CSharpParseOptions(LanguageVersion.Latest), metadataReferences: References)).AddDocument("Own.cs", source);
        while (await FirstFix(document) is { } changed)
            document = changed.GetDocument(document.Id)!;
        return (await document.GetTextAsync()).ToString();
    }

    /// <summary>What the rule says of a file that compiles.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Diagnose(string source)
    {
        var compilation = Compile(source);
        Assert.Empty(compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error));
        return await Diagnose(compilation);
    }

    /// <summary>Loads the same numbers into both and compares their keys and their results in evaluation and in training.</summary>
    public static void AssertSame(string before, string after, string make, params long[] shape)
    {
        using var scope = NewDisposeScope();
        var written = Make(Compile(before), make);
        var declared = Make(Generate(Compile(after)), make);
        Assert.IsAssignableFrom<BlockModule>(declared);
        Assert.IsNotAssignableFrom<BlockModule>(written);
        random.manual_seed(7);
        foreach (var (key, value) in written.state_dict())
            if (value.is_floating_point())
                using (no_grad())
                    value.copy_(rand(value.shape) + (key.EndsWith("running_var", StringComparison.Ordinal) ? 0.5 : -0.5));
        var state = written.state_dict();
        Assert.Equal(state.Keys.Order(StringComparer.Ordinal), declared.state_dict().Keys.Order(StringComparer.Ordinal));
        declared.load_state_dict(state, strict: true);
        foreach (var training in new[] { false, true })
        {
            written.train(training);
            declared.train(training);
            var input = randn(shape);
            using var expected = written.call(input);
            using var found = declared.call(input);
            Assert.Equal(expected.shape, found.shape);
            Assert.InRange((expected - found).abs().max().item<float>() / expected.abs().max().item<float>(), 0, 1e-5f);
            Assert.True(expected.abs().max().item<float>() > 0);
        }
    }

    private static async Task<Solution?> FirstFix(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        foreach (var diagnostic in await Diagnose(compilation))
        {
            var actions = new List<CodeAction>();
            await new DeclareUnit().RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
            foreach (var action in actions)
                return (await action.GetOperationsAsync(default)).OfType<ApplyChangesOperation>().Single().ChangedSolution;
        }
        return null;
    }

    private static Task<ImmutableArray<Diagnostic>> Diagnose(Compilation compilation) =>
        compilation.WithAnalyzers([new HandWrittenUnit()]).GetAnalyzerDiagnosticsAsync();

    private static CSharpCompilation Compile(string source) => CSharpCompilation.Create(
        $"Own{Interlocked.Increment(ref _assemblies)}", [CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest))], References, Options);

    private static Compilation Generate(CSharpCompilation compilation)
    {
        CSharpGeneratorDriver.Create([new BlockwrightGenerator().AsSourceGenerator()], parseOptions: new CSharpParseOptions(LanguageVersion.Latest))
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        return output;
    }

    private static Module<Tensor, Tensor> Make(Compilation compilation, string make)
    {
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error)));
        var method = Assembly.Load(stream.ToArray()).GetType("Own.Make", throwOnError: true)!.GetMethod(make)!;
        return (Module<Tensor, Tensor>)method.Invoke(null, null)!;
    }
}
