using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Calls;

/// <summary>A method, an accessor, a lambda or an initializer, and what it may run. One thread writes it, before anyone reads it.</summary>
internal sealed class RunningCode(ISymbol symbol)
{
    public ISymbol Symbol { get; } = symbol;

    /// <summary>The methods, accessors and lambdas that it names as what is called.</summary>
    public HashSet<ISymbol> Calls { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The types of the modules that it calls as such: which <c>forward</c> runs depends on what stands behind the type.</summary>
    public HashSet<ITypeSymbol> Modules { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Whether it has a dispose scope in its hands, or sees to the collection of garbage itself.</summary>
    public bool Frees { get; set; }
}
