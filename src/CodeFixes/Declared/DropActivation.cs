using System.Collections.Immutable;
using Blockwright.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.CodeFixes.Declared;

/// <summary>BW4003: takes out an activation that changes nothing at any use of it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(DropActivation))]
public sealed class DropActivation() : DeclaredFix("BW4003")
{
    private static readonly ImmutableHashSet<string> WithState = ImmutableHashSet.Create("Conv2d", "Conv1x1", "DepthwiseConv2d", "BatchNorm2d", "Linear", "Apply");

    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        if (!diagnostic.Properties.ContainsKey(Descriptors.Replacement) || node.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute)
            yield break;
        var title = $"Drop the {Attributes.Name(attribute)}";
        var behind = Attributes.Of(declaration).SkipWhile(each => each != attribute).Skip(1);
        if (behind.Any(IsNumbered))
            title += " (the keys of layers that are numbered behind it change)";
        yield return new("Drop", title, Attributes.Remove(declaration, attribute));
    }

    /// <summary>Whether a layer's key may count the layers before it.</summary>
    private static bool IsNumbered(AttributeSyntax attribute) =>
        WithState.Contains(Attributes.Name(attribute)) && attribute.ArgumentList?.Arguments.Any(static argument => argument.NameEquals?.Name.Identifier.ValueText == "Name") != true;
}
