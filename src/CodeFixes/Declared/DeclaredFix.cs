using System.Collections.Immutable;
using Blockwright.Analyzers.Declared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.CodeFixes.Declared;

/// <summary>
/// A fix of a declaration: it makes the changed document first, and offers it only if the project then has fewer diagnostics of the fixed kind, and no error, of
/// the compiler or of a declaration that uses it, that it had not before.
/// </summary>
public abstract class DeclaredFix(params string[] ids) : CodeFixProvider
{
    private const string ErrorCategory = "Blockwright.Declaration";

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(ids);

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        var before = default(State);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (!root.FullSpan.Contains(diagnostic.Location.SourceSpan)
                || root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not { } node
                || node.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } declaration)
                continue;
            foreach (var change in Changes(diagnostic, node, declaration))
            {
                var changed = context.Document.WithSyntaxRoot(change.Root);
                before ??= await StateOf(context.Document, diagnostic.Id, context.CancellationToken).ConfigureAwait(false);
                var after = await StateOf(changed, diagnostic.Id, context.CancellationToken).ConfigureAwait(false);
                if (after.Errors <= before.Errors && after.Fixable < before.Fixable)
                    context.RegisterCodeFix(CodeAction.Create(change.Title, _ => Task.FromResult(changed), change.Key), diagnostic);
            }
        }
    }

    /// <summary>The changes to try, the best first.</summary>
    /// <param name="diagnostic">What is wrong.</param>
    /// <param name="node">What it underlines.</param>
    /// <param name="declaration">The class that carries the attributes.</param>
    private protected abstract IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration);

    private static async Task<State> StateOf(Document document, string id, CancellationToken cancellation)
    {
        if (await document.Project.GetCompilationAsync(cancellation).ConfigureAwait(false) is not { } compilation
            || await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model)
            return new(int.MaxValue, int.MaxValue);
        var analyzer = ImmutableArray.Create<DiagnosticAnalyzer>(new DeclarationAnalyzer());
        var said = await compilation.WithAnalyzers(analyzer, document.Project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(cancellation).ConfigureAwait(false);
        var compilerErrors = model.GetDiagnostics(cancellationToken: cancellation).Count(static each => each.Severity == DiagnosticSeverity.Error && !each.IsWarningAsError);
        return new(
            compilerErrors + said.Count(each => each.Descriptor.Category == ErrorCategory && each.Id != id),
            said.Count(each => each.Id == id));
    }

    private sealed record State(int Errors, int Fixable);

    /// <summary>What a fix does.</summary>
    /// <param name="Key">What makes it the same fix elsewhere, for Fix All.</param>
    private protected sealed record Change(string Key, string Title, SyntaxNode Root);
}
