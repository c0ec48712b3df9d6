using System.Globalization;

namespace Blockwright.Graph;

/// <summary>Numbers layers as nn.Sequential does: <c>prefix.0</c>, <c>prefix.1</c>, ...</summary>
internal sealed class KeyScope(string prefix, long first)
{
    private long _next = first;

    public string Next()
    {
        var number = (_next++).ToString(CultureInfo.InvariantCulture);
        return prefix.Length == 0 ? number : $"{prefix}.{number}";
    }
}

/// <summary>The keys of one module, none of which may be another's, or lead through it.</summary>
internal sealed class KeyRegistry
{
    private readonly HashSet<string> _leaves = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inner = new(StringComparer.Ordinal);

    /// <summary>What a key has to be, where this one is not: letters, digits and underscores in parts that dots separate, which torch takes as names of modules.</summary>
    public static string? Refused(string key)
    {
        if (key.Length > BuildLimits.KeyCharacters)
            return $"at most {BuildLimits.Text(BuildLimits.KeyCharacters)} characters, found {BuildLimits.Text(key.Length)}";
        return key.Split('.').All(static part => part.Length > 0 && part.All(static c => c == '_' || (c < 128 && char.IsLetterOrDigit(c))))
            ? null
            : "letters, digits and underscores, in parts that dots separate";
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
