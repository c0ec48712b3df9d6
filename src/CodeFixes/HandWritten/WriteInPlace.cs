using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW4001: lets a rectifier write over the sum or product that it alone reads: <c>relu_()</c>, or <c>inplace: true</c>.</summary>
internal sealed class WriteInPlace : Repair
{
    public override Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.TryGetValue(ElementwisePasses.InPlace, out var name) || name is null
            || root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call)
            return Task.FromResult<Change?>(null);
        var changed = call.ArgumentList.Arguments.Count switch
        {
            0 when call.Expression is MemberAccessExpressionSyntax method => call.WithExpression(method.WithName(IdentifierName(name + "_"))),
            1 => call.AddArgumentListArguments(
                Argument(NameColon("inplace"), default, LiteralExpression(SyntaxKind.TrueLiteralExpression)).NormalizeWhitespace().WithLeadingTrivia(Space)),
            _ => null,
        };
        return Task.FromResult<Change?>(changed is null ? null : new($"Write {name} in place", root.ReplaceNode(call, changed)));
    }
}
