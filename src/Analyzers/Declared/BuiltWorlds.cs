using System.Collections.Immutable;
using Blockwright.Graph;

namespace Blockwright.Analyzers.Declared;

/// <summary>What the declarations of one project last came to: values without symbols.</summary>
internal sealed record BuiltWorld(string? Assembly, IReadOnlyDictionary<string, Declaration> Declarations, IReadOnlyDictionary<string, Built> Built, Findings? Findings);

/// <summary>
/// Remembers the last world of the last few projects: the next keystroke changes little of it. It is only a memory; two that write at once lose nothing
/// but time.
/// </summary>
internal static class BuiltWorlds
{
    private const int Maximum = 8;

    private static readonly BuiltWorld Nothing = new(null, ImmutableDictionary<string, Declaration>.Empty, ImmutableDictionary<string, Built>.Empty, null);

    private static readonly List<BuiltWorld> Worlds = [];

    public static BuiltWorld Last(string? assembly)
    {
        lock (Worlds)
        {
            return Worlds.Find(world => world.Assembly == assembly) ?? Nothing;
        }
    }

    public static void Keep(BuiltWorld world)
    {
        lock (Worlds)
        {
            Worlds.RemoveAll(other => other.Assembly == world.Assembly);
            if (Worlds.Count == Maximum)
                Worlds.RemoveAt(0);
            Worlds.Add(world);
        }
    }
}
