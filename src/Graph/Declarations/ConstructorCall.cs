using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Graph;

/// <summary>
/// A constructor's call with what an attribute says. Which constructor it means the compiler decides, of the expression that is emitted; where a constructor takes a whole number, a string stands for one, which an
/// expression will give.
/// </summary>
/// <param name="model">Of the attribute's file.</param>
/// <param name="position">Where the attribute stands.</param>
/// <param name="type">What is made.</param>
/// <param name="given">What the attribute says.</param>
internal sealed class ConstructorCall(SemanticModel model, int position, INamedTypeSymbol type, ImmutableArray<ConstantArgument> given)
{
    private static readonly SymbolDisplayFormat Signature = SymbolDisplayFormat.CSharpShortErrorMessageFormat
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut);

    private ImmutableArray<EquatableArray<string>>? _ways;

    public INamedTypeSymbol Type => type;

    /// <summary>The constructors that may be called there.</summary>
    public ImmutableArray<IMethodSymbol> Open { get; } = type.InstanceConstructors.Where(constructor => model.IsAccessible(position, constructor)).ToImmutableArray();

    public bool IsOfTorch => type.ContainingAssembly?.Name == "TorchSharp";

    /// <summary>What is given, for people.</summary>
    public string Shown => given.IsEmpty ? "no arguments" : $"({string.Join(", ", given.Select(static each => each.Shown))})";

    /// <summary>Which strings are numbers, so that a constructor takes them all: as few as will do. Null where none does.</summary>
    public EquatableArray<string>? Chosen => Ways.Where(way => Symbol(way).Symbol is IMethodSymbol).Select(static way => (EquatableArray<string>?)way).FirstOrDefault();

    /// <summary>Whether several constructors take all, where none is <see cref="Chosen"/>.</summary>
    public bool IsAmbiguous => Open.Where(Counts).Count(constructor => Fitting(constructor) == given.Length) > 1;

    /// <summary>The first argument that the constructor which takes most of them does not take, and what it takes; null where no constructor takes so many.</summary>
    public (int Argument, string Parameter)? Misfit
    {
        get
        {
            var misfits = Open.Where(Counts).Select(constructor => (Constructor: constructor, Argument: Fitting(constructor))).Where(each => each.Argument < given.Length).ToList();
            if (misfits.Count == 0)
                return null;
            var (best, argument) = misfits.OrderByDescending(static each => each.Argument).First();
            return (argument, $"{TypeAt(best, argument)!.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)} {best.Parameters[Math.Min(argument, best.Parameters.Length - 1)].Name} of {Show(best)}");
        }
    }

    /// <summary>How a person reads a constructor.</summary>
    public static string Show(IMethodSymbol constructor) => constructor.ToDisplayString(Signature);

    /// <summary>What the declaration hands over.</summary>
    public ImmutableArray<Value> Values(EquatableArray<string> numbers) =>
        given.Select((each, i) => numbers[i].Length > 0 ? new Value.Number(ExpressionParser.Parse(each.Text!)) : (Value)new Value.Constant(each.Code)).ToImmutableArray();

    /// <summary>The ways in which the strings may be read, those with the fewest numbers first.</summary>
    private ImmutableArray<EquatableArray<string>> Ways => _ways ??= Open.Where(Counts).Select(constructor => given.Select((each, i) => each.Text is null ? "" : NumberAt(constructor, i)).ToEquatableArray())
        .Prepend(given.Select(static _ => "").ToEquatableArray()).Distinct().OrderBy(static way => way.Count(static type => type.Length > 0)).ToImmutableArray();

    private SymbolInfo Symbol(EquatableArray<string> numbers)
    {
        var arguments = given.Select((each, i) => numbers[i].Length > 0 ? $"default({numbers[i]})" : each.Code);
        return model.GetSpeculativeSymbolInfo(position, SyntaxFactory.ParseExpression($"new {type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)}({string.Join(", ", arguments)})"), SpeculativeBindingOption.BindAsExpression);
    }

    private bool Counts(IMethodSymbol constructor) => given.Length >= constructor.Parameters.Count(static parameter => !parameter.IsOptional && !parameter.IsParams)
        && (given.Length <= constructor.Parameters.Length || constructor.Parameters.LastOrDefault() is { IsParams: true });

    /// <summary>How many arguments a constructor takes before one that it does not take.</summary>
    private int Fitting(IMethodSymbol constructor) => Enumerable.Range(0, given.Length).TakeWhile(i => Fits(constructor, i)).Count();

    private bool Fits(IMethodSymbol constructor, int argument) => (given[argument].Text is not null && NumberAt(constructor, argument).Length > 0)
        || model.ClassifyConversion(position, SyntaxFactory.ParseExpression(given[argument].Code), TypeAt(constructor, argument)!) is { IsImplicit: true };

    /// <summary>The whole number that a constructor takes there; empty where it takes none.</summary>
    private static string NumberAt(IMethodSymbol constructor, int argument)
    {
        var type = TypeAt(constructor, argument) is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : TypeAt(constructor, argument);
        return type?.SpecialType switch { SpecialType.System_Int32 => "int", SpecialType.System_Int64 => "long", _ => "" };
    }

    private static ITypeSymbol? TypeAt(IMethodSymbol constructor, int argument)
    {
        var last = constructor.Parameters.Length - 1;
        return argument >= last && last >= 0 && constructor.Parameters[last] is { IsParams: true, Type: IArrayTypeSymbol array } ? array.ElementType : argument <= last ? constructor.Parameters[argument].Type : null;
    }
}
