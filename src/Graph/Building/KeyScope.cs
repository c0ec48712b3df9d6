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

    /// <summary>Letters, digits and underscores in parts that dots separate: what torch takes as names of modules.</summary>
    public static bool IsValid(string key) =>
        key.Length > 0 && key.Split('.').All(static part => part.Length > 0 && part.All(static c => c == '_' || (c < 128 && char.IsLetterOrDigit(c))));

    public bool TryAdd(string key)
    {
        if (_inner.Contains(key) || !_leaves.Add(key))
            return false;
        for (var dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
        {
            if (_leaves.Contains(key.Substring(0, dot)))
                return false;
            _inner.Add(key.Substring(0, dot));
        }
        return true;
    }
}
