namespace Blockwright.Graph;

/// <summary>The blocks that a declaration is made of: all that it depends on.</summary>
public static class Reach
{
    /// <param name="find">A block of the compilation by its full name.</param>
    /// <returns>By full names. Blocks that are nested deeper than is read are not among them.</returns>
    public static EquatableArray<Declaration> Of(Declaration declaration, Func<string, Declaration?> find)
    {
        var reached = new SortedDictionary<string, Declaration>(StringComparer.Ordinal);
        var level = new List<Declaration> { declaration };
        for (var depth = 0; depth <= BuildLimits.Depth && level.Count > 0; depth++)
        {
            var next = new List<Declaration>();
            foreach (var user in level)
            {
                foreach (var external in user.External)
                    reached[external.FullName] = external;
                foreach (var use in user.Uses)
                {
                    if (reached.ContainsKey(use.FullName) || find(use.FullName) is not { } found)
                        continue;
                    reached.Add(use.FullName, found);
                    next.Add(found);
                }
            }
            level = next;
        }
        return reached.Values.ToEquatableArray();
    }
}
