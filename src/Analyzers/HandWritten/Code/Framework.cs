using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>What .NET itself has: it keeps no modules, and knows no tensors.</summary>
internal static class Framework
{
    public static bool Has(ISymbol symbol)
    {
        var root = symbol.ContainingNamespace;
        while (root is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            root = root.ContainingNamespace;
        return root?.Name == "System";
    }
}
