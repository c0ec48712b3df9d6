namespace Blockwright.Weights;

/// <summary>What a load calls the entries of a file: their names without the prefix, and renamed.</summary>
/// <param name="Prefix">What was taken off.</param>
/// <param name="Options">What the caller says: what is made of the rest, and which keys are none of the load's.</param>
internal sealed record KeyNames(string Prefix, LoadOptions Options)
{
    // DataParallel, torch.compile, and Lightning with a model in the module.
    private static readonly string[] Wrappers = ["module.", "_orig_mod.", "model."];

    // A compiled network in DataParallel in a Lightning module, and one more.
    private const int MostWrappers = 4;

    /// <summary>The names as the options say them, or as they fit best.</summary>
    /// <param name="names">The names in the file.</param>
    /// <param name="isWanted">Whether the module has a key.</param>
    /// <param name="options">What the caller says.</param>
    public static KeyNames Of(IReadOnlyList<string> names, Func<string, bool> isWanted, LoadOptions options)
    {
        var best = new KeyNames(options.Prefix ?? "", options);
        if (options.Prefix is not null || names.Count == 0)
            return best;
        var found = names.Count(name => best.WithExcepted(name) is { } key && isWanted(key));
        for (var prefix = NextWrapper(names, ""); prefix is not null; prefix = NextWrapper(names, prefix))
        {
            var candidate = best with { Prefix = prefix };
            var more = names.Count(name => candidate.WithExcepted(name) is { } key && isWanted(key));
            if (more > found)
                (best, found) = (candidate, more);
        }
        return best;
    }

    /// <summary>The module's key for a name in the file; null if the entry is left out.</summary>
    public string? Of(string name) => WithExcepted(name) is { } key && !Options.Excepts(key) ? key : null;

    /// <summary>The same, where the entry is left out only for its key.</summary>
    public string? WithExcepted(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
            return null;
        var key = name[Prefix.Length..];
        return Options.Rename is { } rename ? rename(key) : key;
    }

    /// <summary>A prefix that every name has, longer by one wrapper.</summary>
    private static string? NextWrapper(IReadOnlyList<string> names, string prefix) => prefix.Count(c => c == '.') < MostWrappers
        ? Array.Find(Array.ConvertAll(Wrappers, wrapper => prefix + wrapper), longer => names.All(name => name.StartsWith(longer, StringComparison.Ordinal)))
        : null;
}
