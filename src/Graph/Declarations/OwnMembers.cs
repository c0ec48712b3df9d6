using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Graph;

/// <summary>The members that a declared class has of the user's own: which names they take, which stand where the build writes, and what they hold.</summary>
public static class OwnMembers
{
    /// <summary>What our base classes and what is written call their members, beside fields, which begin with an underscore.</summary>
    private static readonly ImmutableHashSet<string> OurNames = ImmutableHashSet.Create(
        "forward", "call", "Fuse", "LoadFused", "Cost", "Compute", "TakeSnapshot", "Bw_Snapshot", "Bw_Plans", "Bw_Islands", "Bw_Build", "InChannels", "OutChannels", "Register", "RegisterOwn", "RegisterComponents", Indexer, IndexersName);

    /// <summary>What a symbol calls an indexer, and what it is called in an assembly.</summary>
    private const string Indexer = "this[]";
    private const string IndexersName = "Item";

    private const string FuseOptions = "FuseOptions";
    private const string LayerGroup = "LayerGroup`1";

    /// <summary>The members of a name, in the order of the source.</summary>
    public static IEnumerable<ISymbol> Of(INamedTypeSymbol type, string name) => type.GetMembers(name).Where(IsOwn);

    /// <param name="withInherited">Those of a base class of the user's own, too.</param>
    internal static EquatableArray<string> TakenNames(INamedTypeSymbol type, bool withInherited) =>
        type.GetMembers().Where(IsOwn).Concat(withInherited ? Inherited(type) : []).Select(static member => member.Name).Concat(withInherited && DerivesFromDeclared(type) ? OurNames : []).Where(static name => name.StartsWith("_", StringComparison.Ordinal) || OurNames.Contains(name))
            .Distinct(StringComparer.Ordinal).OrderBy(static name => name, StringComparer.Ordinal).ToEquatableArray();

    /// <summary>Whether an indexer can be written beside the members of the user's own.</summary>
    public static bool CanIndex(Declaration declaration) => !declaration.Form.TakenNames.Contains(Indexer) && !declaration.Form.TakenNames.Contains(IndexersName) && declaration.Name.TrimStart('@') != IndexersName;

    /// <summary>Whether a member for a layer may have the name.</summary>
    public static bool IsOpen(Declaration declaration, string name) =>
        name != "_" && CodeNames.IsIdentifier(name) && !OurNames.Contains(name) && !declaration.Form.ClosedNames.Contains(name) && name != declaration.Name.TrimStart('@');

    /// <summary>Whether a member for a layer may have the name in a group of layers.</summary>
    public static bool IsOpenInGroup(Declaration declaration, string name) => name != "_" && name != IndexersName && CodeNames.IsIdentifier(name) && !declaration.Form.GroupNames.Contains(name);

    /// <summary>
    /// Of the names that keys of the class may begin with, those that a member has already; which those are an inlined block says, whose text is not read here: then it is all names. And those that a field for a layer may not have.
    /// </summary>
    internal static EquatableArray<string> ClosedNames(INamedTypeSymbol type, ImmutableArray<AttributeData> attributes, Declaration declaration)
    {
        var keys = new HashSet<string>(declaration.Steps.Select(static step => step.Text(nameof(LayerAttribute.Name))).OfType<string>().Select(static name => name.TrimStart('/').Split('.')[0]), StringComparer.Ordinal);
        if (keys.Count == 0)
            return EquatableArray<string>.Empty;
        var areAll = keys.Contains("");
        var names = new HashSet<string>(type.GetMembers().Where(IsOwn).Select(static member => member.Name).Concat(NamesIn(attributes, DeclarationReader.NetworkModule)), StringComparer.Ordinal);
        return names.Where(name => areAll || keys.Contains(name) || name.StartsWith("_", StringComparison.Ordinal)).OrderBy(static name => name, StringComparer.Ordinal).ToEquatableArray();
    }

    /// <summary>Of the names that parts of keys may be, those that a group of layers has; where an inlined block says the keys, all.</summary>
    internal static EquatableArray<string> GroupNames(ImmutableArray<AttributeData> attributes, Declaration declaration)
    {
        var names = declaration.Steps.Select(static step => step.Text(nameof(LayerAttribute.Name))).OfType<string>().ToList();
        if (names.Count == 0)
            return EquatableArray<string>.Empty;
        var parts = new HashSet<string>(names.SelectMany(static name => name.TrimStart('/').Split('.')), StringComparer.Ordinal);
        return NamesIn(attributes, LayerGroup).Where(name => names.Contains("") || parts.Contains(name)).Distinct(StringComparer.Ordinal).OrderBy(static name => name, StringComparer.Ordinal).ToEquatableArray();
    }

    /// <summary>What a class of the runtime, and what it is derived from, call their members.</summary>
    private static IEnumerable<string> NamesIn(ImmutableArray<AttributeData> attributes, string className)
    {
        for (var each = attributes[0].AttributeClass?.ContainingAssembly.GetTypeByMetadataName($"{DeclarationReader.Namespace}.{className}"); each is not null; each = each.BaseType)
        {
            foreach (var member in each.GetMembers().Where(static member => member.DeclaredAccessibility != Accessibility.Private && member.CanBeReferencedByName))
                yield return member.Name;
        }
    }

    private static bool DerivesFromDeclared(INamedTypeSymbol type)
    {
        for (var each = type.BaseType; each is not null; each = each.BaseType)
        {
            if (DeclarationReader.IsDeclared(each))
                return true;
        }
        return false;
    }

    private static IEnumerable<ISymbol> Inherited(INamedTypeSymbol type)
    {
        for (var each = type.BaseType; each is not null; each = each.BaseType)
        {
            foreach (var member in each.GetMembers().Where(static member => !member.IsAbstract && member.DeclaredAccessibility != Accessibility.Private))
                yield return member;
        }
    }

    /// <summary>The fields and automatic properties that hold a module, a parameter or a tensor.</summary>
    internal static EquatableArray<string> Components(INamedTypeSymbol type) =>
        type.GetMembers().Where(IsOwn).Where(HoldsState).Select(static member => member.Name).Where(CodeNames.IsIdentifier).ToEquatableArray();

    /// <summary>Whether the class has a constructor with the parameters of the one that is written.</summary>
    internal static bool HasConstructor(INamedTypeSymbol type, Declaration declaration) => Of(type, WellKnownMemberNames.InstanceConstructorName).Any(constructor => IsOurConstructor(constructor, declaration));

    /// <summary>What the class has itself and cannot have: what the build writes, and constructors that would leave the layers out.</summary>
    internal static IEnumerable<Problem> Clashes(INamedTypeSymbol type, Declaration declaration, CancellationToken cancellation)
    {
        foreach (var name in new[] { WellKnownMemberNames.InstanceConstructorName, "forward", "Fuse", "Compute", "TakeSnapshot", "LoadFused" })
        {
            var ordinal = -1;
            foreach (var member in Of(type, name))
            {
                ordinal++;
                if (Clash(member, declaration, cancellation) is var (what, expected))
                    yield return new(ProblemIds.WrittenByTheBuild, declaration.FullName, Place.Member(name, ordinal), new[] { what, expected }.ToEquatableArray(), EquatableArray<UseSite>.Empty);
            }
        }
        if (declaration.Kind == DeclarationKind.Block && type.GetMembers().Where(IsOwn).FirstOrDefault(IsRequired) is { } required)
        {
            yield return new(
                ProblemIds.WrittenByTheBuild,
                declaration.FullName,
                Place.Member(required.Name, 0),
                new[] { $"Who applies {type.Name} makes it with its constructor alone, and could not set {required.Name}", "no 'required'" }.ToEquatableArray(),
                EquatableArray<UseSite>.Empty);
        }
    }

    /// <summary>Whether what clashes could not be compiled on our base class: overrides of what is sealed there, and what it wants overridden.</summary>
    internal static bool NeedAnotherBase(INamedTypeSymbol type, IEnumerable<Problem> clashes) => clashes.Any(problem => problem.Place.MemberName switch
    {
        "Compute" or "TakeSnapshot" => true,
        "forward" => Of(type, "forward").ElementAt(problem.Place.Item).IsOverride,
        _ => false,
    });

    private static (string What, string Expected)? Clash(ISymbol member, Declaration declaration, CancellationToken cancellation)
    {
        var isNetwork = declaration.Kind == DeclarationKind.Network;
        return member switch
        {
            IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => ConstructorClash(constructor, declaration, cancellation),
            IMethodSymbol { Name: "forward" or "Compute" } method when TakesInputs(method, declaration) => Written(method),
            IMethodSymbol { Name: "Fuse" or "TakeSnapshot" } method when Takes(method) => Written(method),
            IMethodSymbol { Name: "Fuse" } method when isNetwork && Takes(method, FuseOptions) => Written(method),
            IMethodSymbol { Name: "LoadFused" } method when isNetwork && Takes(method, nameof(String), FuseOptions) => Written(method),
            IMethodSymbol or { Name: "forward" or "Fuse" } => null,
            { Name: "LoadFused" } when !isNetwork => null,
            _ => ($"The build writes a method {member.Name}", "another name"),
        };
    }

    /// <summary>Whether it takes what comes in: the input, or of several the inputs or all of them together.</summary>
    private static bool TakesInputs(IMethodSymbol method, Declaration declaration)
    {
        var inputs = declaration.Kind == DeclarationKind.Network ? declaration.Inputs.Count : 1;
        return inputs < 2 ? Takes(method, "Tensor")
            : method is { Arity: 0, Parameters: [{ RefKind: RefKind.None, Type: IArrayTypeSymbol { Rank: 1, ElementType: var element } }] } ? IsCalled(element, "Tensor")
            : method.Name == "forward" && Takes(method, Enumerable.Repeat("Tensor", inputs).ToArray());
    }

    private static (string What, string Expected) Written(IMethodSymbol method) =>
        ($"The build writes {method.Name}({string.Join(", ", method.Parameters.Select(static parameter => parameter.Type.SpecialType == SpecialType.System_String ? "string" : parameter.Type is IArrayTypeSymbol array ? array.ElementType.Name + "[]" : parameter.Type.Name))}), as the attributes say", "another name or other parameters");

    private static (string What, string Expected)? ConstructorClash(IMethodSymbol constructor, Declaration declaration, CancellationToken cancellation)
    {
        var name = constructor.ContainingType.Name;
        var parameters = declaration.ConstructorParameters;
        var ours = string.Join(", ", parameters.Select(parameter => $"{(declaration.IsActivation(parameter) ? "Func<Tensor, Tensor>" : "int")} {parameter}"));
        if (IsOurConstructor(constructor, declaration))
            return ($"The build writes {name}({ours})", $"a constructor with other parameters, which begins with ': this({string.Join(", ", parameters)})'");
        return Begins(constructor, cancellation) ? null : ($"This constructor leaves out what the build writes, {name}({ours})", $"': this({string.Join(", ", parameters)})' behind its parameters");
    }

    /// <summary>Whether the constructor begins with another of the class. One without a body that we can see is none of the user's.</summary>
    private static bool Begins(IMethodSymbol constructor, CancellationToken cancellation) => constructor.DeclaringSyntaxReferences.Length == 0
        || constructor.DeclaringSyntaxReferences[0].GetSyntax(cancellation) is not ConstructorDeclarationSyntax syntax
        // The first part of a partial one cannot say it, and the second is no symbol.
        || syntax.Modifiers.Any(SyntaxKind.PartialKeyword)
        || syntax.Initializer?.ThisOrBaseKeyword.IsKind(SyntaxKind.ThisKeyword) == true;

    private static bool IsOurConstructor(ISymbol constructor, Declaration declaration) =>
        constructor is IMethodSymbol { Parameters: var own } && declaration.ConstructorParameters is var ours && own.Length == ours.Length
        && own.Zip(ours, (parameter, name) => parameter.RefKind == RefKind.None && (declaration.IsActivation(name)
            ? parameter.Type is { Name: "Func", ContainingNamespace.Name: nameof(System) } and INamedTypeSymbol { Arity: 2 }
            : parameter.Type.SpecialType == SpecialType.System_Int32)).All(static isOurs => isOurs);

    private static bool Takes(IMethodSymbol method, params string[] types) =>
        method.Arity == 0 && method.Parameters.Length == types.Length && method.Parameters.Zip(types, static (parameter, type) => parameter.RefKind == RefKind.None && IsCalled(parameter.Type, type)).All(static same => same);

    private static bool IsCalled(ITypeSymbol type, string name) => name switch
    {
        nameof(String) => type.SpecialType == SpecialType.System_String,
        // A type that the compiler does not find may become the one that is meant.
        _ => type.Name == name && (type.TypeKind == TypeKind.Error || type.ContainingType?.Name == "torch" || type.ContainingNamespace?.Name == DeclarationReader.Namespace),
    };

    internal static bool IsRequired(ISymbol member) => member is IFieldSymbol { IsRequired: true } or IPropertySymbol { IsRequired: true };

    private static bool HoldsState(ISymbol member) => member switch
    {
        IFieldSymbol { IsStatic: false, IsConst: false, IsImplicitlyDeclared: false, AssociatedSymbol: null } field => IsState(field.Type),
        // Only an automatic property has a field behind it.
        IPropertySymbol { IsStatic: false, IsIndexer: false } property => IsState(property.Type)
            && property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property)),
        _ => false,
    };

    private static bool IsState(ITypeSymbol type)
    {
        for (var each = type; each is not null; each = each.BaseType)
        {
            if (each is { Name: "Module", ContainingType: { Name: "nn", ContainingType.Name: "torch" } } or { Name: "Tensor", ContainingType.Name: "torch" })
                return true;
        }
        return false;
    }

    /// <summary>Whether the build has added the member.</summary>
    public static bool IsAdded(ISymbol member) => member.DeclaringSyntaxReferences.Length > 0 && member.DeclaringSyntaxReferences.All(static reference => DeclarationSyntax.IsAddedByThisBuild(reference.SyntaxTree));

    private static bool IsOwn(ISymbol member) => !member.IsImplicitlyDeclared && !IsAdded(member);
}
