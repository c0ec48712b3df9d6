using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Forward;

/// <summary>A condition that hangs on one member of the object: a truth that the constructor has set, or whether it has made a module.</summary>
/// <param name="Member">The member.</param>
/// <param name="Is">The member's truth, or that it is not null, for which the condition holds.</param>
internal sealed record Decider(ISymbol Member, bool Is)
{
    public static Decider? Of(IOperation condition) => condition.Unwrapped() switch
    {
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Operand: var operand } => Not(Of(operand)),
        IIsPatternOperation { Value: var value, Pattern: var pattern } => IsNull(pattern) is { } isNull && value.OwnMember() is { } tested ? new(tested.OriginalDefinition, !isNull) : null,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison =>
            comparison.RightOperand.Unwrapped().ConstantValue is { HasValue: true, Value: null } && comparison.LeftOperand.OwnMember() is { } compared
                ? new(compared.OriginalDefinition, comparison.OperatorKind == BinaryOperatorKind.NotEquals)
                : null,
        var other => other.Type?.SpecialType == SpecialType.System_Boolean && other.OwnMember() is { } member ? new(member.OriginalDefinition, true) : null,
    };

    /// <summary>Whether the condition holds for the object; null where that is not known.</summary>
    public bool? Holds(Layer self) => self.Facts.TryGetValue(Member, out var fact) ? fact == Is : null;

    private static Decider? Not(Decider? decider) => decider is null ? null : decider with { Is = !decider.Is };

    private static bool? IsNull(IPatternOperation pattern) => pattern switch
    {
        IConstantPatternOperation { Value: var value } => value.Unwrapped().ConstantValue is { HasValue: true, Value: null } ? true : null,
        INegatedPatternOperation { Pattern: var negated } => !IsNull(negated),
        _ => null,
    };
}
