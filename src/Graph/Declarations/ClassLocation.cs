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
    public static Location Of(string fullName, Compilation compilation, CancellationToken cancellation) =>
        Find(fullName, compilation, cancellation) is { } type ? Of(type, cancellation) : Location.None;

    /// <summary>The declared class of a name; null where this compilation has none, as of a referenced block. It looks through all classes with attributes.</summary>
    public static INamedTypeSymbol? Find(string fullName, Compilation compilation, CancellationToken cancellation) => compilation.SyntaxTrees
        .SelectMany(tree => DeclarationSyntax.Of(tree, cancellation).Parts)
        .Select(part => compilation.GetSemanticModel(part.Syntax.SyntaxTree).GetDeclaredSymbol(part.Syntax, cancellation) as INamedTypeSymbol)
        .FirstOrDefault(type => type is not null && DeclarationReader.IsDeclared(type) && DeclarationReader.FullNameOf(type) == fullName);
}
