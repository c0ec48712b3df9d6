using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Construction;

internal sealed partial class Interpreter
{
    /// <summary>What an expression gives; null where that is not certain.</summary>
    public Known? Evaluate(IOperation? operation)
    {
        if (operation is null || !Enter())
            return null;
        var value = operation.ConstantValue is { HasValue: true } constant ? Constant(constant.Value, operation.Type) : EvaluateOne(operation);
        Leave();
        _isOut |= exact is not null && (value is null || !exact.IsUsable(value));
        return value;
    }

    /// <summary>What is written there, for whoever has the code run.</summary>
    private Known? Constant(object? value, ITypeSymbol? type) => value switch
    {
        null => type is { IsValueType: true } ? null : Known.Null.Instance,
        bool truth => new Known.Truth(truth),
        string text => new Known.Text(text),
        float single => new Known.Real(single, IsSingle: true),
        double number => new Known.Real(number, IsSingle: false),
        _ => Constants.Widened(value) is { } whole ? new Known.Whole(whole) : null,
    };

    private Known? EvaluateOne(IOperation operation) => operation switch
    {
        IConversionOperation conversion => Converted(Evaluate(conversion.Operand), conversion),
        IParenthesizedOperation parenthesized => Evaluate(parenthesized.Operand),
        ILocalReferenceOperation or IParameterReferenceOperation => SlotOf(operation) is { } slot ? this[slot] : null,
        IInstanceReferenceOperation instance => instance.ReferenceKind == InstanceReferenceKind.ImplicitReceiver
            ? _receiver is null ? null : new Known.Reference(_receiver)
            : _frame.Self is { } self ? new Known.Reference(self) : null,
        IFieldReferenceOperation field => Member(field, field.Field, field.Instance),
        IPropertyReferenceOperation property => Property(property),
        IArrayElementReferenceOperation { Indices: [var index] } element => Evaluate(element.ArrayReference) is var array ? Element(array, Index(array, index)) : null,
        IBinaryOperation binary => Binary(binary),
        IUnaryOperation unary => Unary(unary),
        IConditionalOperation choice => Choice(choice),
        ICoalesceOperation coalesce => Coalesce(coalesce),
        ISimpleAssignmentOperation { IsRef: false } assignment => AssignTo(assignment.Target, Evaluate(assignment.Value)),
        ICompoundAssignmentOperation { OperatorMethod: null } compound =>
            AssignTo(compound.Target, Arithmetic.Binary(compound.OperatorKind, Evaluate(compound.Target), Evaluate(compound.Value))),
        ICoalesceAssignmentOperation coalesce => CoalesceInto(coalesce),
        IDeconstructionAssignmentOperation deconstruction => Deconstruct(deconstruction),
        IIncrementOrDecrementOperation step => Step(step),
        ITupleOperation tuple => NewItems(tuple, tuple.Elements.Select(Evaluate)),
        IArrayCreationOperation array => NewArray(array),
        IObjectCreationOperation creation => Create(creation),
        IInvocationOperation call => Invoke(call),
        ISwitchExpressionOperation choice => Choice(choice),
        IIsPatternOperation test => Evaluate(test.Value) is { } tested && Matches(test.Pattern, tested) is { } matches ? Truth(matches, tested) : null,
        IAnonymousFunctionOperation lambda => NewFunction(lambda, lambda.Symbol.Parameters),
        IDelegateCreationOperation { Target: var target } => Evaluate(target),
        IMethodReferenceOperation { Method.MethodKind: MethodKind.LocalFunction } local => Find(local.Method) is { } slot ? this[slot] : null,
        { Syntax: CollectionExpressionSyntax expression } => Collection(operation, expression),
        _ => Other(operation),
    };

    /// <summary>Runs the parts of what has no meaning here: what they make is made. Who gets an object may change it.</summary>
    private Known? Other(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
            Lose(Evaluate(child));
        if (operation is IAssignmentOperation)
            Forget(operation);
        return null;
    }

    private Known.Function NewFunction(IOperation body, ImmutableArray<IParameterSymbol> parameters)
    {
        var function = new Known.Function(body, parameters, _frame);
        if (_frame.Depth == 0 && _functionsSeen.Add(body))
            _functions.Add(function);
        // It runs at some time: what it writes is not known from here on.
        foreach (var assignment in body.Descendants().OfType<IAssignmentOperation>())
            if (SlotOf(Written(assignment.Target)) is { } slot && _state.ContainsKey(slot))
                Set(slot, null);
        return function;
    }

    /// <summary>A conversion that keeps the value, or that does to a number what C# does.</summary>
    private static Known? Converted(Known? value, IConversionOperation conversion)
    {
        if (conversion.OperatorMethod is not null)
            return null;
        var type = conversion.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : conversion.Type;
        return value is Known.Whole or Known.Real or Known.Symbol ? Arithmetic.Converted(value, type) : value;
    }

    private Known.Truth Truth(bool value, params Known[] because) => Arithmetic.From(new Known.Truth(value), because);

    private Known? Unary(IUnaryOperation unary) => unary.OperatorMethod is not null ? Other(unary) : (unary.OperatorKind, Evaluate(unary.Operand)) switch
    {
        (UnaryOperatorKind.Not, Known.Truth truth) => truth with { Value = !truth.Value },
        (UnaryOperatorKind.Minus, Known.Whole whole) => whole with { Value = -whole.Value },
        (UnaryOperatorKind.Minus, Known.Real real) => real with { Value = -real.Value },
        (UnaryOperatorKind.Plus, var same) => same,
        _ => null,
    };

    private Known? Binary(IBinaryOperation binary)
    {
        var left = Evaluate(binary.LeftOperand);
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr)
        {
            // The second operand runs only where the first does not decide.
            var decides = binary.OperatorKind == BinaryOperatorKind.ConditionalOr;
            if (left is Known.Truth first && first.Value == decides)
                return left;
            if (left is Known.Truth)
                return Evaluate(binary.RightOperand) is Known.Truth last ? Truth(last.Value, left, last) : null;
            Known? right = null;
            Either([static () => Flow.Next, () => (right = Evaluate(binary.RightOperand)) is null ? Flow.Next : Flow.Next]);
            return right is Known.Truth { Value: var value } && value == decides ? right : null;
        }
        var other = Evaluate(binary.RightOperand);
        if (binary.OperatorMethod is not null)
            return binary.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals && left is Known.Text or Known.Null && other is Known.Text or Known.Null
                ? Equality(binary.OperatorKind, left, other)
                : null;
        return binary.OperatorKind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals
            ? Equality(binary.OperatorKind, left, other)
            : Arithmetic.Binary(binary.OperatorKind, left, other);
    }

    private Known.Truth? Equality(BinaryOperatorKind kind, Known? left, Known? right) =>
        AreEqual(left, right) is { } equal ? Truth(equal == (kind == BinaryOperatorKind.Equals), left!, right!) : null;

    private static bool? AreEqual(Known? left, Known? right) => (left, right) switch
    {
        (Known.Whole a, Known.Whole b) => a.Value == b.Value,
        (Known.Truth a, Known.Truth b) => a.Value == b.Value,
        (Known.Text a, Known.Text b) => a.Value == b.Value,
        (Known.Null, Known.Null) => true,
        (Known.Null, not null) or (not null, Known.Null) => false,
        (Known.Whole or Known.Real, Known.Whole or Known.Real) => Arithmetic.Number(left) == Arithmetic.Number(right),
        (Known.Reference a, Known.Reference b) when ReferenceEquals(a.Thing, b.Thing) => true,
        _ => null,
    };

    private Known? Choice(IConditionalOperation choice)
    {
        if (Evaluate(choice.Condition) is Known.Truth truth)
        {
            Known? chosen = null;
            Under(truth, () => Keep(out chosen, Because(Evaluate(truth.Value ? choice.WhenTrue : choice.WhenFalse))));
            return chosen;
        }
        Known? first = null, second = null;
        Either([() => Keep(out first, Evaluate(choice.WhenTrue)), () => Keep(out second, Evaluate(choice.WhenFalse))]);
        return Common(first, second);
    }

    private Known? Choice(ISwitchExpressionOperation choice)
    {
        var value = Evaluate(choice.Value);
        foreach (var arm in choice.Arms)
        {
            var matches = arm.Guard is null && value is not null ? Matches(arm.Pattern, value) : arm.Pattern is IDiscardPatternOperation && arm.Guard is null ? true : null;
            if (matches == false)
                continue;
            if (matches == true && value is not null)
            {
                Known? chosen = null;
                Under(value, () => Keep(out chosen, Because(Evaluate(arm.Value))));
                return chosen;
            }
            break;
        }
        Either([static () => Flow.Next, .. choice.Arms.Select(arm => (Func<Flow>)(() => Discard(arm.Value)))]);
        return null;
    }

    private static Flow Keep(out Known? kept, Known? value)
    {
        kept = value;
        return Flow.Next;
    }

    private Known? Coalesce(ICoalesceOperation coalesce)
    {
        var value = Evaluate(coalesce.Value);
        if (value is not (null or Known.Null))
            return value;
        Known? other = null;
        if (value is Known.Null)
            Under(value, () => Keep(out other, Because(Evaluate(coalesce.WhenNull))));
        else
            Either([static () => Flow.Next, () => Discard(coalesce.WhenNull)]);
        return other;
    }

    private Known? CoalesceInto(ICoalesceAssignmentOperation coalesce)
    {
        var value = Evaluate(coalesce.Target);
        if (value is Known.Null)
            return AssignTo(coalesce.Target, Evaluate(coalesce.Value));
        if (value is null)
            Either([static () => Flow.Next, () => Discard(coalesce.Value)]);
        return value is null ? AssignTo(coalesce.Target, null) : value;
    }

    /// <summary>Whether a value is a pattern's; null where that is not certain.</summary>
    private bool? Matches(IPatternOperation pattern, Known value) => pattern switch
    {
        IDiscardPatternOperation => true,
        IConstantPatternOperation constant => AreEqual(value, Evaluate(constant.Value)),
        INegatedPatternOperation negated => !Matches(negated.Pattern, value),
        IRelationalPatternOperation relation => (Arithmetic.Binary(relation.OperatorKind, value, Evaluate(relation.Value)) as Known.Truth)?.Value,
        IBinaryPatternOperation both => (both.OperatorKind, Matches(both.LeftPattern, value), Matches(both.RightPattern, value)) switch
        {
            (BinaryOperatorKind.Or, true, _) or (BinaryOperatorKind.Or, _, true) => true,
            (BinaryOperatorKind.Or, false, false) => false,
            (BinaryOperatorKind.And, true, true) => true,
            (BinaryOperatorKind.And, false, _) or (BinaryOperatorKind.And, _, false) => false,
            _ => null,
        },
        _ => null,
    };

    private Known? Step(IIncrementOrDecrementOperation step)
    {
        var before = Evaluate(step.Target);
        var after = Arithmetic.Binary(
            step.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract, before, new Known.Whole(1));
        AssignTo(step.Target, after);
        return step.IsPostfix ? before : after;
    }
}
