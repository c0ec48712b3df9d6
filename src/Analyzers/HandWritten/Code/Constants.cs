using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>
/// Whole numbers that are certain at compile time, though C# does not call them constants: followed through locals and members that are written once.
/// </summary>
internal static class Constants
{
    private const int MaximumDepth = 64;
    private const int MostSteps = 512;

    /// <summary>The operation's value, or null where it is not certain.</summary>
    public static long? Whole(IOperation? operation) => Whole(operation, MaximumDepth, new Fuel(MostSteps));

    /// <summary>The value of a pair, or of one number that stands for both; null where it is not certain.</summary>
    public static (long Height, long Width)? Pair(IOperation? operation)
    {
        if (operation is null)
            return null;
        var value = Definitions.Resolve(operation);
        if (value is ITupleOperation { Elements.Length: 2 } tuple)
            return Whole(tuple.Elements[0]) is { } height && Whole(tuple.Elements[1]) is { } width ? (height, width) : null;
        if (value.Elements() is { } elements)
            return elements.Count switch
            {
                1 => Whole(elements[0]) is { } both ? (both, both) : null,
                2 => Whole(elements[0]) is { } first && Whole(elements[1]) is { } second ? (first, second) : null,
                _ => null,
            };
        return Whole(value) is { } one ? (one, one) : null;
    }

    /// <summary>The value of a condition that is certain.</summary>
    public static bool? Truth(IOperation? operation) =>
        operation is not null && Definitions.Resolve(operation).ConstantValue is { HasValue: true, Value: bool value } ? value : null;

    private static long? Whole(IOperation? operation, int depth, Fuel fuel)
    {
        if (operation is null || depth == 0 || !fuel.Burn())
            return null;
        if (operation.ConstantValue is { HasValue: true } constant)
            return Widened(constant.Value);
        if (operation is IConversionOperation { OperatorMethod: null } conversion)
            return IsWhole(conversion.Type) ? Whole(conversion.Operand, depth - 1, fuel) : null;
        var resolved = Definitions.Resolve(operation);
        if (resolved != operation)
            return IsWhole(resolved.Type) ? Whole(resolved, depth - 1, fuel) : null;
        return resolved switch
        {
            IBinaryOperation { OperatorMethod: null } binary when IsWhole(binary.Type) =>
                Binary(binary.OperatorKind, Whole(binary.LeftOperand, depth - 1, fuel), Whole(binary.RightOperand, depth - 1, fuel)),
            IUnaryOperation { OperatorMethod: null, OperatorKind: UnaryOperatorKind.Minus } unary => -Whole(unary.Operand, depth - 1, fuel),
            _ => null,
        };
    }

    /// <summary>What C# computes of two numbers.</summary>
    public static long? Binary(BinaryOperatorKind kind, long? left, long? right)
    {
        if (left is not { } a || right is not { } b)
            return null;
        // Channels and kernel sizes are small; beyond 32 bits a value is a mistake of another kind.
        if (Math.Abs(a) > int.MaxValue || Math.Abs(b) > int.MaxValue)
            return null;
        return kind switch
        {
            BinaryOperatorKind.Add => a + b,
            BinaryOperatorKind.Subtract => a - b,
            BinaryOperatorKind.Multiply => a * b,
            BinaryOperatorKind.Divide => b == 0 ? null : a / b,
            BinaryOperatorKind.Remainder => b == 0 ? null : a % b,
            BinaryOperatorKind.LeftShift => b is >= 0 and < 31 ? a << (int)b : null,
            BinaryOperatorKind.RightShift => b is >= 0 and < 31 ? a >> (int)b : null,
            _ => null,
        };
    }

    private static bool IsWhole(ITypeSymbol? type) => type?.SpecialType is
        SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Int16 or SpecialType.System_UInt16
        or SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64;

    /// <summary>A constant's value, where it is a whole number.</summary>
    public static long? Widened(object? value) => value switch
    {
        int number => number,
        long number => number,
        byte number => number,
        sbyte number => number,
        short number => number,
        ushort number => number,
        uint number => number,
        ulong number when number <= long.MaxValue => (long)number,
        _ => null,
    };
}
