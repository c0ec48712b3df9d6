using Blockwright.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.CodeFixes.Declared;

/// <summary>BW4003: takes out an activation that changes nothing at any use of it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(DropActivation))]
public sealed class DropActivation() : DeclaredFix("BW4003")
{
    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        if (!diagnostic.Properties.ContainsKey(Descriptors.Replacement) || node.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute)
            yield break;
        yield return new("Drop", $"Drop the {Attributes.Name(attribute)}", Attributes.Remove(declaration, attribute), FixEffect.Keeps);
    }
}
