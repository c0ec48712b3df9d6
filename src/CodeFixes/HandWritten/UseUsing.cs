using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW6002, a tensor that a local holds: <c>using var</c>.</summary>
internal sealed class UseUsing : Repair
{
    public override Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.ContainsKey(UndisposedTensor.Using)
            || root.FindNode(diagnostic.Location.SourceSpan)
                .FirstAncestorOrSelf<LocalDeclarationStatementSyntax>() is not { Declaration.Variables: { Count: 1 } variables } statement)
            return Task.FromResult<Change?>(null);
        var keyword = Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(Space);
        var disposed = statement.WithLeadingTrivia().WithUsingKeyword(keyword).WithLeadingTrivia(statement.GetLeadingTrivia());
        return Task.FromResult<Change?>(new($"Dispose '{variables[0].Identifier.ValueText}' with using", root.ReplaceNode(statement, disposed)));
    }
}
