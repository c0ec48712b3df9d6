using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>
/// A fix of hand-written code: it makes the changed document first, and offers it only if that has no compiler errors that the document had not before.
/// Each diagnostic's change is local, so that all of a document, project or solution can be fixed at once.
/// </summary>
public abstract class HandWrittenFix(string id) : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(id);

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (var diagnostic in context.Diagnostics)
        {
            if (!root.FullSpan.Contains(diagnostic.Location.SourceSpan)
                || await ChangeAsync(context.Document, root, diagnostic, context.CancellationToken).ConfigureAwait(false) is not { } change)
                continue;
            var changed = context.Document.WithSyntaxRoot(change.Root);
            if (await AddsErrorsAsync(context.Document, changed, context.CancellationToken).ConfigureAwait(false))
                continue;
            context.RegisterCodeFix(CodeAction.Create(change.Title, _ => Task.FromResult(changed), GetType().Name), diagnostic);
        }
    }

    /// <summary>The title and the changed tree, or null where no change is certain.</summary>
    private protected abstract Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation);

    private static async Task<bool> AddsErrorsAsync(Document before, Document after, CancellationToken cancellation) =>
        await ErrorsAsync(after, cancellation).ConfigureAwait(false) > await ErrorsAsync(before, cancellation).ConfigureAwait(false);

    private static async Task<int> ErrorsAsync(Document document, CancellationToken cancellation) =>
        await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is { } model
            ? model.GetDiagnostics(cancellationToken: cancellation).Count(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error
                && !diagnostic.IsWarningAsError)
            : int.MaxValue;

    /// <summary>What a fix does.</summary>
    private protected sealed record Change(string Title, SyntaxNode Root);
}
