using System.Collections.Immutable;
using Blockwright.Graph;

namespace Blockwright.Generator.Parse;

/// <summary>Every declaration of the compilation, by full name.</summary>
internal sealed class World : IEquatable<World>
{
    private readonly ImmutableSortedDictionary<string, Declaration> _declarations;

    // Those whose names differ from others' in case alone, of which there are hardly any: who is alone is the first.
    private readonly Dictionary<string, int> _ranks = new(StringComparer.Ordinal);

    private World(ImmutableSortedDictionary<string, Declaration> declarations)
    {
        _declarations = declarations;
        foreach (var alike in declarations.Keys.GroupBy(static name => name, StringComparer.OrdinalIgnoreCase).Select(static alike => alike.ToList()).Where(static alike => alike.Count > 1))
        {
            for (var rank = 0; rank < alike.Count; rank++)
                _ranks.Add(alike[rank], rank);
        }
    }

    public static World Of(IEnumerable<Declaration> declarations)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, Declaration>(StringComparer.Ordinal);
        foreach (var declaration in declarations)
            builder[declaration.FullName] = declaration;
        return new(builder.ToImmutable());
    }

    /// <summary>How many declarations come before this one whose names differ from its in case alone.</summary>
    public int Rank(Declaration declaration) => _ranks.TryGetValue(declaration.FullName, out var rank) ? rank : 0;

    public Declaration? Find(string fullName) => _declarations.TryGetValue(fullName, out var found) ? found : null;

    public bool Equals(World? other) => ReferenceEquals(this, other) || other is not null && _declarations.Count == other._declarations.Count
        && _declarations.Zip(other._declarations, static (a, b) => a.Value.Equals(b.Value)).All(static equal => equal);

    public override bool Equals(object? obj) => Equals(obj as World);

    public override int GetHashCode() => _declarations.Count;
}

/// <summary>A declaration with every block that it reaches: all that its code depends on.</summary>
/// <param name="Rank">Its number among the declarations whose names differ in case alone: the compiler tells files apart by more.</param>
internal sealed record Closure(Declaration Declaration, EquatableArray<Declaration> Reached, int Rank)
{
    public static Closure Of(Declaration declaration, World world) => new(declaration, Reach.Of(declaration, world.Find), world.Rank(declaration));
}
