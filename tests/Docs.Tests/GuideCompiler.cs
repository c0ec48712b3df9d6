using Blockwright.Analyzers.Declared;
using Blockwright.Generator;
using Blockwright.Tests.Shared.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Docs.Tests;

/// <summary>Compiles a page's blocks of C# as a project of the SDK's does, with the generator and the rules.</summary>
internal static class GuideCompiler
{
    private static readonly string[] Usings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
        "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Http", "Microsoft.Extensions.DependencyInjection",
    ];

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    // The SDK leaves these out in every project: TorchSharp is built against an older framework.
    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.ConsoleApplication,
        nullableContextOptions: NullableContextOptions.Enable,
        optimizationLevel: OptimizationLevel.Release,
        warningLevel: 9999,
        specificDiagnosticOptions: new Dictionary<string, ReportDiagnostic> { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress });

    // What these tests run with, but for what a user's compiler loads and his program does not see.
    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static file => Path.GetFileNameWithoutExtension(file) is not ("Blockwright.Graph" or "Blockwright.Generator" or "Blockwright.Analyzers"))
            .Select(static file => MetadataReference.CreateFromFile(file)),
    ]);

    // Errors are said with their line in the page.
    private static string Source(IReadOnlyList<(Page Page, Page.Block Block)> blocks) => string.Concat(blocks.Select(static each => $"#line {each.Block.Line} \"{each.Page}\"\n{each.Block.Text}"));

    /// <summary>Compiles a page; an error or a warning, of the compiler's or the rules', fails.</summary>
    public static void Compile(Page page, string file)
    {
        var usings = string.Concat(Usings.Select(static name => $"global using global::{name};\n"));
        var trees = Guide.Files(page).Values.Select(Source).Append(usings).Select(static source => CSharpSyntaxTree.ParseText(source, Parsing));
        var compilation = CSharpCompilation.Create(Path.GetFileNameWithoutExtension(file), trees, References.Value, Options);
        CSharpGeneratorDriver.Create([new BlockwrightGenerator().AsSourceGenerator()], parseOptions: Parsing).RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        var rules = typeof(DeclarationAnalyzer).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer))).Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!);
        var said = output.WithAnalyzers([.. rules]).GetAllDiagnosticsAsync().GetAwaiter().GetResult().Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).ToList();
        Assert.True(said.Count == 0, $"{page}:\n{string.Join('\n', said)}");
        Assert.True(output.Emit(file).Success, $"{page}: it could not be written.");
    }
}
