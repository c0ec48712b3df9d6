using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Generator.Parse;

/// <summary>From the compiler's context of one attribute to a value.</summary>
internal static class DeclarationParser
{
    /// <summary>Null where another attribute of the class stands for it: each class is completed once.</summary>
    public static Declaration? Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        if (context.TargetSymbol is not INamedTypeSymbol type)
            return null;
        var roots = type.GetAttributes().Where(static attribute => attribute.AttributeClass?.ToDisplayString() is DeclarationReader.BlockAttribute or DeclarationReader.NetworkAttribute);
        var first = roots.FirstOrDefault()?.ApplicationSyntaxReference;
        var here = context.Attributes[0].ApplicationSyntaxReference;
        if (first?.SyntaxTree != here?.SyntaxTree || first?.Span != here?.Span)
            return null;
        return DeclarationReader.Read(type, cancellation);
    }
}
