using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>How often each local of a member is written, and with what; and where it is named. Found in one walk, since rules ask of one local after the other.</summary>
internal sealed class LocalUses
{
    private const int Unknowable = 2;

    private readonly Dictionary<ISymbol, Definitions.Writes> _writes = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, List<ILocalReferenceOperation>> _references = new(SymbolEqualityComparer.Default);

    private LocalUses(IOperation root)
    {
        foreach (var operation in root.WithAllInside())
        {
            Count(operation, _writes);
            if (operation is not ILocalReferenceOperation reference)
                continue;
            if (!_references.TryGetValue(reference.Local, out var known))
                _references.Add(reference.Local, known = []);
            known.Add(reference);
        }
    }

    public static LocalUses In(IOperation root) => new(root);

    /// <summary>The one value of a local, or null.</summary>
    public IOperation? ValueOf(ILocalSymbol local) => _writes.TryGetValue(local, out var writes) && writes.Count == 1 ? writes.Value : null;

    /// <summary>Where a local is named, in order.</summary>
    public IReadOnlyList<ILocalReferenceOperation> References(ILocalSymbol local) => _references.TryGetValue(local, out var known) ? known : [];

    private static void Count(IOperation operation, Dictionary<ISymbol, Definitions.Writes> index)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation { Initializer: { } initializer } declarator:
                Add(index, declarator.Symbol, 1, initializer.Value);
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                Deconstruct(deconstruction.Target, deconstruction.Value, index);
                break;
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                Write(assignment.Target, 1, assignment.Value, index);
                break;
            case IAssignmentOperation assignment:
                Write(assignment.Target, Unknowable, null, index);
                break;
            case IIncrementOrDecrementOperation step:
                Write(step.Target, Unknowable, null, index);
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument:
                Write(argument.Value, Unknowable, null, index);
                break;
            case IForEachLoopOperation loop:
                foreach (var local in loop.Locals)
                    Add(index, local, Unknowable, null);
                break;
            case IDeclarationPatternOperation { DeclaredSymbol: { } declared }:
                Add(index, declared, Unknowable, null);
                break;
            case IAddressOfOperation address:
                Write(address.Reference, Unknowable, null, index);
                break;
        }
    }

    private static void Deconstruct(IOperation target, IOperation value, Dictionary<ISymbol, Definitions.Writes> index)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        if (target is not ITupleOperation targets)
        {
            Write(target, Unknowable, null, index);
            return;
        }
        var values = value.Unwrapped() as ITupleOperation;
        for (var i = 0; i < targets.Elements.Length; i++)
        {
            var element = values is not null && values.Elements.Length == targets.Elements.Length ? values.Elements[i] : null;
            if (targets.Elements[i] is ITupleOperation && element is not null)
                Deconstruct(targets.Elements[i], element, index);
            else
                Write(targets.Elements[i], element is null ? Unknowable : 1, element, index);
        }
    }

    private static void Write(IOperation target, int count, IOperation? value, Dictionary<ISymbol, Definitions.Writes> index)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        if (target is ILocalReferenceOperation local)
            Add(index, local.Local, count, value);
        else if (target is ITupleOperation tuple)
            foreach (var element in tuple.Elements)
                Write(element, Unknowable, null, index);
    }

    private static void Add(Dictionary<ISymbol, Definitions.Writes> index, ISymbol symbol, int count, IOperation? value)
    {
        index.TryGetValue(symbol, out var writes);
        index[symbol] = writes.Plus(count, value);
    }
}
