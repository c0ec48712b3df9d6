using System.Globalization;
using System.Text;
using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>Finds the state dict in what torch.save was given, and takes it apart.</summary>
internal sealed class StateDict
{
    // A checkpoint's dict, and the dicts in that: {'model': {'state_dict': ...}}.
    private const int Levels = 2;

    private const int MostShown = 20;
    private const string Advice = "In Python, save with torch.save(model.state_dict(), path).";

    private readonly PickleSource _source;
    private readonly object? _saved;
    private readonly List<StateDictCandidate> _candidates = [];

    /// <param name="source">Where the pickle stands.</param>
    /// <param name="saved">What was saved.</param>
    public StateDict(PickleSource source, object? saved)
    {
        _source = source;
        _saved = saved;
        if (saved is not PickleDict dict)
            throw _source.Fault($"the file holds {PickleValue.Describe(saved)}; expected a dict of tensors. {Advice}");
        if (dict.HasTensor || dict.Pairs.Count == 0)
            _candidates.Add(new StateDictCandidate("", "", dict));
        Collect(dict);
    }

    /// <summary>
    /// The state dict: the one that <paramref name="entry"/> names, else the only one, else the only one that fits, else the only one with a usual name.
    /// </summary>
    /// <param name="entry">The keys that lead to it, joined by dots, or the last of them; null if it is to be found.</param>
    /// <param name="fits">Whether a candidate has all that is wanted; null if that is not known.</param>
    public StateDictCandidate Choose(string? entry, Func<StateDictCandidate, bool>? fits)
    {
        if (_candidates.Count == 0)
            throw _source.Fault($"the file holds a dict without tensors ({Contents()}), and no dict of tensors is in it or in a dict in it. {Advice}");
        if (entry is not null)
            return Named(entry);
        if (Single(_candidates) is { } only)
            return only;
        var fitting = fits is null ? [] : Fitting(fits);
        var usual = _candidates.Where(candidate => candidate.HasUsualName).ToList();
        return (fitting, usual) switch
        {
            ([_, ..], _) when Single(fitting) is { } found => found,
            ([], [_, ..]) when Single(usual) is { } found => found,
            ([], _) => throw Several("several dicts of tensors", _candidates),
            _ => throw Several("several state dicts that fit", fitting),
        };
    }

    /// <summary>The tensors that can be read, and what else stands among them.</summary>
    public (List<(string Name, PickleTensor Tensor)> Tensors, List<SkippedEntry> Skipped) TakeApart(StateDictCandidate candidate)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tensors = new List<(string, PickleTensor)>();
        var skipped = new List<SkippedEntry>();
        foreach (var (key, value) in candidate.Dict.Pairs)
        {
            if (key is not string name)
                skipped.Add(new SkippedEntry(Spelled(key), $"{PickleValue.Describe(value)} under {PickleValue.Describe(key)}", IsTensor(value)));
            else if (value is not PickleTensor tensor)
                skipped.Add(new SkippedEntry(name, PickleValue.Describe(value), IsTensor(value)));
            else if (names.Add(name))
                tensors.Add((name, tensor));
            else
                throw _source.Fault("the state dict has the key twice. The file is damaged.", name, tensor.Position);
        }
        return (tensors, skipped);
    }

    /// <summary>A dict is compared once, however often it stands in others.</summary>
    private List<StateDictCandidate> Fitting(Func<StateDictCandidate, bool> fits)
    {
        var known = new Dictionary<PickleDict, bool>(ReferenceEqualityComparer.Instance);
        return _candidates.FindAll(candidate => known.TryGetValue(candidate.Dict, out var doesFit) ? doesFit : known[candidate.Dict] = fits(candidate));
    }

    private static bool IsTensor(object? value) => value is PickleTensor or PickleOpaque { IsTensor: true };

    /// <summary>Each dict is walked once, however often it stands in others: a few bytes could say a great many times.</summary>
    private void Collect(PickleDict saved)
    {
        var walked = new HashSet<PickleDict>(ReferenceEqualityComparer.Instance) { saved };
        List<StateDictCandidate> level = [new("", "", saved)];
        for (var depth = 0; depth < Levels; depth++)
        {
            var next = new List<StateDictCandidate>();
            foreach (var outer in level)
                foreach (var (key, value) in outer.Dict.Pairs)
                    if (key is string name && value is PickleDict dict && !IsExtraState(name))
                    {
                        var candidate = new StateDictCandidate(outer.IsWhole ? name : $"{outer.Path}.{name}", name, dict);
                        if (dict.HasTensor)
                            _candidates.Add(candidate);
                        if (walked.Add(dict))
                            next.Add(candidate);
                    }
            level = next;
        }
    }

    /// <summary>What a module keeps beside its tensors: the one dict that may stand in a state dict.</summary>
    private static bool IsExtraState(string name) => name.EndsWith("_extra_state", StringComparison.Ordinal);

    private StateDictCandidate Named(string entry)
    {
        var named = _candidates.Where(candidate => candidate.Path == entry).ToList();
        if (named.Count == 0)
            named = [.. _candidates.Where(candidate => candidate.Key == entry || candidate.Path.StartsWith($"{entry}.", StringComparison.Ordinal))];
        if (named.Count == 0)
            throw Several($"no dict of tensors '{WeightsException.Show(entry)}', but", _candidates);
        return Single(named) ?? throw Several($"several '{WeightsException.Show(entry)}'", named);
    }

    /// <summary>The first, if all of them are of the same tensors: then there is nothing to choose. Each dict is compared once, and with the first only.</summary>
    private static StateDictCandidate? Single(List<StateDictCandidate> candidates)
        => candidates is [var first, ..] && candidates.DistinctBy(candidate => candidate.Dict, ReferenceEqualityComparer.Instance).All(first.HasSameTensors) ? first : null;

    private WeightsException Several(string what, List<StateDictCandidate> candidates)
    {
        var text = new StringBuilder($"the file holds {what}:");
        foreach (var candidate in candidates.Take(MostShown))
            text.AppendLine().Append("  ").Append(candidate.ToString());
        if (candidates.Count > MostShown)
            text.AppendLine().Append(Invariant($"  and {candidates.Count - MostShown} more"));
        // A key with a dot in it may be spelled as two keys are.
        var clear = candidates.GroupBy(candidate => candidate.Path, StringComparer.Ordinal).Select(spelled => Single([.. spelled])).OfType<StateDictCandidate>().ToList();
        var example = clear.Find(candidate => !candidate.IsWhole) ?? clear.FirstOrDefault();
        if (example is null)
            text.AppendLine().Append("Their keys, joined by dots, are spelled alike. In Python, save the one that is meant by itself.");
        else
        {
            text.AppendLine().Append("Choose one: LoadWeights(path, new() { Entry = \"").Append(WeightsException.Show(example.Path))
                .Append("\" }), or WeightFile.Open(path, entry).");
        }
        return _source.Fault(text.ToString());
    }

    private string Contents()
        => string.Join(", ", ((PickleDict)_saved!).Pairs.Take(MostShown).Select(pair => $"'{Shown(pair.Key)}': {PickleValue.Describe(pair.Value)}"));

    private static string Spelled(object? key) => key is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : PickleValue.Describe(key);

    private static string Shown(object? key) => key is string name ? WeightsException.Show(name) : PickleValue.Describe(key);
}
