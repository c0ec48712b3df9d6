using System.Collections.Immutable;
using System.Reflection;
using Blockwright.Analyzers.HandWritten.Units;
using Blockwright.CodeFixes.HandWritten;
using Blockwright.Generator;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.CodeFixes.Tests.HandWritten;

/// <summary>Applies BW4005's fix to a file, and runs what was there before against what is there after.</summary>
internal static class UnitHarness
{
    public static ImmutableArray<MetadataReference> References => TorchProject.Declaring;

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
    public static Task<ImmutableArray<Diagnostic>> Diagnose(string source) => Diagnose(source, References);

    /// <summary>The same of one that refers to these.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Diagnose(string source, IEnumerable<MetadataReference> references)
    {
        var compilation = Compile(source).WithReferences(references);
        Assert.Empty(compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error));
        return await Diagnose(compilation);
    }

    /// <summary>What the rule says of any file, and whether that compiles.</summary>
    public static async Task<(bool Compiles, ImmutableArray<Diagnostic> Found)> Look(string source)
    {
        var compilation = Compile(source);
        return (!compilation.GetDiagnostics().Any(one => one.Severity == DiagnosticSeverity.Error), await Diagnose(compilation));
    }

    /// <summary>Both compute the same under the same keys.</summary>
    public static void AssertSame(string before, string after, string make)
    {
        var (written, declared) = (Make(Compile(before), make), (BlockModule)Make(Generate(Compile(after)), make));
        Assert.IsNotAssignableFrom<BlockModule>(written);
        Assert.Null(UnitComparison.Difference(written, declared));
    }

    /// <summary>
    /// What differs between the two, or null. A class that nobody can make, because a guard forbids it, differs from nothing; one that throws whatever it is
    /// given may be declared as a block that nobody can make.
    /// </summary>
    public static string? Difference(string before, string after, string make)
    {
        if (Run(() => Make(Compile(before), make)).Result is not { } written)
            return null;
        var (declared, why) = Run(() => (BlockModule)Make(Generate(Compile(after)), make));
        return declared is not null ? UnitComparison.Difference(written, declared)
            : UnitComparison.IsUsable(written) ? $"the block cannot be made: {why}"
            : null;
    }

    /// <summary>What comes out, or why nothing does.</summary>
    public static (T? Result, string? Thrown) Run<T>(Func<T> run)
        where T : class
    {
        try
        {
            return (run(), null);
        }
        catch (Exception exception)
        {
            return (null, (exception is TargetInvocationException ? exception.InnerException : exception)!.Message);
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

    private static async Task<ImmutableArray<Diagnostic>> Diagnose(Compilation compilation)
    {
        var thrown = new List<Exception>();
        var options = new CompilationWithAnalyzersOptions(
            new([]), (exception, _, _) => thrown.Add(exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        var found = await compilation.WithAnalyzers([new HandWrittenUnit()], options).GetAnalyzerDiagnosticsAsync();
        Assert.Empty(thrown);
        return found;
    }

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
