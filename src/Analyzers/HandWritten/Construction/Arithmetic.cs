using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>What C# computes of numbers that are known; who has a say in one of them has one in the result.</summary>
internal static class Arithmetic
{
    /// <summary>The value, said by whoever said the outermost of what it comes from.</summary>
    public static T From<T>(T value, params Known[] sources)
        where T : Known
    {
        foreach (var source in sources)
            if (source.Needs < value.Needs || source.Needs == value.Needs && value.Said is null)
                value = value with { Needs = source.Needs, Said = source.Said };
        return value;
    }

    /// <summary>As a number of double precision, which holds each of 53 bits.</summary>
    public static double? Number(Known? value) => value switch
    {
        Known.Whole { Value: > -(1L << 53) and < 1L << 53 } whole => whole.Value,
        Known.Real real => real.Value,
        _ => null,
    };

    public static Known? Binary(BinaryOperatorKind kind, Known? left, Known? right) => (left, right) switch
    {
        (Known.Whole a, Known.Whole b) => Whole(kind, a.Value, b.Value) is { } made ? From(made, a, b) : null,
        (Known.Symbol, Known.Symbol or Known.Whole) or (Known.Whole, Known.Symbol) => Symbol(kind, Amount(left)!, Amount(right)!) is { } made ? From(made, left, right) : null,
        (Known.Truth a, Known.Truth b) => Truth(kind, a.Value, b.Value) is { } made ? From(made, a, b) : null,
        (Known.Whole or Known.Real, Known.Whole or Known.Real) when Number(left) is { } a && Number(right) is { } b =>
            Real(kind, a, b, left is not Known.Real { IsSingle: false } && right is not Known.Real { IsSingle: false }) is { } made ? From(made, left!, right!) : null,
        _ => null,
    };

    /// <summary>A whole number, whoever says it.</summary>
    public static Amount? Amount(Known? value) => value switch
    {
        Known.Whole whole => Graph.Amount.Of(whole.Value),
        Known.Symbol symbol => symbol.Value,
        _ => null,
    };

    /// <summary>A number as another type has it; null where the type does not hold it.</summary>
    public static Known? Converted(Known value, ITypeSymbol? type)
    {
        switch (type?.SpecialType)
        {
            case not (SpecialType.System_Int32 or SpecialType.System_Int64) when value is Known.Symbol:
                return null;
            case SpecialType.System_Int32 or SpecialType.System_Int64 when value is Known.Symbol:
                return value;
            case SpecialType.System_Single:
                return Number(value) is { } single ? From(new Known.Real((float)single, IsSingle: true), value) : null;
            case SpecialType.System_Double:
                return Number(value) is { } twice ? From(new Known.Real(twice, IsSingle: false), value) : null;
            case SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_UInt32 or SpecialType.System_UInt64
                or SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Byte or SpecialType.System_SByte:
                var whole = value is Known.Whole same ? same.Value
                    : value is Known.Real { Value: > int.MinValue and < int.MaxValue and var real } ? (long)real
                    : default(long?);
                return whole is { } kept && Holds(type.SpecialType, kept) ? From(new Known.Whole(kept), value) : null;
            case SpecialType.System_Decimal or SpecialType.System_Char:
                return null;
            default:
                return type?.TypeKind == TypeKind.Enum ? null : value;
        }
    }

    private static bool Holds(SpecialType type, long value) => type switch
    {
        SpecialType.System_Int64 => true,
        SpecialType.System_Int32 => value is >= int.MinValue and <= int.MaxValue,
        SpecialType.System_Int16 => value is >= short.MinValue and <= short.MaxValue,
        SpecialType.System_SByte => value is >= sbyte.MinValue and <= sbyte.MaxValue,
        SpecialType.System_Byte => value is >= 0 and <= byte.MaxValue,
        SpecialType.System_UInt16 => value is >= 0 and <= ushort.MaxValue,
        SpecialType.System_UInt32 => value is >= 0 and <= uint.MaxValue,
        _ => value >= 0,
    };

    private static Known? Whole(BinaryOperatorKind kind, long a, long b) =>
        Constants.Binary(kind, a, b) is { } value ? new Known.Whole(value) : Compared(kind, a.CompareTo(b));

    /// <summary>C# cuts a rest off; of a symbol whoever reads the result has to require that there is none.</summary>
    private static Known? Symbol(BinaryOperatorKind kind, Amount a, Amount b)
    {
        var made = kind switch
        {
            BinaryOperatorKind.Add => a + b,
            BinaryOperatorKind.Subtract => a - b,
            BinaryOperatorKind.Multiply => a * b,
            BinaryOperatorKind.Divide when b.Constant > 0 => a.DividedBy(b),
            BinaryOperatorKind.RightShift when b.Constant == 1 => a.DividedBy(Graph.Amount.Of(2)),
            _ => null,
        };
        return made is null ? null : made.Constant is { } whole ? new Known.Whole(whole) : new Known.Symbol(made);
    }

    private static Known? Real(BinaryOperatorKind kind, double a, double b, bool isSingle)
    {
        var value = kind switch
        {
            BinaryOperatorKind.Add => a + b,
            BinaryOperatorKind.Subtract => a - b,
            BinaryOperatorKind.Multiply => a * b,
            BinaryOperatorKind.Divide when b != 0 => a / b,
            _ => double.NaN,
        };
        return !double.IsNaN(value) ? new Known.Real(isSingle ? (float)value : value, isSingle) : Compared(kind, a.CompareTo(b));
    }

    private static Known.Truth? Truth(BinaryOperatorKind kind, bool a, bool b) => kind switch
    {
        BinaryOperatorKind.And => new(a && b),
        BinaryOperatorKind.Or => new(a || b),
        BinaryOperatorKind.ExclusiveOr => new(a != b),
        BinaryOperatorKind.Equals => new(a == b),
        BinaryOperatorKind.NotEquals => new(a != b),
        _ => null,
    };

    private static Known.Truth? Compared(BinaryOperatorKind kind, int order) => kind switch
    {
        BinaryOperatorKind.Equals => new(order == 0),
        BinaryOperatorKind.NotEquals => new(order != 0),
        BinaryOperatorKind.LessThan => new(order < 0),
        BinaryOperatorKind.LessThanOrEqual => new(order <= 0),
        BinaryOperatorKind.GreaterThan => new(order > 0),
        BinaryOperatorKind.GreaterThanOrEqual => new(order >= 0),
        _ => null,
    };
}
