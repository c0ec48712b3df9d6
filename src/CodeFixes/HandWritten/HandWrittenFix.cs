using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>
/// The fixes of one rule on hand-written code: each makes the changed document first, and is offered only if that has no compiler errors that the document had not before.
/// Each diagnostic's change is local, so that all of a document, project or solution can be fixed at once. A rule has one provider: Roslynator fixes nothing that two claim.
/// </summary>
public abstract class HandWrittenFix : CodeFixProvider
{
    private readonly ImmutableArray<Repair> _repairs;

    /// <param name="id">The rule.</param>
    /// <param name="repairs">Its fixes, the best first.</param>
    private protected HandWrittenFix(string id, params Repair[] repairs) => (FixableDiagnosticIds, _repairs) = (ImmutableArray.Create(id), ImmutableArray.Create(repairs));

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => FixAllBest.Instance;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (var diagnostic in Offer.EachOnce(context))
        {
            if (!root.FullSpan.Contains(diagnostic.Location.SourceSpan))
                continue;
            var rank = 0;
            foreach (var repair in _repairs)
            {
                if (await repair.ChangeAsync(context.Document, root, diagnostic, context.CancellationToken).ConfigureAwait(false) is not { } change)
                    continue;
                var changed = context.Document.WithSyntaxRoot(change.Root);
                if (!await AddsErrorsAsync(context.Document, changed, context.CancellationToken).ConfigureAwait(false))
                    context.RegisterCodeFix(CodeAction.Create(change.Title, _ => Task.FromResult(changed), Offer.Key(rank++, repair.Key)), diagnostic);
            }
        }
    }

    private static async Task<bool> AddsErrorsAsync(Document before, Document after, CancellationToken cancellation) =>
        await ErrorsAsync(after, cancellation).ConfigureAwait(false) > await ErrorsAsync(before, cancellation).ConfigureAwait(false);

    private static async Task<int> ErrorsAsync(Document document, CancellationToken cancellation) =>
        await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is { } model
            ? model.GetDiagnostics(cancellationToken: cancellation).Count(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error
                && !diagnostic.IsWarningAsError)
            : int.MaxValue;
}

/// <summary>One way to mend what a rule says.</summary>
internal abstract class Repair
{
    /// <summary>What makes it the same fix elsewhere, for Fix All.</summary>
    public string Key => GetType().Name;

    /// <summary>The title and the changed tree, or null where no change is certain.</summary>
    public abstract Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation);
}

/// <summary>What a repair does.</summary>
internal sealed record Change(string Title, SyntaxNode Root);
