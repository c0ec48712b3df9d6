namespace Blockwright.Gpu.Cuda;

/// <summary>Where a network's compiled kernels come from: beside the program; the cache; NVRTC, whose code goes to the cache.</summary>
/// <param name="shipped">What lies beside the program.</param>
/// <param name="cache">The cache.</param>
/// <param name="compiler">NVRTC for the card; throws where there is none. Asked for only where it is needed.</param>
internal sealed class KernelCode(ShippedCode shipped, CodeCache cache, Func<Nvrtc> compiler)
{
    private readonly Lazy<(Nvrtc? Found, CudaException? Missing)> _compiler = new(() => Find(compiler));

    /// <summary>Code for a card, one after the other: the driver may refuse the first, say of a CUDA that it is too old for.</summary>
    /// <param name="source">CUDA C++.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="card">The card's architecture.</param>
    /// <exception cref="CudaException">It does not compile, or there is neither code nor NVRTC.</exception>
    public IEnumerable<CodeImage> For(string source, string name, Architecture card)
    {
        var keys = CodeKey.Of(source);
        foreach (var image in shipped.Find(keys, card))
            yield return image;
        var found = _compiler.Value.Found;
        var target = found?.TargetFor(card) ?? card.Real;
        var key = keys(target);
        if (cache.Find(key, found?.Version) is { } kept)
            yield return kept;
        if (found is null)
            throw new CudaException($"There is no compiled code of {name} for {card} that the driver takes, neither beside the program nor in the cache. {_compiler.Value.Missing!.Message}", _compiler.Value.Missing);
        var compiled = found.Compile(source, name, target);
        cache.Add(key, found.Version, compiled);
        yield return compiled;
    }

    /// <summary>Forgets code that the driver refused.</summary>
    public void Refuse(CodeImage image) => cache.Remove(image);

    private static (Nvrtc? Found, CudaException? Missing) Find(Func<Nvrtc> compiler)
    {
        try
        {
            return (compiler(), null);
        }
        catch (CudaException fault)
        {
            return (null, fault);
        }
    }
}
