using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>Loops whose number of rounds is known run so often; what another one writes is unknown.</summary>
internal sealed partial class Interpreter
{
    private Flow For(IForLoopOperation loop)
    {
        Each(loop.Before);
        return Rounds(loop, () => loop.Condition is { } condition ? Evaluate(condition) as Known.Truth : null, () => Each(loop.AtLoopBottom));
    }

    private Flow While(IWhileLoopOperation loop) => loop is { ConditionIsTop: true, ConditionIsUntil: false, Condition: { } condition }
        ? Rounds(loop, () => Evaluate(condition) as Known.Truth, static () => Flow.Next)
        : Blindly(loop);

    private Flow Rounds(ILoopOperation loop, Func<Known.Truth?> condition, Func<Flow> bottom)
    {
        for (var round = 0; round < MostRounds && !_isOut; round++)
        {
            if (condition() is not { } goesOn)
                return Blindly(loop);
            if (!goesOn.Value)
                return Flow.Next;
            var flow = Under(goesOn, () => Statement(loop.Body));
            if (IsLost())
                return Blindly(loop);
            if (flow is Flow.Return or Flow.Throw)
                return flow;
            if (flow == Flow.Break)
                return Flow.Next;
            bottom();
        }
        return Blindly(loop);
    }

    /// <summary>Whether the round that has just run left the loop, or not, for a reason that is not known.</summary>
    private bool IsLost()
    {
        var lost = _isLoopLost;
        _isLoopLost = false;
        return lost;
    }

    private Flow ForEach(IForEachLoopOperation loop)
    {
        if (ElementsOf(Evaluate(loop.Collection)) is not { Length: <= MostRounds } elements || loop.IsAsynchronous)
            return Blindly(loop);
        foreach (var element in elements)
        {
            Bind(loop.LoopControlVariable, element);
            var flow = Statement(loop.Body);
            if (IsLost())
                return Blindly(loop);
            if (flow is Flow.Return or Flow.Throw)
                return flow;
            if (flow == Flow.Break)
                break;
        }
        return Flow.Next;
    }

    private void Bind(IOperation variable, Known? element)
    {
        if (variable is IVariableDeclaratorOperation declarator)
            Set(new(_frame, declarator.Symbol), element);
        else
            AssignTo(variable, element);
    }

    /// <summary>Runs the body once with what it writes unknown, so that what it makes whatever the round is seen; and leaves it unknown.</summary>
    private Flow Blindly(ILoopOperation loop)
    {
        Forget(loop);
        if (loop is IForEachLoopOperation each)
            Bind(each.LoopControlVariable, null);
        Either([static () => Flow.Next, () => Statement(loop.Body) is Flow.Return ? Flow.Return : Flow.Next]);
        Forget(loop);
        return Flow.Next;
    }

    /// <summary>Whatever code that is not run, or not in order, may write: locals, members, and the elements of what it names.</summary>
    private void Forget(IOperation code)
    {
        foreach (var operation in code.DescendantsAndSelf().Until(cancellation))
        {
            var target = operation switch
            {
                IAssignmentOperation assignment => assignment.Target,
                IIncrementOrDecrementOperation step => step.Target,
                IArgumentOperation { Parameter.RefKind: not (RefKind.None or RefKind.In) } argument => argument.Value,
                _ => null,
            };
            foreach (var written in target?.DescendantsAndSelf() ?? [])
                if (SlotOf(written) is { } slot)
                    Set(slot, null);
            if (operation is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation
                && SlotOf(operation) is { } named && this[named] is Known.Reference { Thing: var thing })
                Set(new(thing, null), null);
        }
    }
}
