using System.Collections.Immutable;
using Blockwright.Graph;

namespace Blockwright.Generator.Parse;

/// <summary>Every declaration of the compilation, by full name.</summary>
internal sealed class World : IEquatable<World>
{
    private readonly ImmutableSortedDictionary<string, Declaration> _declarations;

    private World(ImmutableSortedDictionary<string, Declaration> declarations) => _declarations = declarations;

    public static World Of(IEnumerable<Declaration> declarations)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, Declaration>(StringComparer.Ordinal);
        foreach (var declaration in declarations)
            builder[declaration.FullName] = declaration;
        return new(builder.ToImmutable());
    }

    /// <summary>How many declarations come before this one whose names differ from its in case alone.</summary>
    public int Rank(Declaration declaration) => _declarations.Keys.TakeWhile(name => name != declaration.FullName)
        .Count(name => string.Equals(name, declaration.FullName, StringComparison.OrdinalIgnoreCase));

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
    public static Closure Of(Declaration declaration, World world)
    {
        var reached = new SortedDictionary<string, Declaration>(StringComparer.Ordinal);
        Add(declaration, world, reached);
        return new(declaration, reached.Values.ToEquatableArray(), world.Rank(declaration));
    }

    private static void Add(Declaration declaration, World world, SortedDictionary<string, Declaration> reached)
    {
        foreach (var external in declaration.External)
            reached[external.FullName] = external;
        foreach (var use in declaration.Uses)
        {
            if (!reached.ContainsKey(use.FullName) && world.Find(use.FullName) is { } found)
            {
                reached.Add(use.FullName, found);
                Add(found, world, reached);
            }
        }
    }
}
