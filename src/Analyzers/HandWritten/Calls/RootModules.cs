using System.Collections.Concurrent;
using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Calls;

/// <summary>
/// Which module classes of a compilation certainly stand in no other module: they are made outside of modules alone, and are given to none. Blocks are added
/// concurrently; in doubt a module may be inside another. Several rules ask, each of which gives the blocks that it is given: each is read once.
/// </summary>
internal sealed class RootModules
{
    private static readonly WeakMemory<Compilation, RootModules> Known = new();

    private readonly TorchSymbols _torch;
    private readonly IAssemblySymbol _assembly;
    private readonly ConcurrentDictionary<SyntaxNode, Reading> _read = new();
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _inside = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _madeOutside = new(SymbolEqualityComparer.Default);
    private volatile bool _mayBeAny;

    private RootModules(TorchSymbols torch, IAssemblySymbol assembly) => (_torch, _assembly) = (torch, assembly);

    /// <summary>Those of a compilation, once all of its blocks have been read.</summary>
    public static RootModules Of(Compilation compilation, TorchSymbols torch) => Known.Of(compilation, each => new(torch, each.Assembly));

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
        foreach (var root in blocks.Roots())
        {
            // Who comes second waits: it goes on as if it had read the block itself.
            var reading = _read.GetOrAdd(root.Syntax, static _ => new());
            lock (reading)
            {
                if (!reading.IsDone)
                    Read(owner, root, cancellation);
                reading.IsDone = true;
            }
        }
    }

    private void Read(ISymbol owner, IOperation root, CancellationToken cancellation)
    {
        var isInside = _torch.IsModule(owner.ContainingType);
        foreach (var operation in root.WithAllInside(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (operation.Kind is OperationKind.Invalid or OperationKind.DynamicInvocation or OperationKind.DynamicObjectCreation
                || operation.Kind == OperationKind.TypeParameterObjectCreation && _torch.IsModule(operation.Type))
                _mayBeAny = true;
            else if (isInside)
                Inside(operation);
            else
                Outside(operation);
        }
    }

    /// <summary>In a module's code all that it makes is inside it, and all that it gets from elsewhere.</summary>
    private void Inside(IOperation operation)
    {
        switch (operation)
        {
            case IObjectCreationOperation creation when _torch.IsModule(creation.Type):
                Hold(creation.Type);
                break;
            case IInvocationOperation { TargetMethod: var called } call when IsOurs(called) && !_torch.IsModule(called.ContainingType):
                Hold(call.Type);
                break;
            case IMemberReferenceOperation { Member: var member } reference when IsOurs(member) && !_torch.IsModule(member.ContainingType):
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
                if (_torch.IsModule(creation.Type) && IsOurs(constructor))
                    _madeOutside.TryAdd(constructor.ContainingType.OriginalDefinition, true);
                Give(constructor, creation.Arguments);
                break;
            case IInvocationOperation call:
                Give(call.TargetMethod, call.Arguments);
                break;
            case ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Member: var member }, Value: var value } when _torch.IsModule(member.ContainingType):
                Hold(value.Unwrapped().Type);
                break;
        }
    }

    private void Give(IMethodSymbol taker, ImmutableArray<IArgumentOperation> arguments)
    {
        var isTaken = _torch.IsTorch(taker) ? !taker.IsExtensionMethod : IsOurs(taker) ? _torch.IsModule(taker.ContainingType) : !Framework.Has(taker);
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
            case ITypeParameterSymbol parameter when _torch.IsModule(parameter):
                _mayBeAny = true;
                break;
            case not null when _torch.IsModule(type):
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

    private bool IsOurs(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, _assembly);

    /// <summary>How far a block is read.</summary>
    private sealed class Reading
    {
        public bool IsDone { get; set; }
    }
}
