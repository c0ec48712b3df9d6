using Blockwright.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW2001: writes the largest number of groups that the limit allows and that divides the channels on both sides.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(LowerGroups))]
public sealed class LowerGroups() : HandWrittenFix("BW2001")
{
    private protected override Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.TryGetValue(Descriptors.Replacement, out var groups) || groups is null
            || root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not ExpressionSyntax expression
            || expression.FirstAncestorOrSelf<AttributeSyntax>() is not null) // a declaration's: Declared.ReplaceNumber
            return Task.FromResult<Change?>(null);
        var replacement = ParseExpression(groups).WithTriviaFrom(expression);
        return Task.FromResult<Change?>(new($"Lower the groups to {groups}", root.ReplaceNode(expression, replacement)));
    }
}
