using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.Declared;

/// <summary>BW0016: writes the usual input behind <c>Network</c>, a colour image as ImageNet's networks take it, where that adds no other mistake.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(SayInput))]
public sealed class SayInput() : DeclaredFix("BW0016")
{
    private const string Usual = "(3, 224, 224)";

    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        if (Attributes.Of(declaration).FirstOrDefault(static each => Attributes.Name(each) == Attributes.Network) is not { } network)
            yield break;
        var input = Attribute(Attributes.Renamed(network, Attributes.Input).WithoutTrivia(), ParseAttributeArgumentList(Usual)).WithLeadingTrivia(Space);
        var list = (AttributeListSyntax)network.Parent!;
        var attributes = list.Attributes.Insert(list.Attributes.IndexOf(network) + 1, input);
        yield return new("Input", $"Add [Input{Usual}]: channels, height, width", declaration.SyntaxTree.GetRoot().ReplaceNode(list, list.WithAttributes(attributes)), FixEffect.Keeps);
    }
}
