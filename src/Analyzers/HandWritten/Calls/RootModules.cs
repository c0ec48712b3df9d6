using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Calls;

/// <summary>
/// Which module classes of a compilation certainly stand in no other module: they are made outside of modules alone, and are given to none. Blocks are added
/// concurrently; in doubt a module may be inside another.
/// </summary>
internal sealed class RootModules(TorchSymbols torch, IAssemblySymbol assembly)
{
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _inside = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _madeOutside = new(SymbolEqualityComparer.Default);
    private volatile bool _mayBeAny;

    /// <summary>The module classes that are made outside of modules.</summary>
    public IEnumerable<INamedTypeSymbol> Made => _madeOutside.Keys.OfType<INamedTypeSymbol>();

    /// <summary>Whether no module of this class is in another module.</summary>
    public bool IsRoot(ITypeSymbol type)
    {
        if (_mayBeAny || _inside.IsEmpty)
            return !_mayBeAny;
        for (var each = type; each is not null; each = each.BaseType)
            if (_inside.ContainsKey(each.OriginalDefinition))
                return false;
        return !type.AllInterfaces.Any(each => _inside.ContainsKey(each.OriginalDefinition));
    }

    /// <summary>Notes what one member's code does with modules.</summary>
    public void Read(ISymbol owner, ImmutableArray<IOperation> blocks, CancellationToken cancellation)
    {
        var isInside = torch.IsModule(owner.ContainingType);
        foreach (var operation in blocks.Select(static block => block.Root()).Distinct().SelectMany(static root => root.DescendantsAndSelf()).Until(cancellation))
            if (operation is IInvalidOperation or IDynamicInvocationOperation or IDynamicObjectCreationOperation
                || operation is ITypeParameterObjectCreationOperation && torch.IsModule(operation.Type))
                _mayBeAny = true;
            else if (isInside)
                Inside(operation);
            else
                Outside(operation);
    }

    /// <summary>In a module's code all that it makes is inside it, and all that it gets from elsewhere.</summary>
    private void Inside(IOperation operation)
    {
        switch (operation)
        {
            case IObjectCreationOperation creation when torch.IsModule(creation.Type):
                Hold(creation.Type);
                break;
            case IInvocationOperation { TargetMethod: var called } call when IsOurs(called) && !torch.IsModule(called.ContainingType):
                Hold(call.Type);
                break;
            case IMemberReferenceOperation { Member: var member } reference when IsOurs(member) && !torch.IsModule(member.ContainingType):
                Hold(reference.Type);
                break;
        }
    }

    /// <summary>Elsewhere it is inside what is given to a module, or to code that is not seen.</summary>
    private void Outside(IOperation operation)
    {
        switch (operation)
        {
            case IObjectCreationOperation { Constructor: { } constructor } creation:
                if (torch.IsModule(creation.Type) && IsOurs(constructor))
                    _madeOutside.TryAdd(constructor.ContainingType.OriginalDefinition, true);
                Give(constructor, creation.Arguments);
                break;
            case IInvocationOperation call:
                Give(call.TargetMethod, call.Arguments);
                break;
            case ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member: var member }, Value: var value } when torch.IsModule(member.ContainingType):
                Hold(value.Unwrapped().Type);
                break;
        }
    }

    private void Give(IMethodSymbol taker, ImmutableArray<IArgumentOperation> arguments)
    {
        var isTaken = torch.IsTorch(taker) ? !taker.IsExtensionMethod : IsOurs(taker) ? torch.IsModule(taker.ContainingType) : !Framework.Has(taker);
        if (!isTaken)
            return;
        foreach (var argument in arguments)
            Hold(argument.Value.Unwrapped().Type);
    }

    /// <summary>A module of this type, one in an array or list of this type, or what a delegate of this type gives, is inside.</summary>
    private void Hold(ITypeSymbol? type)
    {
        switch (type)
        {
            case ITypeParameterSymbol parameter when torch.IsModule(parameter):
                _mayBeAny = true;
                break;
            case not null when torch.IsModule(type):
                _inside.TryAdd(type.OriginalDefinition, true);
                break;
            case IArrayTypeSymbol array:
                Hold(array.ElementType);
                break;
            case INamedTypeSymbol { IsGenericType: true } named:
                foreach (var argument in named.TypeArguments)
                    Hold(argument);
                break;
        }
    }

    private bool IsOurs(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, assembly);
}
