using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>An activation that is written out and that torch has as one function: <c>x * sigmoid(x)</c> is silu, <c>x * relu6(x + 3) / 6</c> is hardswish.</summary>
/// <param name="Name">Torch's function.</param>
/// <param name="Operand">The expression that it is computed of.</param>
/// <param name="Steps">The passes that it stands for, the last one first.</param>
internal sealed record NamedActivation(string Name, SyntaxNode Operand, IReadOnlyList<Value> Steps)
{
    /// <summary>The activation that ends in this pass; null where it is none.</summary>
    public static NamedActivation? EndingIn(Value last)
    {
        if (Divided(last, 6) is { } product && Factors(product) is var (x, gate) && Clipped(gate.Value, x.Value) is { } inner)
            return new("hardswish", x.Operand, [last, product, .. inner]);
        if (Factors(last) is not var (input, other))
            return null;
        if (IsOf(other.Value, "sigmoid", input.Value))
            return new("silu", input.Operand, [last, other.Value]);
        if (IsOf(other.Value, "hardsigmoid", input.Value))
            return new("hardswish", input.Operand, [last, other.Value]);
        return Divided(other.Value, 6) is { } clipped && Clipped(clipped, input.Value) is { } steps ? new("hardswish", input.Operand, [last, other.Value, .. steps]) : null;
    }

    /// <summary>relu6(x + 3).</summary>
    private static List<Value>? Clipped(Value gate, Value input) =>
        gate is { Kind: ValueKind.Function, Name: "relu6", Inputs: [var sum] } && sum is { Kind: ValueKind.Function, Name: "add", InPlace: false, Inputs: [var x] }
            && x == input && Number(sum) is 3
            ? [gate, sum]
            : null;

    private static bool IsOf(Value value, string name, Value input) =>
        value is { Kind: ValueKind.Function, InPlace: false, Inputs: [var only] } && value.Name == name && only == input && (value.Origin as IInvocationOperation) is not null;

    /// <summary>What is divided by the number.</summary>
    private static Value? Divided(Value value, double by) =>
        value is { Kind: ValueKind.Function, Name: "div", InPlace: false, Inputs: [var whole] } && Number(value) is { } number && number == by ? whole : null;

    /// <summary>The two factors of a product, of which the second is computed of the first.</summary>
    private static ((Value Value, SyntaxNode Operand) Input, (Value Value, SyntaxNode Operand) Gate)? Factors(Value product)
    {
        if (product is not { Kind: ValueKind.Function, Name: "mul", InPlace: false, Inputs: [var left, var right] } || Operands(product) is not [var first, var second])
            return null;
        return IsIn(left, right) ? ((left, first), (right, second)) : IsIn(right, left) ? ((right, second), (left, first)) : null;
    }

    /// <summary>Whether a value is computed of another in a few steps.</summary>
    private static bool IsIn(Value input, Value value)
    {
        for (var steps = 0; steps < 4 && value.Inputs.Count == 1; steps++)
        {
            value = value.Inputs[0];
            if (value == input)
                return true;
        }
        return false;
    }

    private static List<SyntaxNode>? Operands(Value value) => value.Origin switch
    {
        IBinaryOperation binary => [binary.LeftOperand.Syntax, binary.RightOperand.Syntax],
        IInvocationOperation { Instance: { } instance } call when Given(call) is [var other] => [instance.Syntax, other.Syntax],
        IInvocationOperation { Instance: null } call when Given(call) is [var left, var right] => [left.Syntax, right.Syntax],
        _ => null,
    };

    /// <summary>The number that a sum or quotient has beside its tensor; of a quotient the tensor comes first.</summary>
    private static double? Number(Value value)
    {
        var (left, right) = value.Origin switch
        {
            IBinaryOperation binary => (binary.LeftOperand, binary.RightOperand),
            IInvocationOperation { Instance: { } instance } call when Given(call) is [var other] => (instance, other),
            IInvocationOperation { Instance: null } call when Given(call) is [var first, var second] => (first, second),
            _ => default((IOperation, IOperation)),
        };
        return left is null || right is null ? null : Constant(right) ?? (value.Name == "add" ? Constant(left) : null);
    }

    /// <summary>What stands in the call: a quotient's way to round may be left out.</summary>
    private static List<IOperation> Given(IInvocationOperation call) =>
        call.Arguments.Where(static argument => argument.ArgumentKind != ArgumentKind.DefaultValue).Select(static argument => argument.Value).ToList();

    /// <summary>A number, through the conversion to torch's scalars.</summary>
    private static double? Constant(IOperation operation)
    {
        while (operation is IConversionOperation conversion && !operation.ConstantValue.HasValue)
            operation = conversion.Operand;
        return operation.ConstantValue is { HasValue: true, Value: { } value } ? value switch
        {
            int whole => whole,
            long whole => whole,
            float single => single,
            double number => number,
            _ => null,
        } : null;
    }
}
