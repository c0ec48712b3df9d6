using System.Collections.Concurrent;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Calls;

/// <summary>
/// Which code of a compilation may run which. In doubt it may: an edge too many makes a rule silent, one too few makes it wrong. Blocks are added concurrently.
/// </summary>
internal sealed class CallGraph(TorchSymbols torch, IAssemblySymbol assembly, RootModules roots)
{
    private readonly ConcurrentDictionary<ISymbol, RunningCode> _code = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, ConcurrentBag<ISymbol>> _behind = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<INamedTypeSymbol, ConcurrentBag<ISymbol>> _initializers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, bool> _runByOthers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ITypeSymbol, bool> _calledByOthers = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<SyntaxTree, bool> _trees = new();

    private volatile bool _isUncertain;

    /// <summary>What is compiled.</summary>
    public IAssemblySymbol Assembly => assembly;

    /// <summary>Whether somewhere the code cannot be followed at all: a scope is handed around, or what is called is dynamic.</summary>
    public bool IsUncertain => _isUncertain;

    /// <summary>Says that it cannot be followed. Several threads may say so at once, and nobody takes it back.</summary>
    public void GiveUp() => _isUncertain = true;

    /// <summary>The files whose code is in the graph.</summary>
    public bool Covers(SyntaxTree tree) => _trees.ContainsKey(tree);

    public void Cover(SyntaxTree tree) => _trees.TryAdd(tree, true);

    public RunningCode Add(ISymbol symbol) => _code.GetOrAdd(symbol, static each => new(each));

    /// <summary>Who calls <paramref name="called"/> may run the other: it overrides or implements it.</summary>
    public void AddBehind(ISymbol called, ISymbol implementation) => _behind.GetOrAdd(called, static _ => []).Add(implementation);

    /// <summary>What each of the type's constructors runs first.</summary>
    public void AddInitializer(INamedTypeSymbol type, ISymbol initializer) => _initializers.GetOrAdd(type, static _ => []).Add(initializer);

    /// <summary>Code that is not seen may run it: it goes there as a delegate, or implements what is declared there.</summary>
    public void AddRunByOthers(ISymbol symbol) => _runByOthers.TryAdd(symbol, true);

    /// <summary>Code that is not seen gets a module of this type, and may call it.</summary>
    public void AddCalledByOthers(ITypeSymbol type) => _calledByOthers.TryAdd(type, true);

    /// <summary>All that may run while somebody holds a dispose scope, or who knows who.</summary>
    public HashSet<ISymbol> MayBeFreed(CancellationToken cancellation)
    {
        var forwards = new Forwards(_code.Keys, roots, torch);
        var starts = _runByOthers.Keys.Concat(_code.Values.Where(static code => code.Frees).Select(static code => code.Symbol))
            .Concat(_calledByOthers.Keys.SelectMany(type => forwards.Behind(type, isInside: false))).Concat(forwards.Foreign());
        return Reach(starts, static _ => false, forwards, cancellation);
    }

    /// <summary>All that may run from here on; what is behind a <paramref name="border"/> is left out.</summary>
    public HashSet<ISymbol> Reach(IEnumerable<ISymbol> starts, Func<ISymbol, bool> border, CancellationToken cancellation) =>
        Reach(starts, border, new(_code.Keys, roots, torch), cancellation);

    private HashSet<ISymbol> Reach(IEnumerable<ISymbol> starts, Func<ISymbol, bool> border, Forwards forwards, CancellationToken cancellation)
    {
        var reached = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        var open = new Stack<ISymbol>(starts);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var symbol = open.Pop();
            if (!reached.Add(symbol) || border(symbol))
                continue;
            foreach (var next in Next(symbol, forwards))
                open.Push(next);
        }
        return reached;
    }

    private IEnumerable<ISymbol> Next(ISymbol symbol, Forwards forwards)
    {
        var code = _code.TryGetValue(symbol, out var known) ? known : null;
        var next = code is null ? [] : code.Calls.Concat(code.Modules.SelectMany(type => forwards.Behind(type, isInside: torch.IsModule(symbol.ContainingType))));
        if (_behind.TryGetValue(symbol, out var behind))
            next = next.Concat(behind);
        return symbol is IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: var type } ? next.Concat(Before(type)) : next;
    }

    /// <summary>What a constructor runs before its body: the initializers, and the base's constructor, written or not.</summary>
    private IEnumerable<ISymbol> Before(INamedTypeSymbol type)
    {
        if (_initializers.TryGetValue(type.OriginalDefinition, out var initializers))
            foreach (var initializer in initializers)
                yield return initializer;
        if (type.BaseType?.InstanceConstructors.FirstOrDefault(static one => one.Parameters.IsEmpty) is { } parent
            && SymbolEqualityComparer.Default.Equals(parent.ContainingAssembly, assembly))
            yield return parent.OriginalDefinition;
    }
}
