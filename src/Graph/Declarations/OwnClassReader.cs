using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Blockwright.Graph;

/// <summary>Reads the class that an attribute puts into a declaration as a layer, and what its constructor is given.</summary>
internal static class OwnClassReader
{
    private const string Arguments = nameof(ModuleAttribute<object>.Arguments);
    private const int MostListed = 4;

    /// <param name="user">The class that carries the attribute.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="index">Its number among the declaration's attributes of Blockwright.</param>
    /// <param name="compilation">Whose declaration it is; null for one of another assembly, whose build has seen to the constructor.</param>
    public static (OwnClass Class, Argument Given) Read(INamedTypeSymbol user, AttributeData attribute, int index, Compilation? compilation)
    {
        var type = attribute.AttributeClass!.TypeArguments[0];
        var fault = Unsuitable(type) is { } reason ? new OwnClassFault(ProblemIds.UnsuitableModule, Place.TypeArgument(index, 0), new[] { type.Name, reason }.ToEquatableArray()) : null;
        var given = ImmutableArray<Value>.Empty;
        if (fault is null && compilation is not null && attribute.ApplicationSyntaxReference is { } syntax)
        {
            var call = new ConstructorCall(compilation.GetSemanticModel(syntax.SyntaxTree), syntax.Span.Start, (INamedTypeSymbol)type, ConstantArgument.Of(attribute.ConstructorArguments[0]));
            if (call.Chosen is { } chosen)
                given = call.Values(chosen);
            else
                fault = Unfit(call, index);
        }
        var own = new OwnClass(type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), type.Name, VisibilityOf(type, user), ShapeOf(type), fault);
        return (own, new(Arguments, new Value.List(given.ToEquatableArray())));
    }

    /// <summary>Why a type is no module of the user's own; null where it is one.</summary>
    public static string? Unsuitable(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class } named)
            return "it is no class: expected a class that derives from torch.nn.Module<Tensor, Tensor>";
        if (named.IsUnboundGenericType)
            return "it is generic, and its type arguments are not said: expected a class with all of them";
        if (DeclarationReader.IsDeclared(named))
            return $"it is declared: expected Apply<{type.Name}>, which takes a class with [Block]";
        if (!IsModule(named))
            return "it does not derive from torch.nn.Module<Tensor, Tensor>, as every layer does";
        if (named.IsAbstract)
            return "it is abstract: expected a class that can be made";
        if (named.IsFileLocal)
            return "it is file-local, and what the build writes stands in another file: leave 'file' out";
        return RequiredOf(named) is { } member ? $"it has a required member, '{member}', which a declaration cannot set: let the constructor set it" : null;
    }

    /// <summary>Whether it is a module that nobody declared.</summary>
    public static bool IsPlainModule(ITypeSymbol type) => type is INamedTypeSymbol named && !DeclarationReader.IsDeclared(named) && IsModule(named);

    /// <summary>A class that is declared becomes a module by what the build writes.</summary>
    private static bool IsModule(INamedTypeSymbol type) => Bases(type).Any(static each => DeclarationReader.IsDeclared(each) || DeclarationReader.IsOurs(each)
        || each is { Name: "Module", ContainingType.Name: "nn", TypeArguments: [var input, var result] } && IsTensor(input) && IsTensor(result));

    private static bool IsTensor(ITypeSymbol type) => type is { Name: "Tensor", ContainingType: { Name: "torch", ContainingNamespace.Name: "TorchSharp" } };

    private static string? RequiredOf(INamedTypeSymbol type) => type.InstanceConstructors.Any(static constructor => constructor.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "SetsRequiredMembersAttribute"))
        ? null
        : Bases(type).SelectMany(static each => each.GetMembers()).FirstOrDefault(OwnMembers.IsRequired)?.Name;

    private static IEnumerable<INamedTypeSymbol> Bases(ITypeSymbol type)
    {
        for (var each = type as INamedTypeSymbol; each is not null; each = each.BaseType)
            yield return each;
    }

    private static EquatableArray<Argument> ShapeOf(ITypeSymbol type)
    {
        var said = Bases(type).SelectMany(static each => each.GetAttributes()).FirstOrDefault(DeclarationReader.IsShape);
        return said is null ? EquatableArray<Argument>.Empty : DeclarationReader.ReadArguments(said)?.ToEquatableArray() ?? EquatableArray<Argument>.Empty;
    }

    /// <summary>Who may name it of those who may name the class that uses it.</summary>
    private static Visibility VisibilityOf(ITypeSymbol type, INamedTypeSymbol user)
    {
        var visibility = type is INamedTypeSymbol named ? named.TypeArguments.Aggregate(DeclarationReader.VisibilityOf(named), (least, argument) => VisibilityOf(argument, user) is var own && own < least ? own : least) : Visibility.Everybody;
        return visibility == Visibility.Assembly && !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, user.ContainingAssembly) ? Visibility.Few : visibility;
    }

    private static OwnClassFault Unfit(ConstructorCall call, int index)
    {
        var (place, expected) = call switch
        {
            { Open.IsEmpty: true } => (Place.TypeArgument(index, 0), $"a constructor that can be called from here, and it has none{(call.IsOfTorch ? "; of a layer of torch's a class of your own can make one" : "")}"),
            { IsAmbiguous: true } => (new Place(index), "arguments that one constructor fits better than all others"),
            { Misfit: var (argument, parameter) } => (new Place(index, Arguments, argument), $"{parameter} there"),
            _ => (new Place(index), $"those of {string.Join(" or ", call.Open.Take(MostListed).Select(ConstructorCall.Show))}"),
        };
        return new(ProblemIds.NoConstructor, place, new[] { call.Type.Name, call.Shown, expected }.ToEquatableArray());
    }
}
