namespace Blockwright.Analyzers.Declared;

/// <summary>Which known name a person meant.</summary>
internal static class NameDistance
{
    // A typing mistake in a longer one is not worth what it takes to find.
    private const int MostCharacters = 256;

    /// <summary>The one nearest name, at most half of the letters away (one at least); null where there is none, or two are as near.</summary>
    public static string? Nearest(string unknown, IEnumerable<string> known)
    {
        if (unknown.Length > MostCharacters)
            return null;
        var ranked = known.Where(static name => name.Length <= MostCharacters).Distinct(StringComparer.Ordinal).Select(name => (Name: name, Distance: Edits(unknown, name))).OrderBy(static each => each.Distance).Take(2).ToList();
        if (ranked.Count == 0 || ranked[0].Distance > Math.Max(1, unknown.Length / 2) || (ranked.Count > 1 && ranked[1].Distance == ranked[0].Distance))
            return null;
        return ranked[0].Name;
    }

    /// <summary>Levenshtein's distance, where two letters that changed places count as one edit.</summary>
    private static int Edits(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }
}
