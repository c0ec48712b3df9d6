using System.Globalization;

namespace Blockwright.Graph;

/// <summary>Numbers layers as nn.Sequential does: <c>prefix.0</c>, <c>prefix.1</c>, ...</summary>
internal sealed class KeyScope(string prefix, long first)
{
    /// <summary>What a name begins with that is a whole key, whatever path it stands in.</summary>
    private const string Whole = "/";

    private long _next = first;

    public string Next()
    {
        var number = (_next++).ToString(CultureInfo.InvariantCulture);
        return Join(number);
    }

    /// <summary>The key of a layer that says its name: within the path, as its number would be, or, behind a slash, the whole key.</summary>
    public string Key(string name) => name.StartsWith(Whole, StringComparison.Ordinal) ? name.Substring(Whole.Length) : Join(name);

    private string Join(string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";
}

/// <summary>The keys of one module, none of which may be another's, or lead through it.</summary>
internal sealed class KeyRegistry
{
    private readonly HashSet<string> _leaves = new(StringComparer.Ordinal);
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

    public bool TryAdd(string key)
    {
        if (_inner.Contains(key) || !_leaves.Add(key))
            return false;
        for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
        {
            var outer = key.Substring(0, dot);
            if (_leaves.Contains(outer))
                return false;
            // What leads there led here before.
            if (!_inner.Add(outer))
                break;
        }
        return true;
    }
}
