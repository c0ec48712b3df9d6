using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.Declared;

/// <summary>BW0027: lets a constructor of a network begin with the one that the build writes, which takes nothing. Which widths a block's should give it nobody knows.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(CallBuild))]
public sealed class CallBuild() : DeclaredFix("BW0027")
{
    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        if (node is not ConstructorDeclarationSyntax { Initializer: null, ParameterList: { Parameters.Count: > 0 } parameters } constructor || !Attributes.Of(declaration).Any(static each => Attributes.Name(each) == Attributes.Network))
            yield break;
        var build = ConstructorInitializer(SyntaxKind.ThisConstructorInitializer)
            .WithColonToken(Token(SyntaxKind.ColonToken).WithLeadingTrivia(Space).WithTrailingTrivia(Space))
            .WithTrailingTrivia(parameters.GetTrailingTrivia());
        var begun = constructor.WithParameterList(parameters.WithoutTrailingTrivia()).WithInitializer(build);
        yield return new("Build", "Begin with the build's constructor: this()", declaration.SyntaxTree.GetRoot().ReplaceNode(constructor, begun), FixEffect.Keeps);
    }
}
