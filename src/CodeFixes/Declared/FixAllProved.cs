using Blockwright.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Blockwright.CodeFixes.Declared;

/// <summary>
/// Applies one fix after another, each proved on what those before it left: two that are good alone need not be good together. What changes the weights' shape or the state dict
/// is no part of it, unless <c>blockwright_fixes = reshaping</c> asks for it. A sweep without a key takes the best fix of each: so <c>dotnet format</c> asks where the diagnostic that its
/// analyzers reported first has no fix.
/// </summary>
internal sealed class FixAllProved : FixAllProvider
{
    public static FixAllProved Instance { get; } = new();

    /// <inheritdoc/>
    public override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        var solution = fixAllContext.Solution;
        foreach (var project in ProjectsOf(fixAllContext))
            solution = await Sweep(fixAllContext, project, solution).ConfigureAwait(false);
        return solution == fixAllContext.Solution ? null : CodeAction.Create("Fix all", _ => Task.FromResult(solution), fixAllContext.CodeActionEquivalenceKey);
    }

    private static IEnumerable<Project> ProjectsOf(FixAllContext context) => context.Scope == FixAllScope.Solution ? context.Solution.Projects : [context.Project];

    private static async Task<Solution> Sweep(FixAllContext context, Project project, Solution before)
    {
        var solution = before;
        var marks = new List<(DocumentId Document, SyntaxAnnotation Mark)>();
        foreach (var document in context.Scope == FixAllScope.Document && context.Document is { } only ? [only] : project.Documents)
        {
            if (await Marked(context, document, marks).ConfigureAwait(false) is { } root)
                solution = solution.WithDocumentSyntaxRoot(document.Id, root);
        }
        if (marks.Count == 0 || context.CodeFixProvider is not DeclaredFix provider)
            return before;
        var state = await ProjectState.Of(solution.GetProject(project.Id)!, context.CancellationToken).ConfigureAwait(false);
        var isFixed = false;
        foreach (var (id, mark) in marks)
        {
            var document = solution.GetDocument(id)!;
            if (await Found(document, mark, context.DiagnosticIds, state, context.CancellationToken).ConfigureAwait(false) is not { } diagnostic)
                continue;
            var proved = await provider.Proved(document, diagnostic, state, context.CancellationToken).ConfigureAwait(false);
            if (proved.FirstOrDefault(each => IsAskedFor(context, document, each.Fix)) is not ({ } fix, { } after))
                continue;
            (solution, state, isFixed) = (fix.Changed.Project.Solution, after, true);
        }
        return isFixed ? solution : before;
    }

    /// <summary>A document with a mark on each node that is to be fixed, so that it is found again whatever else changes; null where there are none.</summary>
    private static async Task<SyntaxNode?> Marked(FixAllContext context, Document document, List<(DocumentId Document, SyntaxAnnotation Mark)> marks)
    {
        if (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return null;
        var diagnostics = await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false);
        var nodes = diagnostics
            .Where(each => context.DiagnosticIds.Contains(each.Id) && root.FullSpan.Contains(each.Location.SourceSpan))
            .OrderBy(static each => each.Location.SourceSpan.Start)
            .Select(each => root.FindNode(each.Location.SourceSpan, getInnermostNodeForTie: true))
            .Distinct()
            .ToDictionary(static node => node, static _ => new SyntaxAnnotation());
        marks.AddRange(nodes.Values.Select(mark => (document.Id, mark)));
        return nodes.Count == 0 ? null : root.ReplaceNodes(nodes.Keys, (old, now) => now.WithAdditionalAnnotations(nodes[old]));
    }

    private static bool IsAskedFor(FixAllContext context, Document document, Proved fix) =>
        (context.CodeActionEquivalenceKey is null or Offer.Best || context.CodeActionEquivalenceKey == fix.Key) && (!fix.IsReshaping || MayReshape(document));

    private static bool MayReshape(Document document) =>
        document.TryGetSyntaxTree(out var tree) && Options.Fixes.Read(document.Project.AnalyzerOptions.AnalyzerConfigOptionsProvider.GetOptions(tree)) == FixScope.Reshaping;

    /// <summary>What is now said at a mark, if anything.</summary>
    private static async Task<Diagnostic?> Found(Document document, SyntaxAnnotation mark, ICollection<string> ids, ProjectState state, CancellationToken cancellation)
    {
        if (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root || root.GetAnnotatedNodes(mark).FirstOrDefault() is not { } node)
            return null;
        return state.Said.FirstOrDefault(each => ids.Contains(each.Id) && each.Location.SourceTree == root.SyntaxTree && root.FindNode(each.Location.SourceSpan, getInnermostNodeForTie: true) == node);
    }
}
