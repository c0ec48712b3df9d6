using System.Text.RegularExpressions;
using Blockwright.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.CodeFixes.Declared;

/// <summary>BW0001, BW0006: writes the known name that is nearest to an unknown one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(NearestName))]
public sealed class NearestName() : DeclaredFix("BW0001", "BW0006")
{
    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        if (!diagnostic.Properties.TryGetValue(Descriptors.Replacement, out var known) || known is null
            || !diagnostic.Properties.TryGetValue(Descriptors.Replaced, out var unknown) || unknown is null
            || node is not ExpressionSyntax expression || Attributes.Text(expression) is not { } text)
            yield break;
        var renamed = Regex.Replace(text, $@"\b{Regex.Escape(unknown)}\b", known);
        if (renamed != text)
            yield return new("Nearest", $"Change '{unknown}' to '{known}'", declaration.SyntaxTree.GetRoot().ReplaceNode(expression, Attributes.Text(renamed).WithTriviaFrom(expression)), FixEffect.Keeps);
    }
}
