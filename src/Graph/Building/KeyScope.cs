using System.Globalization;

namespace Blockwright.Graph;

/// <summary>Numbers layers as nn.Sequential does: <c>prefix.0</c>, <c>prefix.1</c>, ...</summary>
internal sealed class KeyScope(string prefix, long first)
{
    /// <summary>What a name begins with that is a whole key, whatever path it stands in.</summary>
    private const string Whole = "/";

    private readonly List<(Condition When, long Layers)> _counted = [];
    private long _layers;

    /// <summary>The path's key; empty outside of any.</summary>
    public string Prefix => prefix;

    /// <summary>The key of the next layer.</summary>
    /// <param name="when">When it is there: else it is not counted.</param>
    public NumberedKey Next(Condition when)
    {
        var (text, code) = (Join((first + _layers++).ToString(CultureInfo.InvariantCulture)), CodeWhere(when));
        var known = _counted.FindIndex(each => each.When.Equals(when));
        if (known >= 0)
            _counted[known] = (when, _counted[known].Layers + 1);
        else
            _counted.Add((when, 1));
        return new(text, code);
    }

    /// <summary>How C# computes the next key where a condition holds, with which some of the layers before are certainly there, and some are not; null where all are.</summary>
    private string? CodeWhere(Condition condition)
    {
        if (_counted.TrueForAll(static each => each.When.Known == true))
            return null;
        var number = Amount.Of(first);
        foreach (var (when, layers) in _counted)
            number += condition.Implies(when) ? Amount.Of(layers) : condition.Excludes(when) ? Amount.Zero : Amount.Choose(when, Amount.Of(layers), Amount.Zero);
        return number.Constant is null ? $"$\"{Join($"{{{number.Code}}}")}\"" : $"\"{Join(number.Text)}\"";
    }

    /// <summary>The key of a layer that says its name: within the path, as its number would be, or, behind a slash, the whole key.</summary>
    public string Key(string name) => name.StartsWith(Whole, StringComparison.Ordinal) ? name.Substring(Whole.Length) : Join(name);

    private string Join(string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";
}

/// <summary>A key that counts the layers before.</summary>
/// <param name="Text">The key, where each of them is there.</param>
/// <param name="Code">As C# computes it, where one of them may not be; else null.</param>
internal readonly record struct NumberedKey(string Text, string? Code);

/// <summary>The keys of one module, none of which may be another's, or lead through it.</summary>
internal sealed class KeyRegistry
{
    private readonly Dictionary<string, List<Condition>> _leaves = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inner = new(StringComparer.Ordinal);

    /// <summary>The characters beside letters and digits. torch takes any but a dot; these are in published models, and in no syntax of a plan's or of this language's.</summary>
    private const string Signs = "_-+:@";

    /// <summary>What a key has to be, where this one is not: parts that dots separate, which torch takes as names of modules.</summary>
    public static string? Refused(string key)
    {
        if (key.Length > BuildLimits.KeyCharacters)
            return $"at most {BuildLimits.Text(BuildLimits.KeyCharacters)} characters, found {BuildLimits.Text(key.Length)}";
        return key.Split('.').All(static part => part.Length > 0 && part.All(static c => Signs.Contains(c) || (c < 128 && char.IsLetterOrDigit(c))))
            ? null
            : "letters from a to z, digits and _ - + : @, in parts that dots separate";
    }

    /// <summary>A key as a message writes it.</summary>
    public static string Shown(string key) => key.Length > BuildLimits.KeyCharacters ? key.Substring(0, 16) + "..." : key;

    /// <summary>Whether a layer has the key, or one that it leads to.</summary>
    public bool Has(string key) => _inner.Contains(key) || _leaves.ContainsKey(key);

    /// <param name="key">A key.</param>
    /// <param name="when">When the layer is there: two that never are together may have one key.</param>
    public bool TryAdd(string key, Condition when)
    {
        if (_inner.Contains(key))
            return false;
        if (!_leaves.TryGetValue(key, out var others))
            _leaves.Add(key, others = []);
        if (!others.TrueForAll(when.Excludes))
            return false;
        others.Add(when);
        for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
        {
            var outer = key.Substring(0, dot);
            if (_leaves.ContainsKey(outer))
                return false;
            // What leads there led here before.
            if (!_inner.Add(outer))
                break;
        }
        return true;
    }
}
