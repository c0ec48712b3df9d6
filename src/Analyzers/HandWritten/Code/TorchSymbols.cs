using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>TorchSharp's types in one compilation. The rules on hand-written code do nothing where they are absent.</summary>
internal sealed class TorchSymbols
{
    private static readonly WeakMemory<Compilation, Found> Known = new();

    private readonly INamedTypeSymbol _moduleInterface;

    private TorchSymbols(INamedTypeSymbol torch, INamedTypeSymbol nn, INamedTypeSymbol functional, INamedTypeSymbol module, INamedTypeSymbol tensor,
        INamedTypeSymbol moduleInterface)
    {
        Torch = torch;
        Nn = nn;
        Functional = functional;
        Module = module;
        Tensor = tensor;
        _moduleInterface = moduleInterface;
    }

    public INamedTypeSymbol Torch { get; }

    public INamedTypeSymbol Nn { get; }

    public INamedTypeSymbol Functional { get; }

    public INamedTypeSymbol Module { get; }

    public INamedTypeSymbol Tensor { get; }

    /// <summary>Those of the compilation; null where it does not refer to TorchSharp. Each rule asks anew after each keystroke: they are looked up once.</summary>
    public static TorchSymbols? From(Compilation compilation) => Known.Of(compilation, static each => new(Find(each))).Symbols;

    private static TorchSymbols? Find(Compilation compilation)
    {
        var torch = compilation.GetTypeByMetadataName("TorchSharp.torch");
        var nn = compilation.GetTypeByMetadataName("TorchSharp.torch+nn");
        var functional = compilation.GetTypeByMetadataName("TorchSharp.torch+nn+functional");
        var module = compilation.GetTypeByMetadataName("TorchSharp.torch+nn+Module");
        var tensor = compilation.GetTypeByMetadataName("TorchSharp.torch+Tensor");
        var moduleInterface = compilation.GetTypeByMetadataName("TorchSharp.torch+nn+IModule`2");
        return torch is null || nn is null || functional is null || module is null || tensor is null || moduleInterface is null
            ? null
            : new(torch, nn, functional, module, tensor, moduleInterface);
    }

    public bool IsTensor(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
            if (Same(type, Tensor))
                return true;
        return false;
    }

    /// <summary>Whether a value of this type is a module: a class that derives from <c>nn.Module</c>, or <c>IModule</c> itself.</summary>
    public bool IsModule(ITypeSymbol? type)
    {
        if (type is ITypeParameterSymbol parameter)
            return parameter.ConstraintTypes.Any(IsModule);
        if (Same(type?.OriginalDefinition, _moduleInterface))
            return true;
        for (; type is not null; type = type.BaseType)
            if (Same(type, Module))
                return true;
        return false;
    }

    /// <summary>Whether the method or type is TorchSharp's own.</summary>
    public bool IsTorch(ISymbol symbol) => Same(symbol.ContainingAssembly, Tensor.ContainingAssembly);

    /// <summary>Whether the method makes a layer: <c>torch.nn.X(...)</c> that returns a module.</summary>
    public bool IsFactory(IMethodSymbol method) => method.IsStatic && Same(method.ContainingType, Nn) && IsModule(method.ReturnType);

    /// <summary>Whether the method is the layer's factory <paramref name="name"/>.</summary>
    public bool IsFactory(IMethodSymbol method, string name) => method.Name == name && IsFactory(method);

    /// <summary>Whether the method is a module's <c>forward</c>.</summary>
    public bool IsForward(ISymbol symbol) =>
        symbol is IMethodSymbol { Name: "forward", IsStatic: false, MethodKind: MethodKind.Ordinary } method && IsModule(method.ContainingType);

    private static bool Same(ISymbol? left, ISymbol? right) => SymbolEqualityComparer.Default.Equals(left, right);

    /// <summary>What was found, if anything.</summary>
    private sealed record Found(TorchSymbols? Symbols);
}
