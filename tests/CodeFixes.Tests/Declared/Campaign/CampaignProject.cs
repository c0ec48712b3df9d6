using System.Collections.Immutable;
using Blockwright.Analyzers.Declared;
using Blockwright.CodeFixes.Declared;
using Blockwright.Generator;
using Blockwright.Graph;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.CodeFixes.Tests.Declared.Campaign;

/// <summary>One file of declarations in a project of its own, with every rule on.</summary>
internal sealed class CampaignProject : IDisposable
{
    public static readonly ImmutableArray<DeclaredFix> Fixes =
        [.. typeof(DeclaredFix).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(DeclaredFix))).Select(static type => (DeclaredFix)Activator.CreateInstance(type)!)];

    private static readonly CSharpCompilationOptions Options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary)
        .WithSpecificDiagnosticOptions(new Dictionary<string, ReportDiagnostic> { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress });

    private static int _assemblies;

    private readonly AdhocWorkspace _workspace = new();

    /// <param name="source">The file.</param>
    /// <param name="configuration">Lines of a global configuration.</param>
    public CampaignProject(string source, string configuration)
    {
        var project = ProjectId.CreateNewId();
        var id = DocumentId.CreateNewId(project);
        Document = _workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(project, VersionStamp.Default, "Campaign", $"Campaign{Interlocked.Increment(ref _assemblies)}", LanguageNames.CSharp,
                compilationOptions: Options, parseOptions: TorchProject.Latest, metadataReferences: TorchProject.Declaring))
            .AddAnalyzerConfigDocument(DocumentId.CreateNewId(project), ".globalconfig", SourceText.From("is_global = true\nblockwright_target = npu\nBW1001.warning_ratio = 1.5\n" + configuration), filePath: "/.globalconfig")
            .AddDocument(id, "Own.cs", SourceText.From(source), filePath: "/Own.cs")
            .GetDocument(id)!;
    }

    public Document Document { get; }

    /// <summary>What the rules say of a file, in its order.</summary>
    public static async Task<IReadOnlyList<Diagnostic>> Diagnose(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        var said = await compilation.WithAnalyzers([new DeclarationAnalyzer()], document.Project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync();
        return [.. said.OrderBy(static each => each.Location.SourceSpan.Start).ThenBy(static each => each.Id, StringComparer.Ordinal)];
    }

    /// <summary>Each fix that is offered for a diagnostic, with the file after it.</summary>
    public static async Task<IReadOnlyList<(CodeAction Action, Document Changed)>> Offered(Document document, DeclaredFix fix, Diagnostic diagnostic)
    {
        var offered = new List<CodeAction>();
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => offered.Add(action), default));
        var changed = new List<(CodeAction, Document)>();
        foreach (var action in offered)
            changed.Add((action, await Apply(document, action)));
        return changed;
    }

    /// <summary>The file after Fix All, or null where that does nothing.</summary>
    /// <param name="document">The file.</param>
    /// <param name="fix">Which provider's.</param>
    /// <param name="key">Which of its fixes; null for the best at each place.</param>
    public static async Task<Document?> Swept(Document document, DeclaredFix fix, string? key)
    {
        var context = new FixAllContext(document, fix, FixAllScope.Document, key, fix.FixableDiagnosticIds, new Said(), default);
        return await fix.GetFixAllProvider().GetFixAsync(context) is { } action ? await Apply(document, action) : null;
    }

    /// <summary>The networks of a file, each with its graph.</summary>
    public static async Task<Dictionary<string, BlockGraph>> Networks(Document document)
    {
        var all = DeclarationIndex.Of((await document.Project.GetCompilationAsync())!, default).All.ToDictionary(static each => each.FullName);
        return all.Values.Where(static each => each.Kind == DeclarationKind.Network).ToDictionary(static each => each.FullName, each => GraphBuilder.Build(each, all).Graph!);
    }

    /// <summary>The compiled file, with what the generator makes of it.</summary>
    public static async Task<CSharpCompilation> Generated(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        CSharpGeneratorDriver.Create([new BlockwrightGenerator().AsSourceGenerator()], parseOptions: TorchProject.Latest).RunGeneratorsAndUpdateCompilation(compilation, out var output, out var said);
        var bad = output.GetDiagnostics().Concat(said).Where(static each => each.Severity >= DiagnosticSeverity.Error).ToList();
        Assert.True(bad.Count == 0, $"{string.Join("\n", bad.Take(5))}\n{await document.GetTextAsync()}");
        return ((CSharpCompilation)output).WithAssemblyName($"Campaign{Interlocked.Increment(ref _assemblies)}");
    }

    public void Dispose() => _workspace.Dispose();

    private static async Task<Document> Apply(Document document, CodeAction action) =>
        (await action.GetOperationsAsync(default)).OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;

    private sealed class Said : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await Diagnose(project.Documents.Single());

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) => await Diagnose(document);

        public override async Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await Diagnose(project.Documents.Single());
    }
}
