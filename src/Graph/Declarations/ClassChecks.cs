using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Graph;

/// <summary>Whether a class can be completed by the build at all.</summary>
internal static class ClassChecks
{
    public static IEnumerable<Problem> Check(INamedTypeSymbol type, ImmutableArray<AttributeData> attributes, bool isBlock, bool isNetwork, CancellationToken cancellation)
    {
        var owner = DeclarationReader.FullNameOf(type);
        if (UnsuitableBecause(type, cancellation) is { } reason)
            yield return Problem.InClass(ProblemIds.UnsuitableClass, owner, type.Name, reason);
        if (SecondDeclaration(attributes) is { } second)
            yield return new(ProblemIds.SeveralDeclarations, owner, new(second), new[] { type.Name }.ToEquatableArray(), EquatableArray<UseSite>.Empty);
        if (isBlock == isNetwork)
        {
            yield return Problem.InClass(
                ProblemIds.MissingKind,
                owner,
                type.Name,
                isBlock ? "both [Block] and [Network]: expected one of them" : "attributes of a block but neither [Block] nor [Network]: expected one of them");
        }
    }

    private static string? UnsuitableBecause(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (type.IsRecord)
            return "a record cannot derive from a TorchSharp module: declare a class";
        if (type.IsStatic)
            return "a static class has no instances: leave 'static' out";
        if (type.IsAbstract)
            return "an abstract class cannot be made: leave 'abstract' out";
        if (type.Arity > 0)
            return "a generic class has no one forward: leave its type parameters out";
        if (type.Name is "forward" or "Compute" or "Fuse" or "LoadFused")
            return "that is the name of a method which the build gives it: rename the class";
        if (type.BaseType is { SpecialType: not SpecialType.System_Object, Name: not "BlockModule" } @base)
            return $"it derives from '{@base.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}', but the build gives it its base class: leave that out";
        if (HasPrimaryConstructor(type, cancellation))
            return "it has parameters of its own, but the build gives it its constructor: leave them out, or declare [Parameter]s";
        if (IsFileLocal(type, cancellation))
            return "a file-local class cannot be completed from another file: leave 'file' out";
        if (!IsPartial(type, cancellation))
            return "it is not partial: add 'partial'";
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (outer.Arity > 0)
                return $"it is nested in the generic type '{outer.Name}': move it out";
            if (IsFileLocal(outer, cancellation))
                return $"it is nested in '{outer.Name}', which is file-local and cannot be completed from another file: leave 'file' out there";
            if (!IsPartial(outer, cancellation))
                return $"it is nested in '{outer.Name}', which is not partial: add 'partial' there";
        }
        return null;
    }

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellation) => HasModifier(type, SyntaxKind.PartialKeyword, cancellation);

    private static bool IsFileLocal(INamedTypeSymbol type, CancellationToken cancellation) => HasModifier(type, SyntaxKind.FileKeyword, cancellation);

    private static bool HasPrimaryConstructor(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation) is ClassDeclarationSyntax { ParameterList: not null });

    private static bool HasModifier(INamedTypeSymbol type, SyntaxKind modifier, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation) is BaseTypeDeclarationSyntax declaration && declaration.Modifiers.Any(modifier));

    /// <summary>The first attribute that stands on another declaration than the first one does.</summary>
    private static int? SecondDeclaration(ImmutableArray<AttributeData> attributes)
    {
        var first = DeclarationOf(attributes[0]);
        for (var i = 1; i < attributes.Length; i++)
        {
            if (DeclarationOf(attributes[i]) is { } other && other != first)
                return i;
        }
        return null;
    }

    private static (SyntaxTree, int)? DeclarationOf(AttributeData attribute) =>
        attribute.ApplicationSyntaxReference?.GetSyntax().FirstAncestorOrSelf<BaseTypeDeclarationSyntax>() is { } declaration ? (declaration.SyntaxTree, declaration.SpanStart) : null;
}
