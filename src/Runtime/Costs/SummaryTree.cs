namespace Blockwright;

/// <summary>The layers of a network in their blocks and stages, as their keys nest.</summary>
internal sealed class SummaryTree
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, SummaryTree> _groups;
    private readonly string _path;
    private readonly string _kind;
    private readonly int _depth;

    private SummaryTree(string path, string kind, int depth, Dictionary<string, SummaryTree> groups)
    {
        (_path, _kind, _depth, _groups) = (path, kind, depth, groups);
        groups[path] = this;
    }

    /// <summary>The key's parts down to here; empty for the network.</summary>
    public string Path => _path;

    /// <summary>The block's class; empty for a stage.</summary>
    public string Kind => _kind;

    /// <summary>How deep it lies: 0 is the network.</summary>
    public int Depth => _depth;

    /// <summary>What lies in it, as the keys nest.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>All layers in it, however deep.</summary>
    public IEnumerable<LayerCost> Layers => _entries.SelectMany(static entry => entry.Group?.Layers ?? [entry.Layer!]);

    /// <summary>The rows of a network down to a depth; first the network itself.</summary>
    public static List<SummaryRow> Rows(NetworkCost cost, int depth) => [.. Of(cost).Rows(depth)];

    /// <summary>The network itself.</summary>
    public static SummaryTree Of(NetworkCost cost)
    {
        var root = new SummaryTree("", cost.Network, 0, new(StringComparer.Ordinal));
        var kinds = cost.Nodes.Blocks.GroupBy(static block => block.Path, StringComparer.Ordinal).ToDictionary(static same => same.Key, static same => same.First().Type, StringComparer.Ordinal);
        var paths = kinds.Keys.SelectMany(Prefixes).ToHashSet(StringComparer.Ordinal);
        // A path of layers that a block lies in, as SE lies in MobileNet V3's, is a group of both.
        foreach (var layer in cost.Layers)
            root.GroupOf(Prefixes(layer.Key).LastOrDefault(path => path.Length > layer.Block.Length && paths.Contains(path)) ?? layer.Block, kinds)._entries.Add(new(layer, null));
        return root;
    }

    /// <summary>What a key lies in, the outermost first; not the key itself.</summary>
    private static IEnumerable<string> Prefixes(string key)
    {
        for (var dot = key.IndexOf('.'); dot >= 0; dot = key.IndexOf('.', dot + 1))
            yield return key[..dot];
    }

    /// <summary>The group of a block; the parts of its key that are no blocks, as a stage's, are groups too.</summary>
    private SummaryTree GroupOf(string path, Dictionary<string, string> kinds)
    {
        if (_groups.TryGetValue(path, out var known))
            return known;
        var dot = path.LastIndexOf('.');
        var outer = GroupOf(dot < 0 ? "" : path[..dot], kinds);
        var made = new SummaryTree(path, kinds.GetValueOrDefault(path, ""), outer._depth + 1, _groups);
        outer._entries.Add(new(null, made));
        return made;
    }

    private IEnumerable<SummaryRow> Rows(int most)
    {
        yield return new(_path.Length == 0 ? _kind : _path, _depth, _kind, true, [.. Layers.OrderBy(static layer => layer.Index)]);
        if (_depth >= most)
            yield break;
        foreach (var entry in _entries)
        {
            if (entry.Group is { } group)
            {
                foreach (var row in group.Rows(most))
                    yield return row;
            }
            else
            {
                yield return new(entry.Layer!.Key.Length > 0 ? entry.Layer.Key : entry.Layer.Kind, _depth + 1, entry.Layer.Kind, false, [entry.Layer]);
            }
        }
    }

    /// <summary>A layer or a group.</summary>
    public readonly record struct Entry(LayerCost? Layer, SummaryTree? Group);
}
