using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>When a tensor is disposed. One that is read after its end has no value: the class throws there, and the declaration would not.</summary>
internal sealed partial class UnitInterpreter
{
    /// <summary>What ends with its block, the innermost last: dispose scopes and tensors.</summary>
    private readonly List<object> _usings = [];

    /// <summary>A dispose scope, which disposes what was made in it and not moved out.</summary>
    private sealed class Scope
    {
        public List<UnitFlow> Made { get; } = [];
    }

    private void Using(IUsingOperation block)
    {
        var mark = _usings.Count;
        if (block.Resources is IVariableDeclarationGroupOperation resources)
            Declare(resources, ends: true);
        else
            End(Evaluate(block.Resources));
        Run(block.Body);
        EndFrom(mark);
    }

    /// <summary>Notes what ends with the block.</summary>
    private void End(object? value)
    {
        if (value is Scope or UnitFlow)
            _usings.Add(value);
        else
            Give();
    }

    private void EndFrom(int mark)
    {
        for (var i = _usings.Count - 1; i >= mark; i--)
            foreach (var flow in _usings[i] is Scope scope ? scope.Made : [(UnitFlow)_usings[i]])
                flow.Disposed = true;
        _usings.RemoveRange(mark, _usings.Count - mark);
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
