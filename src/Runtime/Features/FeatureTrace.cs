using static TorchSharp.torch;

namespace Blockwright;

/// <summary>
/// Keeps values by their names while a module's forward runs, or a snapshot's: what the emitted code calls by a name, and what blocks give, by their keys. A forward runs on one thread, and its blocks with it.
/// </summary>
internal sealed class FeatureTrace
{
    [ThreadStatic]
    private static FeatureTrace? _current;

    private readonly object _root;
    private readonly HashSet<string> _wanted;
    private readonly Dictionary<string, Tensor> _found = new(StringComparer.Ordinal);

    // The key of the block that runs, with a dot behind it; null within modules that are none of the root's blocks.
    private string? _path;

    private FeatureTrace(object root, IEnumerable<string> names) => (_root, _wanted) = (root, new(names, StringComparer.Ordinal));

    /// <summary>The values of names while something runs, each a copy that no dispose scope has yet (<see cref="Given"/>); null where one did not come about.</summary>
    /// <param name="root">The network or snapshot whose names they are.</param>
    /// <param name="names">The names.</param>
    /// <param name="run">Runs the root.</param>
    public static Tensor?[] Of(object root, string[] names, Action run)
    {
        var outer = _current;
        var trace = _current = new FeatureTrace(root, names);
        try
        {
            run();
        }
        catch
        {
            foreach (var tensor in trace._found.Values)
                tensor.Dispose();
            throw;
        }
        finally
        {
            _current = outer;
        }
        return Array.ConvertAll(names, name => trace._found.GetValueOrDefault(name));
    }

    /// <summary>A copy that was kept, in the dispose scope of whoever asked for it.</summary>
    public static Tensor Given(Tensor kept)
    {
        using var scope = NewDisposeScope();
        scope.Attach(kept);
        return kept.MoveToOuterDisposeScope();
    }

    /// <summary>Begins a module's forward.</summary>
    /// <param name="module">The module or snapshot.</param>
    /// <param name="key">Its key in the block that it stands in; null where it stands in none.</param>
    public static Frame Enter(object module, string? key) => _current is { } trace ? trace.Begin(module, key) : default;

    /// <summary>A value of the network that runs.</summary>
    public static void Named(string name, Tensor value)
    {
        if (_current is { _path: "" } trace)
            trace.Keep(name, value);
    }

    private Frame Begin(object module, string? key)
    {
        var frame = new Frame(this, _path);
        _path = ReferenceEquals(module, _root) ? "" : _path is null || key is null ? null : _path + key + ".";
        return frame;
    }

    private void Keep(string name, Tensor value)
    {
        if (!_wanted.Contains(name))
            return;
        if (_found.Remove(name, out var earlier))
            earlier.Dispose();
        // What follows may write over it.
        _found.Add(name, value.clone().DetachFromDisposeScope());
    }

    /// <summary>A module's forward.</summary>
    internal readonly struct Frame(FeatureTrace? trace, string? outer) : IDisposable
    {
        /// <summary>What the module gives.</summary>
        public void Gives(Tensor result)
        {
            if (trace is { _path: { Length: > 0 } path })
                trace.Keep(path[..^1], result);
        }

        /// <summary>Ends it.</summary>
        public void Dispose()
        {
            if (trace is not null)
                trace._path = outer;
        }
    }
}
