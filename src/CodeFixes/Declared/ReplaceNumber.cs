using System.Globalization;
using Blockwright.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static System.FormattableString;

namespace Blockwright.CodeFixes.Declared;

/// <summary>BW1002: writes the width that the rule gives, where the declaration has a number and the same one suits every use.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(ReplaceNumber))]
public sealed class ReplaceNumber() : DeclaredFix("BW1002")
{
    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        if (!diagnostic.Properties.TryGetValue(Descriptors.Replacement, out var text) || !int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            || node.FirstAncestorOrSelf<AttributeSyntax>() is null || node is not ExpressionSyntax expression || Attributes.Number(expression) is null)
            yield break;
        yield return new(
            "Align",
            Invariant($"Align the width: {number} channels"),
            declaration.SyntaxTree.GetRoot().ReplaceNode(expression, Attributes.Number(number).WithTriviaFrom(expression)),
            FixEffect.Reshapes);
    }
}
