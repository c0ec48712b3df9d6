using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Graph;

/// <summary>What an attribute hands to a constructor.</summary>
/// <param name="Code">An expression that C# reads anywhere.</param>
/// <param name="Text">A string's content; null for what is none.</param>
internal readonly record struct ConstantArgument(string Code, string? Text)
{
    private const string Null = "null";

    /// <summary>How a person writes it.</summary>
    public string Shown => Code.TrimEnd('!').Replace("global::", "");

    /// <param name="list">What the attribute holds: an array of them. Null in its place is one that is null.</param>
    public static ImmutableArray<ConstantArgument> Of(TypedConstant list) =>
        list.IsNull ? ImmutableArray.Create(new ConstantArgument(Null + "!", null)) : list.Values.Select(static value => new ConstantArgument(CodeOf(value), value.Kind == TypedConstantKind.Primitive ? value.Value as string : null)).ToImmutableArray();

    private static string CodeOf(TypedConstant constant) => constant switch
    {
        // Whether the constructor takes null is for the user to know.
        { IsNull: true } => Null + "!",
        { Kind: TypedConstantKind.Array, Type: IArrayTypeSymbol array } => $"new {NameOf(array.ElementType)}[] {{ {string.Join(", ", constant.Values.Select(CodeOf))} }}",
        { Kind: TypedConstantKind.Type, Value: ITypeSymbol type } => $"typeof({NameOf(type)})",
        { Kind: TypedConstantKind.Enum, Type: { } type } => $"({NameOf(type)}){InParentheses(Convert.ToString(constant.Value, CultureInfo.InvariantCulture)!)}",
        _ => Primitive(constant.Value!),
    };

    private static string NameOf(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>With its type: which constructor is meant may hang on it.</summary>
    private static string Primitive(object value) => value switch
    {
        bool flag => Emitted.Bool(flag),
        string text => SymbolDisplay.FormatLiteral(text, quote: true),
        char letter => SymbolDisplay.FormatLiteral(letter, quote: true),
        float.NaN or double.NaN => $"{TypeOf(value)}.NaN",
        float.PositiveInfinity or double.PositiveInfinity => $"{TypeOf(value)}.PositiveInfinity",
        float.NegativeInfinity or double.NegativeInfinity => $"{TypeOf(value)}.NegativeInfinity",
        float real => real.ToString("R", CultureInfo.InvariantCulture) + "F",
        double real => real.ToString("R", CultureInfo.InvariantCulture) + "D",
        int number => number.ToString(CultureInfo.InvariantCulture),
        uint number => number.ToString(CultureInfo.InvariantCulture) + "U",
        long number => number.ToString(CultureInfo.InvariantCulture) + "L",
        ulong number => number.ToString(CultureInfo.InvariantCulture) + "UL",
        _ => $"({TypeOf(value)}){InParentheses(Convert.ToString(value, CultureInfo.InvariantCulture))}",
    };

    /// <summary>What is cast.</summary>
    private static string InParentheses(string number) => number[0] == '-' ? $"({number})" : number;

    private static string TypeOf(object value) => value switch
    {
        float => "float",
        double => "double",
        byte => "byte",
        sbyte => "sbyte",
        short => "short",
        _ => "ushort",
    };
}
