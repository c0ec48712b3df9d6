using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>When a tensor is disposed. One that is read after its end has no value: the class throws there, and the declaration would not.</summary>
internal sealed partial class UnitReader
{
    /// <summary>What ends with its block, the innermost last: dispose scopes and tensors.</summary>
    private readonly List<object> _usings = [];

    /// <summary>A dispose scope, which disposes what was made in it and not moved out.</summary>
    private sealed class Scope
    {
        public List<UnitFlow> Made { get; } = [];
    }

    public int Open => _usings.Count;

    public void EndLater(Known? value) => _usings.Add((value as Known.Foreign)?.Value!);

    public void EndFrom(int mark)
    {
        for (var i = _usings.Count - 1; i >= mark; i--)
            foreach (var flow in _usings[i] switch { Scope scope => scope.Made, UnitFlow one => [one], _ => [] })
                flow.Disposed = true;
        _usings.RemoveRange(mark, _usings.Count - mark);
    }

    /// <summary>The input is the caller's.</summary>
    private static bool Disposes(IInvocationOperation call, Interpreter walk)
    {
        if (!call.Arguments.IsEmpty || walk.Evaluate(call.Instance).As<UnitFlow>() is not { } flow || flow is UnitFlow.Input)
            return false;
        return flow.Disposed = true;
    }

    /// <summary>Whether what a call gives ends with a block: one that is held otherwise ends nobody knows when.</summary>
    private static bool IsUsed(IOperation call)
    {
        var holder = call.Parent;
        while (holder is IConversionOperation or IVariableInitializerOperation or IVariableDeclaratorOperation or IVariableDeclarationOperation or IVariableDeclarationGroupOperation)
            holder = holder.Parent;
        return holder is IUsingOperation or IUsingDeclarationOperation;
    }

    /// <summary>A new tensor belongs to the innermost scope.</summary>
    private object? Own(object? made)
    {
        var scope = _usings.OfType<Scope>().LastOrDefault();
        foreach (var flow in made switch { UnitFlow one => [one], UnitFlows several => several.Elements, _ => [] })
        {
            if (!flow.IsOwned)
                scope?.Made.Add(flow);
            flow.IsOwned = true;
        }
        return made;
    }

    /// <summary>The scope that the tensor belongs to hands it on to the next one, or to nobody.</summary>
    private UnitFlow MoveOut(UnitFlow tensor, bool toNext)
    {
        var scopes = _usings.OfType<Scope>().ToList();
        var at = scopes.FindLastIndex(scope => scope.Made.Remove(tensor));
        if (toNext && at > 0)
            scopes[at - 1].Made.Add(tensor);
        return tensor;
    }
}
