using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.CodeFixes.Declared;

/// <summary>A fix of a declaration: it makes the changed document first, and offers it only if that is proved to be better (see <see cref="ProjectState"/>).</summary>
public abstract class DeclaredFix(params string[] ids) : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(ids);

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => FixAllProved.Instance;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var before = default(ProjectState);
        foreach (var diagnostic in Offer.EachOnce(context))
        {
            before ??= await ProjectState.Of(context.Document.Project, context.CancellationToken).ConfigureAwait(false);
            var rank = 0;
            foreach (var (fix, _) in await Proved(context.Document, diagnostic, before, context.CancellationToken).ConfigureAwait(false))
                context.RegisterCodeFix(CodeAction.Create(fix.Title, _ => Task.FromResult(fix.Changed), Offer.Key(rank++, fix.Key)), diagnostic);
        }
    }

    /// <summary>The fixes of one diagnostic that are better, the best first, each with what the project then is.</summary>
    internal async Task<IReadOnlyList<(Proved Fix, ProjectState After)>> Proved(Document document, Diagnostic diagnostic, ProjectState before, CancellationToken cancellation)
    {
        var proved = new List<(Proved, ProjectState)>();
        if (await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false) is not { } root
            || !root.FullSpan.Contains(diagnostic.Location.SourceSpan)
            || root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not { } node
            || node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } declaration)
            return proved;
        foreach (var change in Changes(diagnostic, node, declaration))
        {
            if (proved.Exists(each => each.Item1.Key == change.Key))
                continue;
            var changed = document.WithSyntaxRoot(change.Root);
            var after = await ProjectState.Of(changed.Project, cancellation).ConfigureAwait(false);
            if (await Comparison.Of(document, before, changed, after, diagnostic, declaration, cancellation).ConfigureAwait(false) is not { } comparison || !comparison.Allows(change.Effect))
                continue;
            var isReshaping = change.Effect != FixEffect.Keeps || comparison.StateChange.Length > 0;
            var changes = change.Effect == FixEffect.Chooses ? " (another network than is written)" : isReshaping && comparison.StateChange.Length == 0 ? " (changes the function)" : comparison.StateChange;
            proved.Add((new(change.Title + changes, change.Key, isReshaping, changed), after));
        }
        return proved;
    }

    /// <summary>The changes to try, the best first; of those of one key the first that is proved is offered.</summary>
    /// <param name="diagnostic">What is wrong.</param>
    /// <param name="node">What it underlines.</param>
    /// <param name="declaration">The class that carries the attributes.</param>
    private protected abstract IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration);

    /// <summary>What a fix does.</summary>
    /// <param name="Key">What makes it the same fix elsewhere, for Fix All.</param>
    /// <param name="Effect">What it does to a network that could run before.</param>
    private protected sealed record Change(string Key, string Title, SyntaxNode Root, FixEffect Effect);
}

/// <summary>A fix that may be offered.</summary>
/// <param name="Key">What makes it the same fix elsewhere, for Fix All, where a better one is offered beside it.</param>
/// <param name="IsReshaping">Whether it changes the function or the state dict.</param>
internal sealed record Proved(string Title, string Key, bool IsReshaping, Document Changed);

/// <summary>What a fix does to networks that could run before.</summary>
internal enum FixEffect
{
    /// <summary>They give what they gave.</summary>
    Keeps,

    /// <summary>They give other values of the same shape, and cost less.</summary>
    Reshapes,

    /// <summary>They give what they gave; and one that could not run becomes one of several that can, none of which is written.</summary>
    Chooses,
}
