using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.Declared;

/// <summary>BW0025: writes <c>Block</c> before the attributes of a class that is neither block nor network; <c>Network</c> where they say an input.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(SayKind))]
public sealed class SayKind() : DeclaredFix("BW0025")
{
    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        var all = Attributes.Of(declaration);
        if (all.Any(static each => Attributes.Name(each) is Attributes.Block or Attributes.Network) || all.FirstOrDefault(Attributes.IsDataflow) is not { } first)
            yield break;
        var kind = all.Any(static each => Attributes.Name(each) == Attributes.Input) ? Attributes.Network : Attributes.Block;
        var said = first.WithName(Attributes.Renamed(first, kind)).WithArgumentList(null).WithoutTrivia().WithLeadingTrivia(first.GetLeadingTrivia());
        var list = (AttributeListSyntax)first.Parent!;
        var at = list.Attributes.IndexOf(first);
        var attributes = list.Attributes.Replace(first, first.WithLeadingTrivia(Space)).Insert(at, said);
        yield return new("Kind", $"Add [{kind}]", declaration.SyntaxTree.GetRoot().ReplaceNode(list, list.WithAttributes(attributes)), FixEffect.Keeps);
    }
}
