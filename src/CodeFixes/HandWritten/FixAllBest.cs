using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>All places at once, as Roslyn does it; without a key the best fix of each. So <c>dotnet format</c> asks where the first diagnostic that it meets has no fix.</summary>
internal sealed class FixAllBest : FixAllProvider
{
    public static FixAllBest Instance { get; } = new();

    /// <inheritdoc/>
    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) =>
        WellKnownFixAllProviders.BatchFixer.GetFixAsync(fixAllContext.CodeActionEquivalenceKey is null ? ForTheBest(fixAllContext) : fixAllContext);

    private static FixAllContext ForTheBest(FixAllContext context)
    {
        var same = new Same(context);
        return context.Document is { } document
            ? new(document, context.CodeFixProvider, context.Scope, Offer.Best, context.DiagnosticIds, same, context.CancellationToken)
            : new(context.Project, context.CodeFixProvider, context.Scope, Offer.Best, context.DiagnosticIds, same, context.CancellationToken);
    }

    /// <summary>The diagnostics of the context that was given.</summary>
    private sealed class Same(FixAllContext context) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) => await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false);

        public override async Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await context.GetProjectDiagnosticsAsync(project).ConfigureAwait(false);

        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
    }
}
