using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Benchmarks.Editing;

/// <summary>One open project, edited as in an editor: each edit starts from what the one before left, with all that the workspace keeps.</summary>
internal sealed class EditSession
{
    private readonly ImmutableArray<DiagnosticAnalyzer> _analyzers;
    private Project _project;

    /// <summary>Of the project's analyzers only the given ones run: the SDK's do not.</summary>
    public EditSession(string name, Project project, IEnumerable<AnalyzerReference> analyzers)
    {
        Name = name;
        _project = project;
        _analyzers = [.. analyzers.SelectMany(static reference => reference.GetAnalyzers(LanguageNames.CSharp))];
    }

    public string Name { get; }

    /// <summary>
    /// From the keystroke to everything that is underlined in the edited document: the compilation with what the generators made, the compiler's diagnostics
    /// and the analyzers'.
    /// </summary>
    public async Task<(TimeSpan Time, ImmutableArray<Diagnostic> Visible)> Edit(EditKind kind, int round)
    {
        var documents = kind.Documents(_project);
        var id = documents[round % documents.Count];
        var text = kind.Apply(await _project.GetDocument(id)!.GetTextAsync(), round / documents.Count);
        var watch = Stopwatch.StartNew();
        _project = _project.Solution.WithDocumentText(id, text).GetProject(_project.Id)!;
        var diagnostics = await Diagnose(_project.GetDocument(id)!);
        return (watch.Elapsed, [.. diagnostics.Where(IsVisible)]);
    }

    /// <summary>What the whole project is said to have wrong; it is expected to have nothing.</summary>
    public async Task<IEnumerable<Diagnostic>> Problems()
    {
        var compilation = (await _project.GetCompilationAsync())!;
        var all = _analyzers.IsEmpty ? compilation.GetDiagnostics() : await compilation.WithAnalyzers(_analyzers, Options()).GetAllDiagnosticsAsync();
        return all.Where(IsVisible);
    }

    private static bool IsVisible(Diagnostic diagnostic) => diagnostic.Severity >= DiagnosticSeverity.Info;

    private async Task<ImmutableArray<Diagnostic>> Diagnose(Document document)
    {
        var compilation = (await document.Project.GetCompilationAsync())!;
        var model = (await document.GetSemanticModelAsync())!;
        var found = model.GetDiagnostics();
        if (_analyzers.IsEmpty)
            return found;
        var analysis = compilation.WithAnalyzers(_analyzers, Options());
        return found
            .AddRange(await analysis.GetAnalyzerSyntaxDiagnosticsAsync(model.SyntaxTree, CancellationToken.None))
            .AddRange(await analysis.GetAnalyzerSemanticDiagnosticsAsync(compilation.GetSemanticModel(model.SyntaxTree), filterSpan: null, CancellationToken.None));
    }

    private CompilationWithAnalyzersOptions Options() => new(
        _project.AnalyzerOptions,
        static (exception, analyzer, _) => throw new InvalidOperationException($"{analyzer} failed.", exception),
        concurrentAnalysis: false,
        logAnalyzerExecutionTime: false);
}
