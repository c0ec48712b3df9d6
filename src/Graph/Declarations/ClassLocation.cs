using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Graph;

/// <summary>Where a declared class has its name, in the declaration that carries the attributes.</summary>
public static class ClassLocation
{
    public static Location Of(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var attribute = DeclarationReader.AttributesOf(type).FirstOrDefault();
        var syntax = attribute?.ApplicationSyntaxReference?.GetSyntax(cancellation).FirstAncestorOrSelf<BaseTypeDeclarationSyntax>();
        return syntax?.Identifier.GetLocation() ?? type.Locations.FirstOrDefault() ?? Location.None;
    }

    /// <summary>Looks through all classes with attributes: for what is seldom asked.</summary>
    public static Location Of(string fullName, Compilation compilation, CancellationToken cancellation)
    {
        foreach (var part in compilation.SyntaxTrees.SelectMany(tree => DeclarationSyntax.Of(tree, cancellation).Parts))
        {
            if (compilation.GetSemanticModel(part.Syntax.SyntaxTree).GetDeclaredSymbol(part.Syntax, cancellation) is INamedTypeSymbol type
                && DeclarationReader.IsDeclared(type) && DeclarationReader.FullNameOf(type) == fullName)
                return Of(type, cancellation);
        }
        return Location.None;
    }
}
