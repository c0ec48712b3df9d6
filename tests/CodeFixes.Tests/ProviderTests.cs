using Blockwright.Analyzers.HandWritten;
using Blockwright.CodeFixes.Declared;
using Blockwright.CodeFixes.HandWritten;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.CodeFixes.Tests;

/// <summary>What tools ask of the providers that fix whole solutions, and editors that ask again and again.</summary>
public sealed class ProviderTests
{
    /// <summary>A tensor in a local, whose first fix is a scope, and one that only <c>using</c> can be said of, since what comes out may be the input.</summary>
    private const string Forwards = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        class Net : Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.Conv2d conv = Conv2d(8, 8, 1);
            public Net() : base("Net") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                var y = conv.call(x);
                return conv.call(y);
            }
        }

        class Other : Module<Tensor, Tensor>
        {
            private readonly TorchSharp.Modules.Conv2d conv = Conv2d(8, 8, 1);
            private Tensor kept = zeros(1);
            public Other() : base("Other") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                var y = conv.call(x);
                kept = x.relu();
                return conv.call(y);
            }
        }
        """;

    private static readonly IEnumerable<CodeFixProvider> All = typeof(DeclaredFix).Assembly.GetTypes()
        .Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(CodeFixProvider)))
        .Select(static type => (CodeFixProvider)Activator.CreateInstance(type)!)
        .ToList();

    /// <summary>Roslynator leaves alone what two of them claim.</summary>
    [Fact]
    public void Each_id_has_one_provider() =>
        Assert.Empty(All.SelectMany(static provider => provider.FixableDiagnosticIds).GroupBy(static id => id).Where(static same => same.Count() > 1).Select(static same => same.Key));

    [Fact]
    public async Task A_fix_is_offered_once_however_often_its_diagnostic_was_found()
    {
        using var workspace = new AdhocWorkspace();
        var document = Open(workspace, Forwards);
        var found = (await Diagnose(document))[0];

        var offered = await Offered(document, [found, found, .. (await Diagnose(document)).Where(each => each.Location == found.Location)]);

        Assert.Equal(["Open a dispose scope in forward", "Dispose 'y' with using"], offered.Select(static each => each.Title));
        Assert.Equal(["Best", "UseUsing"], offered.Select(static each => each.EquivalenceKey));
    }

    /// <summary>Whichever diagnostic a tool meets first, and whether or not that one has a fix, all are mended, and in the same way.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(null)]
    public async Task A_sweep_mends_the_same_whatever_comes_first(int? first)
    {
        using var workspace = new AdhocWorkspace();
        var document = Open(workspace, Forwards);
        var found = await Diagnose(document);
        var key = first is { } index ? (await Offered(document, [found[index]]))[0].EquivalenceKey : null;
        var fix = new UndisposedTensorFix();
        var context = new FixAllContext(document, fix, FixAllScope.Solution, key, fix.FixableDiagnosticIds, new Said(), default);

        var operations = await (await fix.GetFixAllProvider().GetFixAsync(context))!.GetOperationsAsync(default);

        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        var text = (await changed.GetTextAsync()).ToString();
        Assert.Contains("using var scope = NewDisposeScope();", text, StringComparison.Ordinal);
        Assert.Contains("using var y = conv.call(x);\n        kept = x.relu();", text, StringComparison.Ordinal);
    }

    private static Document Open(AdhocWorkspace workspace, string text)
    {
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Own", "Own", LanguageNames.CSharp, compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary), metadataReferences: TorchProject.Torch));
        var configured = project.AddAnalyzerConfigDocument(".editorconfig", SourceText.From("root = true\n[*.cs]\nBW6002.callers = ignored\n"), filePath: "/.editorconfig").Project;
        return configured.AddDocument("Own.cs", text, filePath: "/Own.cs");
    }

    private static async Task<IReadOnlyList<Diagnostic>> Diagnose(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        var said = await compilation.WithAnalyzers([new UndisposedTensor()], document.Project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync();
        return [.. said.OrderBy(static each => each.Location.SourceSpan.Start)];
    }

    private static async Task<List<CodeAction>> Offered(Document document, IEnumerable<Diagnostic> diagnostics)
    {
        var offered = new List<CodeAction>();
        var fix = new UndisposedTensorFix();
        var all = diagnostics.ToList();
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, all[0].Location.SourceSpan, [.. all], (action, _) => offered.Add(action), default));
        return offered;
    }

    private sealed class Said : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await Diagnose(project.Documents.Single());

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) => await Diagnose(document);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
