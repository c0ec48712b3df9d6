using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.Declared;

/// <summary>BW0014: writes <c>partial</c> on the class and on the types around it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(AddPartial))]
public sealed class AddPartial() : DeclaredFix("BW0014")
{
    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        var lacking = declaration.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Where(static type => !type.Modifiers.Any(SyntaxKind.PartialKeyword)).ToList();
        if (lacking.Count == 0)
            yield break;
        yield return new("Partial", "Add 'partial'", declaration.SyntaxTree.GetRoot().ReplaceNodes(lacking, static (_, type) => WithPartial(type)), FixEffect.Keeps);
    }

    private static TypeDeclarationSyntax WithPartial(TypeDeclarationSyntax type)
    {
        var partial = Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(Space);
        if (type.Modifiers.Count > 0)
            return type.WithModifiers(type.Modifiers.Add(partial));
        var keyword = type.Keyword;
        return type.WithKeyword(keyword.WithLeadingTrivia()).WithModifiers(TokenList(partial.WithLeadingTrivia(keyword.LeadingTrivia)));
    }
}
