using System.Text.RegularExpressions;
using Blockwright.Analyzers.Declared;
using Blockwright.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Docs.Tests;

/// <summary>
/// Compiles a page's blocks of C# as a console project of the SDK's does, with the generator and the rules. A block whose first line is <c>// Name.cs</c> is a file of that name; the
/// others, in their order, are Program.cs. Where the page says "`Name.cs` of [another](page.md)" that file belongs to it, too; of a page without such names it is the first block.
/// </summary>
internal static partial class GuideCompiler
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

    /// <summary>Compiles a page; an error or a warning, of the compiler's or the rules', fails with its line in the page.</summary>
    public static void Compile(Page page, string file)
    {
        var usings = string.Concat(Usings.Select(static name => $"global using global::{name};\n"));
        var trees = Files(page).Append(usings).Select(static source => CSharpSyntaxTree.ParseText(source, Parsing));
        var compilation = CSharpCompilation.Create(Path.GetFileNameWithoutExtension(file), trees, References.Value, Options);
        CSharpGeneratorDriver.Create([new BlockwrightGenerator().AsSourceGenerator()], parseOptions: Parsing).RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        var rules = typeof(DeclarationAnalyzer).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer))).Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!);
        var said = output.WithAnalyzers([.. rules]).GetAllDiagnosticsAsync().GetAwaiter().GetResult().Where(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).ToList();
        Assert.True(said.Count == 0, $"{page}:\n{string.Join('\n', said)}");
        Assert.True(output.Emit(file).Success, $"{page}: it could not be written.");
    }

    private static IEnumerable<string> Files(Page page)
    {
        var blocks = page.Blocks.Where(static block => block.Language is "cs" or "csharp").ToLookup(static block => NameOf(block));
        var own = blocks.Select(file => string.Concat(file.Select(block => $"#line {block.Line} \"{page}\"\n{block.Text}")));
        return own.Concat(Borrowed().Matches(page.Text).DistinctBy(static match => match.Value).Select(match => Borrow(page.At(match.Groups["page"].Value), match.Groups["file"].Value)));
    }

    private static string Borrow(Page from, string name)
    {
        var blocks = from.Blocks.Where(static block => block.Language is "cs" or "csharp").ToList();
        var block = blocks.FirstOrDefault(block => NameOf(block) == name) ?? blocks.First();
        return $"#line {block.Line} \"{from}\"\n{block.Text}";
    }

    private static string NameOf(Page.Block block) => FileName().Match(block.Text) is { Success: true } match ? match.Groups["file"].Value : "";

    [GeneratedRegex(@"\A// (?<file>\w+\.cs)\n", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();

    [GeneratedRegex(@"`(?<file>\w+\.cs)` of \[[^]]+\]\((?<page>[^)]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Borrowed();
}
