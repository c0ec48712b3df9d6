using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Blockwright.Graph;

/// <summary>Reads a class's attributes into a <see cref="Declaration"/>. The one place of the house that knows Roslyn's symbols.</summary>
public static class DeclarationReader
{
    public const string Namespace = "Blockwright";
    public const string BlockAttribute = Namespace + ".BlockAttribute";
    public const string NetworkAttribute = Namespace + ".NetworkAttribute";

    internal const string BlockModule = "BlockModule";
    internal const string NetworkModule = "NetworkModule";

    /// <summary>The word that puts a module of the user's own into a declaration.</summary>
    public const string ModuleStep = "Module";

    private const string AttributeEnding = "Attribute";

    private static readonly SymbolDisplayFormat Qualified = SymbolDisplayFormat.FullyQualifiedFormat;

    /// <summary>Reads a class of a compilation, with the blocks of other assemblies that it reaches.</summary>
    public static Declaration Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        var external = new SortedDictionary<string, Declaration>(StringComparer.Ordinal);
        ReadExternal(type, type.ContainingAssembly, external, cancellation);
        return ReadOne(type, compilation, cancellation) with { External = external.Values.ToEquatableArray() };
    }

    /// <summary>The attributes that a declaration's places count: Blockwright's, in source order.</summary>
    public static ImmutableArray<AttributeData> AttributesOf(INamedTypeSymbol type) => type.GetAttributes().Where(IsOurs).ToImmutableArray();

    /// <summary>An attribute's class as people write it.</summary>
    public static string WordOf(INamedTypeSymbol attribute) => attribute.Name.EndsWith(AttributeEnding, StringComparison.Ordinal) ? attribute.Name.Substring(0, attribute.Name.Length - AttributeEnding.Length) : attribute.Name;

    public static string FullNameOf(INamedTypeSymbol type) => type.ToDisplayString(Qualified);

    /// <summary>Whether the class is a block, a network, or carries an attribute that only those may.</summary>
    public static bool IsDeclared(INamedTypeSymbol type) => type.TypeKind == TypeKind.Class && HasNames(type) && type.GetAttributes().Any(IsOurs);

    /// <summary>What a [Shape] says on a class that cannot stand in a declaration as a layer, which then nobody hears; null where there is none, or where it can.</summary>
    public static (AttributeData Shape, Problem Problem)? ShapeOfNone(INamedTypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(IsShape) is { } shape && !IsDeclared(type) && !type.IsAbstract && OwnClassReader.Unsuitable(type) is { } reason
            ? (shape, Problem.InClass(ProblemIds.UnsuitableModule, FullNameOf(type), type.Name, reason))
            : null;

    /// <summary>Whether it is one of the runtime's base classes.</summary>
    public static bool IsOurs(INamedTypeSymbol type) => (type.Name == BlockModule || IsNetworkModule(type)) && type.ContainingNamespace is { Name: Namespace, ContainingNamespace.IsGlobalNamespace: true };

    /// <summary>Whether one of the runtime's base classes is a network's: there is one for each number of inputs, which its name ends with.</summary>
    internal static bool IsNetworkModule(INamedTypeSymbol ours) => ours.Name.TrimEnd('2', '3', '4', '5', '6') == NetworkModule;

    /// <summary>Whether the class and all around it has a name: one that is being typed may lack it.</summary>
    private static bool HasNames(INamedTypeSymbol type)
    {
        for (ISymbol each = type; each is not INamespaceSymbol { IsGlobalNamespace: true }; each = each.ContainingSymbol)
        {
            if (each.Name.Length == 0)
                return false;
        }
        return true;
    }

    /// <summary>As far as anybody reads on: see <see cref="Reach"/>.</summary>
    private static void ReadExternal(INamedTypeSymbol type, IAssemblySymbol home, SortedDictionary<string, Declaration> found, CancellationToken cancellation)
    {
        var level = new List<INamedTypeSymbol> { type };
        for (var depth = 0; depth <= BuildLimits.Depth && level.Count > 0; depth++)
        {
            var next = new List<INamedTypeSymbol>();
            foreach (var used in level.SelectMany(static user => user.GetAttributes()).Where(IsOurs).SelectMany(static attribute => attribute.AttributeClass!.TypeArguments).OfType<INamedTypeSymbol>())
            {
                cancellation.ThrowIfCancellationRequested();
                if (SymbolEqualityComparer.Default.Equals(used.ContainingAssembly, home) || !IsBlock(used) || found.ContainsKey(FullNameOf(used)))
                    continue;
                found.Add(FullNameOf(used), ReadOne(used, null, cancellation));
                next.Add(used);
            }
            level = next;
        }
    }

    /// <param name="compilation">Whose class it is; null for one of another assembly.</param>
    private static Declaration ReadOne(INamedTypeSymbol type, Compilation? compilation, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var isExternal = compilation is null;
        var attributes = AttributesOf(type);
        var parameters = ImmutableArray.CreateBuilder<Parameter>();
        var steps = ImmutableArray.CreateBuilder<Step>();
        var (isBlock, isNetwork, isComplete) = (false, false, true);
        var inputs = ImmutableArray.CreateBuilder<InputSize>();
        Step? budget = null;
        for (var i = 0; i < attributes.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var step = ReadStep(type, attributes[i], i, compilation);
            isComplete &= step is not null;
            switch (step?.Kind)
            {
                case "Block": isBlock = true; break;
                case "Network": isNetwork = true; break;
                case "Parameter": parameters.Add(ReadParameter(step)); break;
                case "Input": inputs.Add(new(Integer(step, nameof(InputAttribute.Channels)), Integer(step, nameof(InputAttribute.Height)), Integer(step, nameof(InputAttribute.Width)), step.Place, step.Text(nameof(InputAttribute.Name)))); break;
                case Budget.Kind: budget = step; break;
                case not null: steps.Add(step!); break;
            }
        }
        var kind = isNetwork ? DeclarationKind.Network : isBlock ? DeclarationKind.Block : DeclarationKind.None;
        var declaration = new Declaration(
            kind,
            FullNameOf(type),
            type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString(Qualified.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)) : "",
            ContainersOf(type).ToEquatableArray(),
            CodeNames.Escape(type.Name),
            isExternal,
            isComplete,
            parameters.ToEquatableArray(),
            inputs.ToEquatableArray(),
            steps.ToEquatableArray(),
            ClassForm.Plain,
            EquatableArray<Problem>.Empty,
            EquatableArray<Declaration>.Empty) { Budget = budget, Visibility = VisibilityOf(type), TakesOut = isExternal && TakesOut(type) };
        return isExternal ? declaration : ClassChecks.Check(type, attributes, isBlock, isNetwork, declaration, cancellation);
    }

    private static Parameter ReadParameter(Step step) => new(
        step.Text(nameof(ParameterAttribute.Name)) ?? "",
        step.PlaceOf(nameof(ParameterAttribute.Name)),
        (ParameterKind)Integer(step, nameof(ParameterAttribute.Kind)),
        step[nameof(ParameterAttribute.Default)] is null ? null : Integer(step, nameof(ParameterAttribute.Default)))
    {
        Others = step.List(nameof(ParameterAttribute.Others)).Select(static value => value is Value.Number { Expression: Expression.Number number } ? number.Value : 0).ToEquatableArray(),
    };

    private static bool TakesOut(INamedTypeSymbol type) =>
        type.InstanceConstructors.Any(static constructor => constructor.Parameters is [{ Name: Names.InChannels }, { Name: Names.OutChannels, Type.SpecialType: SpecialType.System_Int32 }, ..]);

    private static long Integer(Step step, string name) => step[name] is Value.Number { Expression: Expression.Number number } ? number.Value : 0;

    private static bool IsBlock(INamedTypeSymbol type) => type.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "BlockAttribute" && IsOurs(attribute));

    /// <summary>Whether it is an attribute of declarations; what a module of the user's own gives is none.</summary>
    private static bool IsOurs(AttributeData attribute) => IsOfOurNamespace(attribute) && !IsShape(attribute);

    internal static bool IsShape(AttributeData attribute) => attribute.AttributeClass?.Name == nameof(ShapeAttribute) && IsOfOurNamespace(attribute);

    private static bool IsOfOurNamespace(AttributeData attribute) => attribute.AttributeClass is { ContainingNamespace: { Name: Namespace, ContainingNamespace.IsGlobalNamespace: true } };

    /// <summary>Null where the compiler could not make sense of the attribute.</summary>
    private static Step? ReadStep(INamedTypeSymbol user, AttributeData attribute, int index, Compilation? compilation)
    {
        if (attribute.AttributeClass is not { TypeKind: TypeKind.Class } type || type.TypeArguments.Any(static argument => argument.TypeKind == TypeKind.Error) || ReadArguments(attribute) is not { } arguments)
            return null;
        var kind = WordOf(type);
        if (kind == ModuleStep)
        {
            var (own, given) = OwnClassReader.Read(user, attribute, index, compilation);
            return new(kind, index, EquatableArray<BlockReference>.Empty, arguments.SetItem(0, given).ToEquatableArray()) { Class = own };
        }
        var blocks = type.TypeArguments.Select(static block => new BlockReference(block.ToDisplayString(Qualified), block.Name, block is INamedTypeSymbol { IsGenericType: false } named && IsBlock(named)) { IsModule = OwnClassReader.IsPlainModule(block) });
        return new(kind, index, blocks.ToEquatableArray(), arguments.ToEquatableArray());
    }

    /// <summary>Those of the constructor and then those by name; null where the compiler could not make sense of them.</summary>
    internal static ImmutableArray<Argument>? ReadArguments(AttributeData attribute)
    {
        if (attribute.AttributeConstructor is not { } constructor || attribute.AttributeClass is not { } type)
            return null;
        if (attribute.ApplicationSyntaxReference is not null && attribute.ConstructorArguments.Length != constructor.Parameters.Length)
            return null;
        var arguments = ImmutableArray.CreateBuilder<Argument>();
        for (var i = 0; i < constructor.Parameters.Length; i++)
        {
            if (ReadArgument(PropertyName(constructor.Parameters[i].Name), constructor.Parameters[i].Type, attribute.ConstructorArguments[i]) is not { } argument)
                return null;
            arguments.Add(argument);
        }
        foreach (var named in attribute.NamedArguments)
        {
            var property = MembersOf(type, named.Key).OfType<IPropertySymbol>().FirstOrDefault();
            if (property is null || ReadArgument(named.Key, property.Type, named.Value) is not { } argument)
                return null;
            arguments.Add(argument);
        }
        return arguments.ToImmutable();
    }

    private static IEnumerable<ISymbol> MembersOf(INamedTypeSymbol type, string name)
    {
        for (var each = type; each is not null; each = each.BaseType)
        {
            foreach (var member in each.GetMembers(name))
                yield return member;
        }
    }

    private static string PropertyName(string parameter) => char.ToUpperInvariant(parameter[0]) + parameter.Substring(1);

    private static Argument? ReadArgument(string name, ITypeSymbol declared, TypedConstant constant) =>
        constant.Kind == TypedConstantKind.Error ? null : new(name, name == nameof(FlowAttribute.If) && constant.Value is string condition ? new Value.Condition(ExpressionParser.ParseCondition(condition)) : ReadValue(declared, constant));

    private static Value ReadValue(ITypeSymbol declared, TypedConstant constant)
    {
        if (constant.Kind == TypedConstantKind.Array)
        {
            // An object[] holds numbers, and so does an array given where an object is asked for.
            var element = declared is IArrayTypeSymbol array ? array.ElementType : declared;
            return constant.IsNull
                ? new Value.Unusable("null")
                : new Value.List(constant.Values.Select(item => ReadValue(element, item)).ToEquatableArray());
        }
        return (constant.Value, declared.SpecialType) switch
        {
            (string text, SpecialType.System_String) => new Value.Text(text),
            (string text, _) => new Value.Number(ExpressionParser.Parse(text)),
            (bool flag, _) => new Value.Flag(flag),
            (double real, SpecialType.System_Double) => new Value.Real(real),
            (null, _) => new Value.Unusable("null"),
            // As it was written: 1.0 is no integer.
            (double real, _) => new Value.Unusable(real.ToString("0.0################", CultureInfo.InvariantCulture)),
            (not null, _) when declared.TypeKind == TypeKind.Enum && AsInteger(constant.Value) is { } choice => new Value.Number(new Expression.Number(choice)),
            (not null, _) when constant.Kind == TypedConstantKind.Primitive && AsInteger(constant.Value) is { } integer => new Value.Number(new Expression.Number(integer)),
            var (value, _) => new Value.Unusable(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
        };
    }

    private static long? AsInteger(object? value) => value is sbyte or byte or short or ushort or int or uint or long ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;

    internal static Visibility VisibilityOf(INamedTypeSymbol type)
    {
        var visibility = Visibility.Everybody;
        for (var each = type; each is not null; each = each.ContainingType)
        {
            var own = each.DeclaredAccessibility switch
            {
                Accessibility.Public => Visibility.Everybody,
                Accessibility.Internal or Accessibility.ProtectedOrInternal => Visibility.Assembly,
                _ => Visibility.Few,
            };
            visibility = own < visibility ? own : visibility;
        }
        return visibility;
    }

    private static List<string> ContainersOf(INamedTypeSymbol type)
    {
        var containers = new List<string>();
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            var keyword = outer switch
            {
                { IsRecord: true, TypeKind: TypeKind.Struct } => "record struct",
                { IsRecord: true } => "record",
                { TypeKind: TypeKind.Struct } => "struct",
                { TypeKind: TypeKind.Interface } => "interface",
                _ => "class",
            };
            containers.Insert(0, $"partial {keyword} {CodeNames.Escape(outer.Name)}{ClassChecks.TypeParametersOf(outer)}");
        }
        return containers;
    }
}
