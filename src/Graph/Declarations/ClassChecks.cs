using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Graph;

/// <summary>Whether a class can be completed by the build, and what stands for it where it cannot.</summary>
internal static class ClassChecks
{
    /// <summary>The declaration with its class's form, and with what is wrong with that.</summary>
    public static Declaration Check(INamedTypeSymbol type, ImmutableArray<AttributeData> attributes, bool isBlock, bool isNetwork, Declaration declaration, CancellationToken cancellation)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var completion = Completion.OnOurBase;
        if (Unsuitable(type, isNetwork, cancellation) is var (reason, instead))
        {
            problems.Add(Problem.InClass(ProblemIds.UnsuitableClass, declaration.FullName, type.Name, reason));
            completion = instead;
        }
        if (type.GetAttributes().Any(DeclarationReader.IsShape))
            problems.Add(Problem.InClass(ProblemIds.InvalidArgument, declaration.FullName, "Shape", "a class that is written by hand; of a declared one its attributes say what comes out", type.Name));
        if (SecondDeclaration(attributes) is { } second)
            problems.Add(new(ProblemIds.SeveralDeclarations, declaration.FullName, new(second), new[] { type.Name }.ToEquatableArray(), EquatableArray<UseSite>.Empty));
        if (isBlock == isNetwork)
        {
            problems.Add(Problem.InClass(
                ProblemIds.MissingKind,
                declaration.FullName,
                type.Name,
                isBlock ? "both [Block] and [Network]: expected one of them" : "attributes of a block but neither [Block] nor [Network]: expected one of them"));
        }
        var clashes = OwnMembers.Clashes(type, declaration, cancellation).ToList();
        // Who writes a base class or parameters writes constructors for them: one mistake.
        problems.AddRange(clashes.Where(clash => clash.Place.MemberName != WellKnownMemberNames.InstanceConstructorName || completion is Completion.OnOurBase && !HasPrimaryConstructor(type, cancellation)));
        if (completion is Completion.OnOurBase or Completion.OnBlockModule && OwnMembers.NeedAnotherBase(type, clashes))
            completion = type.BaseType is { } own && DeclarationReader.IsOurs(own) ? Completion.None : Completion.OnTorchModule;
        var isOnOwn = completion is Completion.OnOwnBase or Completion.OnOwnModule;
        return declaration with
        {
            Form = new(
                type.IsRecord ? "record" : "class",
                isOnOwn && LeavesMembers(type.BaseType),
                TypeParametersOf(type),
                completion,
                HasPrimaryConstructor(type, cancellation) || OwnMembers.HasConstructor(type, declaration) || (isOnOwn && !CanConstruct(type)),
                isOnOwn && !HasConstructor(type.BaseType) && HasConstructor(type.BaseType, SpecialType.System_String),
                OwnMembers.TakenNames(type, isOnOwn),
                OwnMembers.Components(type),
                OwnMembers.ClosedNames(type, attributes, declaration),
                OwnMembers.GroupNames(attributes, declaration),
                type.DeclaringSyntaxReferences.Any(reference => !DeclarationSyntax.IsAddedByThisBuild(reference.SyntaxTree) && DeclarationSyntax.HasSummary(reference.GetSyntax(cancellation)))),
            ClassProblems = problems.ToImmutable().ToEquatableArray(),
        };
    }

    public static string TypeParametersOf(INamedTypeSymbol type) =>
        type.TypeParameters.IsEmpty ? "" : $"<{string.Join(", ", type.TypeParameters.Select(static parameter => CodeNames.Escape(parameter.Name)))}>";

    private static (string Reason, Completion Instead)? Unsuitable(INamedTypeSymbol type, bool isNetwork, CancellationToken cancellation)
    {
        if (type.IsRecord)
            return ("a record cannot derive from a TorchSharp module: declare a class", Completion.OnOwnBase);
        if (type.IsStatic)
            return ("a static class has no instances: leave 'static' out", Completion.None);
        if (type.Name is "Compute" or "TakeSnapshot" or "RegisterComponents" || (isNetwork && type.Name == "LoadFused"))
            return ("that is the name of a method which the build gives it: rename the class", Completion.None);
        if (IsFileLocal(type, cancellation))
            return ("a file-local class cannot be completed from another file: leave 'file' out", Completion.None);
        if (UnsuitableContainer(type, cancellation) is { } container)
            return container;
        if (OwnBase(type, isNetwork, cancellation) is { } own)
            return ($"it derives from '{own.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}', but the build gives it its base class: leave that out", CompletionOn(own));
        if (type.IsAbstract)
            return ("an abstract class cannot be made: leave 'abstract' out", Completion.OnOurBase);
        if (type.Arity > 0)
            return ("a generic class has no one forward: leave its type parameters out", Completion.OnOurBase);
        if (HasPrimaryConstructor(type, cancellation))
            return ("it has parameters of its own, but the build gives it its constructor: leave them out, or declare [Parameter]s", Completion.OnOurBase);
        return IsPartial(type, cancellation) ? null : ("it is not partial: add 'partial'", Completion.OnOurBase);
    }

    private static (string Reason, Completion Instead)? UnsuitableContainer(INamedTypeSymbol type, CancellationToken cancellation)
    {
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            if (outer.Arity > 0)
                return ($"it is nested in the generic type '{outer.Name}': move it out", Completion.OnOurBase);
            if (IsFileLocal(outer, cancellation))
                return ($"it is nested in '{outer.Name}', which is file-local and cannot be completed from another file: leave 'file' out there", Completion.None);
            if (!IsPartial(outer, cancellation))
                return ($"it is nested in '{outer.Name}', which is not partial: add 'partial' there", Completion.OnOurBase);
        }
        return null;
    }

    /// <summary>The base class that the user has written and that is not the build's, even where it is object.</summary>
    private static INamedTypeSymbol? OwnBase(INamedTypeSymbol type, bool isNetwork, CancellationToken cancellation)
    {
        if (type.BaseType is not { } own || (DeclarationReader.IsOurs(own) && isNetwork == DeclarationReader.IsNetworkModule(own)))
            return null;
        if (own.SpecialType == SpecialType.System_Object)
            return type.DeclaringSyntaxReferences.Any(reference => NamesObject(reference.GetSyntax(cancellation))) ? own : null;
        // Where the build has already written one, which it does beside none of the user's, it is that.
        return DeclarationReader.IsOurs(own) || !type.DeclaringSyntaxReferences.Any(reference =>
            DeclarationSyntax.IsAddedByThisBuild(reference.SyntaxTree) && reference.GetSyntax(cancellation) is ClassDeclarationSyntax { BaseList: not null })
            ? own
            : null;
    }

    private static bool NamesObject(SyntaxNode declaration) => declaration is ClassDeclarationSyntax { BaseList.Types: [{ Type: var first }, ..] }
        && first is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.ObjectKeyword } or SimpleNameSyntax { Identifier.ValueText: "Object" } or QualifiedNameSyntax { Right.Identifier.ValueText: "Object" };

    private static Completion CompletionOn(INamedTypeSymbol own)
    {
        if (DeclarationReader.IsOurs(own))
            return own.Name == DeclarationReader.BlockModule ? Completion.OnBlockModule : Completion.OnOwnBase;
        for (var each = own; each is not null; each = each.BaseType)
        {
            if (each.GetMembers("forward").OfType<IMethodSymbol>().FirstOrDefault(static method => method.Parameters.Length == 1) is { } forward)
                return forward.IsAbstract ? Completion.OnOwnModule : Completion.OnOwnBase;
        }
        return Completion.OnOwnBase;
    }

    private static bool LeavesMembers(INamedTypeSymbol? own)
    {
        for (var each = own; each is { IsAbstract: true }; each = each.BaseType)
        {
            if (each.GetMembers().Any(static member => member.IsAbstract && member is not IMethodSymbol { Name: "forward", Parameters.Length: 1 } and not IMethodSymbol { MethodKind: not MethodKind.Ordinary }))
                return true;
        }
        return false;
    }

    /// <summary>Whether a constructor can be written beside a base class of the user's own: there is none yet, and one that leads to the base is plain.</summary>
    private static bool CanConstruct(INamedTypeSymbol type) =>
        // The build has yet to write that of a declared one.
        !OwnMembers.Of(type, WellKnownMemberNames.InstanceConstructorName).Any() && type.BaseType is { } own && !DeclarationReader.IsDeclared(own) && (HasConstructor(type.BaseType) || HasConstructor(type.BaseType, SpecialType.System_String));

    private static bool HasConstructor(INamedTypeSymbol? type, params SpecialType[] parameters) => type?.InstanceConstructors.Any(constructor =>
        constructor.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
        && constructor.Parameters.Select(static parameter => parameter.Type.SpecialType).SequenceEqual(parameters)) == true;

    private static bool IsPartial(INamedTypeSymbol type, CancellationToken cancellation) => HasModifier(type, SyntaxKind.PartialKeyword, cancellation);

    private static bool IsFileLocal(INamedTypeSymbol type, CancellationToken cancellation) => HasModifier(type, SyntaxKind.FileKeyword, cancellation);

    private static bool HasPrimaryConstructor(INamedTypeSymbol type, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation) is ClassDeclarationSyntax { ParameterList: not null });

    private static bool HasModifier(INamedTypeSymbol type, SyntaxKind modifier, CancellationToken cancellation) =>
        type.DeclaringSyntaxReferences.Any(reference =>
            !DeclarationSyntax.IsAddedByThisBuild(reference.SyntaxTree) && reference.GetSyntax(cancellation) is BaseTypeDeclarationSyntax declaration && declaration.Modifiers.Any(modifier));

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
