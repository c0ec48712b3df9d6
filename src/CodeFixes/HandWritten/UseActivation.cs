using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW4001: writes torch's one function for an activation that is written out: <c>x.silu()</c> for <c>x * x.sigmoid()</c>.</summary>
internal sealed class UseActivation : Repair
{
    public override Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.TryGetValue(ElementwisePasses.Function, out var name) || name is null || diagnostic.AdditionalLocations.Count != 1
            || root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not ExpressionSyntax whole
            || root.FindNode(diagnostic.AdditionalLocations[0].SourceSpan, getInnermostNodeForTie: true) is not IdentifierNameSyntax operand)
            return Task.FromResult<Change?>(null);
        var call = InvocationExpression(MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, operand.WithoutTrivia(), IdentifierName(name))).WithTriviaFrom(whole);
        return Task.FromResult<Change?>(new($"Use {name}", root.ReplaceNode(whole, call)));
    }
}
