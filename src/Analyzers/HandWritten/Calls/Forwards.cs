using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Calls;

/// <summary>Every <c>forward</c> of a compilation, by what a module's call can come to.</summary>
internal sealed class Forwards(IEnumerable<ISymbol> code, RootModules roots, TorchSymbols torch)
{
    private readonly List<IMethodSymbol> _all = code.Where(torch.IsForward).Cast<IMethodSymbol>().ToList();
    private readonly Dictionary<ITypeSymbol, List<IMethodSymbol>> _behind = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<INamedTypeSymbol, bool> _roots = new(SymbolEqualityComparer.Default);

    /// <summary>What may run when a module is called that is known as one of this type; of another module, if it <paramref name="isInside"/> one.</summary>
    public IEnumerable<IMethodSymbol> Behind(ITypeSymbol type, bool isInside) =>
        isInside ? Behind(type).Where(forward => SymbolEqualityComparer.Default.Equals(forward.ContainingType, type) || !IsRoot(forward.ContainingType)) : Behind(type);

    private bool IsRoot(INamedTypeSymbol type) => _roots.TryGetValue(type, out var known) ? known : _roots[type] = roots.IsRoot(type);

    private List<IMethodSymbol> Behind(ITypeSymbol type)
    {
        if (_behind.TryGetValue(type, out var known))
            return known;
        var mayBeAny = type is not INamedTypeSymbol { TypeKind: TypeKind.Class } || HoldsOthers(type);
        return _behind[type] = mayBeAny ? _all : _all.Where(forward => Derives(forward.ContainingType, type) || Derives(type, forward.ContainingType)).ToList();
    }

    /// <summary>Those of classes that derive from somebody else's: he may call them.</summary>
    public IEnumerable<ISymbol> Foreign() => _all.Where(forward =>
    {
        var parent = forward.ContainingType.BaseType;
        while (parent is not null && SymbolEqualityComparer.Default.Equals(parent.ContainingAssembly, forward.ContainingAssembly))
            parent = parent.BaseType;
        return parent is not null && !torch.IsTorch(parent);
    });

    /// <summary>Whether a call is handed on to modules that the type does not tell: Sequential, and what derives from it.</summary>
    private bool HoldsOthers(ITypeSymbol type)
    {
        for (var each = type; each is not null; each = each.BaseType)
            if (torch.IsTorch(each) && each.Name == "Sequential")
                return true;
        return false;
    }

    private static bool Derives(ITypeSymbol type, ITypeSymbol from)
    {
        for (var each = type; each is not null; each = each.BaseType)
            if (SymbolEqualityComparer.Default.Equals(each.OriginalDefinition, from.OriginalDefinition))
                return true;
        return false;
    }
}
