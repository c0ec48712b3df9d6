using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW6008: gives a dropout the mode that the module is in.</summary>
internal sealed class DropInTraining : Repair
{
    public override async Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call
            || await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model)
            return null;
        // A local of that name is somebody else's.
        var isOwn = model.LookupSymbols(call.SpanStart, name: DropoutInEvaluation.Mode) is [IPropertySymbol];
        ExpressionSyntax mode = isOwn
            ? IdentifierName(DropoutInEvaluation.Mode)
            : MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, ThisExpression(), IdentifierName(DropoutInEvaluation.Mode));
        var name = NameColon(IdentifierName(DropoutInEvaluation.Mode)).WithColonToken(Token(SyntaxKind.ColonToken).WithTrailingTrivia(Space));
        var arguments = call.ArgumentList.Arguments;
        var given = arguments.Insert(arguments.Count, Argument(name, refKindKeyword: default, mode));
        if (arguments.Count > 0)
            given = given.ReplaceSeparator(given.GetSeparator(arguments.Count - 1), Token(SyntaxKind.CommaToken).WithTrailingTrivia(Space));
        return new("Drop in training only", root.ReplaceNode(call, call.WithArgumentList(call.ArgumentList.WithArguments(given))));
    }
}
