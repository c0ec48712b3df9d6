namespace Blockwright.Weights;

/// <summary>Compares the keys and shapes that a module has with those of a file.</summary>
internal sealed class KeyComparison
{
    private readonly WeightFile _file;
    private readonly Dictionary<string, long[]> _shapes;
    private readonly KeyNames _names;
    private readonly LoadOptions _options;
    private readonly List<string> _excepted;

    private readonly Dictionary<string, WeightEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SkippedEntry> _skipped = new(StringComparer.Ordinal);

    /// <param name="shapes">The module's shapes by key.</param>
    /// <param name="file">The file.</param>
    /// <param name="options">What the caller says of the names.</param>
    public KeyComparison(Dictionary<string, long[]> shapes, WeightFile file, LoadOptions options)
    {
        _file = file;
        _options = options;
        _excepted = [.. shapes.Keys.Where(options.Excepts)];
        _shapes = Wanted(shapes, options);
        List<string> names = [.. file.Entries.Select(entry => entry.Name), .. file.Skipped.Where(skipped => skipped.IsTensor).Select(skipped => skipped.Name)];
        _names = KeyNames.Of(names, shapes.ContainsKey, options);
        foreach (var entry in file.Entries)
            if (_names.Of(entry.Name) is { } key && !_entries.TryAdd(key, entry))
                throw Twice(key, entry);
        foreach (var skipped in file.Skipped)
            if (_names.Of(skipped.Name) is { } key)
                _skipped.TryAdd(key, skipped);
    }

    /// <summary>The file's entry for a key of the module that it has.</summary>
    public WeightEntry this[string key] => _entries[key];

    /// <summary>Whether a dict of a PyTorch file has all that the module has, in the same shapes.</summary>
    public static bool Fits(Dictionary<string, long[]> shapes, StateDictCandidate candidate, LoadOptions options)
    {
        var tensors = candidate.Tensors.ToList();
        var names = KeyNames.Of([.. tensors.Select(pair => pair.Name)], shapes.ContainsKey, options);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
            if (names.Of(name) is { } key && shapes.TryGetValue(key, out var shape) && tensor.Sizes.TryGetSizes(out var sizes) && IsSame(shape, sizes))
                found.Add(key);
        return Wanted(shapes, options).All(pair => found.Contains(pair.Key) || IsBatchCounter(pair.Key, pair.Value));
    }

    public LoadReport Report()
    {
        List<string> loaded = [], missing = [];
        List<ShapeMismatch> wrongShape = [];
        foreach (var (key, shape) in _shapes)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                if (!IsBatchCounter(key, shape))
                    missing.Add(key);
            }
            else if (IsSame(shape, entry.Shape.AsSpan()))
                loaded.Add(key);
            else
                wrongShape.Add(new ShapeMismatch(key, [.. shape], entry.Shape));
        }
        return new LoadReport(loaded, missing, [.. Unexpected()], wrongShape) { Excepted = _excepted, Prefix = _names.Prefix, Entry = _file.EntryPath, Skipped = _file.Skipped };
    }

    /// <summary>The first exception that is none: neither the module nor the file has a key like it.</summary>
    public string? IdleException => _options.Except.FirstOrDefault(pattern =>
        !_excepted.Exists(key => LoadOptions.IsLike(key, pattern))
        && !_file.Entries.Any(entry => _names.WithExcepted(entry.Name) is { } key && LoadOptions.IsLike(key, pattern)));

    /// <summary>What the file's keys begin with, where none begins with the prefix that was asked for; else null.</summary>
    public string? IdlePrefix => _options.Prefix is { Length: > 0 } prefix && !_file.Entries.Any(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal))
        ? string.Join(", ", _file.Entries.Select(static entry => $"'{WeightsException.Show(entry.Name.Split('.')[0])}'").Distinct(StringComparer.Ordinal).Take(8))
        : null;

    /// <summary>What may have been meant by an exception that is none.</summary>
    public string Instead(string pattern)
    {
        const int MostShown = 8;
        var layer = pattern.TrimEnd('*').TrimEnd('.');
        var layers = _shapes.Keys.SelectMany(static key => key.Select((sign, at) => sign == '.' ? key[..at] : null).OfType<string>()).Distinct(StringComparer.Ordinal).ToList();
        if (layers.Count == 0 || layers.Contains(layer, StringComparer.Ordinal))
            return $" A layer's keys are '{WeightsException.Show(layer)}.*'.";
        return layer.Length <= NearMisses.LongestCompared && layers.MinBy(each => NearMisses.Distance(layer, each)) is { } near && NearMisses.Distance(layer, near) <= Math.Max(1, layer.Length / 3)
            ? $" '{WeightsException.Show(near)}.*' is nearest."
            : $" The keys begin with {string.Join(", ", layers.Where(static each => !each.Contains('.', StringComparison.Ordinal)).Take(MostShown).Select(static each => $"'{WeightsException.Show(each)}'"))}.";
    }

    /// <summary>What the file has under a key of the module and cannot be read; null if there is nothing.</summary>
    public SkippedEntry? Unreadable(string key) => _skipped.GetValueOrDefault(key);

    /// <summary>The file's names with what the module would call them, for those entries that it lacks.</summary>
    public IEnumerable<(string Key, WeightEntry Entry)> Strangers
        => _entries.Where(pair => !_shapes.ContainsKey(pair.Key)).Select(pair => (pair.Key, pair.Value));

    private static Dictionary<string, long[]> Wanted(Dictionary<string, long[]> shapes, LoadOptions options) =>
        options.Except.Count == 0 ? shapes : shapes.Where(pair => !options.Excepts(pair.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>PyTorch's files of before 0.4 have a scalar as a tensor of one element, and load_state_dict takes that.</summary>
    private static bool IsSame(ReadOnlySpan<long> expected, ReadOnlySpan<long> found)
        => expected.SequenceEqual(found) || (expected.IsEmpty && found is [1]);

    /// <summary>
    /// The number of batches that a batch norm has seen. State dicts of before PyTorch 0.4.1 lack it, and torch's own load_state_dict lets them pass, too
    /// (_NormBase._load_from_state_dict, version below 2). Only a batch norm with momentum None computes anything from it.
    /// </summary>
    private static bool IsBatchCounter(string key, long[] shape) => key.AsSpan(key.LastIndexOf('.') + 1) is "num_batches_tracked" && shape.Length == 0;

    private WeightsException Twice(string key, WeightEntry entry)
    {
        var other = WeightsException.Show(_entries[key].Name);
        var problem = $"after renaming, two entries are called '{WeightsException.Show(key)}'; the other one is '{other}'.";
        return new WeightsException(_file.Path, problem, entry.Name);
    }

    private IEnumerable<string> Unexpected()
        => _file.Entries.Select(entry => entry.Name)
            .Concat(_file.Skipped.Where(skipped => skipped.IsTensor).Select(skipped => skipped.Name))
            .Where(name => _names.Of(name) is { } key && !_shapes.ContainsKey(key));
}
