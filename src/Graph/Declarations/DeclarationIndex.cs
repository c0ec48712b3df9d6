using System.Collections.Immutable;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;

namespace Blockwright.Graph;

/// <summary>
/// The declarations of one compilation. To read one means to bind its attributes anew for every keystroke anywhere; so what was read is kept, by value, for as
/// long as nothing has changed that its attributes' meaning can depend on: their own text, the types of the compilation, its references and, where an argument
/// names something, all members. What this build adds only completes the same classes, and tells only an argument that names something more.
/// </summary>
public sealed class DeclarationIndex
{
    private static readonly WeakMemory<Compilation, DeclarationIndex> OfCompilations = new();
    private static readonly SizedMemory<Reading, Entry> Known = new(MemoryLimits.Declarations);
    private static readonly SizedMemory<string, Listing> Listings = new(MemoryLimits.Listings);

    private DeclarationIndex(IReadOnlyList<DeclarationSyntax> files, ImmutableArray<Entry> entries)
    {
        HasTypeCalledVar = files.Any(static file => file.HasTypeCalledVar);
        All = entries.Where(static entry => entry.Declaration is not null).Select(static entry => entry.Declaration!).ToEquatableArray();
        var roots = entries.Where(static entry => entry.IsRoot).Select(static entry => entry.Declaration!).ToList();
        Networks = roots.Where(static declaration => declaration.Kind == DeclarationKind.Network).ToEquatableArray();
        Blocks = roots.Where(static declaration => declaration.Kind != DeclarationKind.Network).ToEquatableArray();
    }

    /// <summary>Each class with an attribute of Blockwright, in the order of the files.</summary>
    public EquatableArray<Declaration> All { get; }

    /// <summary>The classes with [Network].</summary>
    public EquatableArray<Declaration> Networks { get; }

    /// <summary>The others with [Block].</summary>
    public EquatableArray<Declaration> Blocks { get; }

    /// <summary>Whether a type of the project, which this build has not added, is called <c>var</c>.</summary>
    public bool HasTypeCalledVar { get; }

    public static DeclarationIndex Of(Compilation compilation, CancellationToken cancellation) => OfCompilations.Of(compilation, _ =>
    {
        var trees = compilation.SyntaxTrees.ToLookup(DeclarationSyntax.IsAddedByThisBuild);
        var files = trees[false].Select(tree => DeclarationSyntax.Of(tree, cancellation)).ToList();
        return new(files, compilation.GetTypeByMetadataName(DeclarationReader.BlockAttribute) is { } block
            ? Read(compilation, block.ContainingAssembly, files, trees[true], cancellation)
            : ImmutableArray<Entry>.Empty);
    });

    /// <param name="compilation">The compilation.</param>
    /// <param name="blockwright">Whose attributes are read.</param>
    /// <param name="files">What its files say.</param>
    /// <param name="added">The files that this build has added.</param>
    /// <param name="cancellation">Calls the work off.</param>
    private static ImmutableArray<Entry> Read(
        Compilation compilation, IAssemblySymbol blockwright, IReadOnlyList<DeclarationSyntax> files, IEnumerable<SyntaxTree> added, CancellationToken cancellation)
    {
        var types = DeclarationSyntax.Hash(Surroundings.Of(compilation) + string.Concat(files.Select(static file => file.TypeHash)));
        var members = new Lazy<string>(() => Members(types, files.Concat(added.Select(tree => DeclarationSyntax.Of(tree, cancellation)))));
        var all = DeclarationSyntax.Hash((files.SelectMany(static file => file.Parts).Any(static part => part.Names) ? members.Value : types) + string.Concat(files.Select(static file => file.PartHash)));
        if (Listings.Recall(all) is { } listing)
            return listing.Entries;
        var own = files.SelectMany(static file => file.Own).ToLookup(static part => part.Key, static part => part.Value, StringComparer.Ordinal);
        var entries = ImmutableArray.CreateBuilder<Entry>();
        var areKept = true;
        foreach (var parts in files.SelectMany(static file => file.Parts).GroupBy(static part => part.Name, StringComparer.Ordinal))
        {
            var reading = new Reading(parts.Any(static part => part.Names) ? members.Value : types, parts.Key, string.Join("\n", parts.Select(static part => part.Attributes).Concat(own[parts.Key])));
            var entry = Known.Recall(reading);
            entries.Add(entry ?? Read(compilation, blockwright, parts.First(), reading, cancellation));
            areKept &= entry is not null;
        }
        return areKept ? Keep(all, entries.ToImmutable()) : entries.ToImmutable();
    }

    private static string Members(string types, IEnumerable<DeclarationSyntax> files) =>
        DeclarationSyntax.Hash(types + string.Concat(files.Select(static file => file.TypeHash + file.MemberHash)));

    private static Entry Read(Compilation compilation, IAssemblySymbol blockwright, DeclaringPart part, Reading reading, CancellationToken cancellation)
    {
        var type = compilation.GetSemanticModel(part.Syntax.SyntaxTree).GetDeclaredSymbol(part.Syntax, cancellation) as INamedTypeSymbol;
        if (type is null || !DeclarationReader.IsDeclared(type))
            return Keep(reading, new(null, false));
        var attributes = DeclarationReader.AttributesOf(type);
        var isRoot = attributes.Any(static attribute => attribute.AttributeClass?.Name is "BlockAttribute" or "NetworkAttribute");
        var entry = new Entry(DeclarationReader.Read(type, cancellation), isRoot);
        // An attribute that somebody else declares in our namespace may have any constructor, and be told the line that it stands on.
        return !SymbolEqualityComparer.Default.Equals(blockwright, compilation.Assembly) && attributes.All(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass?.ContainingAssembly, blockwright))
            ? Keep(reading, entry)
            : entry;
    }

    private static Entry Keep(Reading reading, Entry entry)
    {
        Known.Keep(reading, entry, Sizes.Item + Sizes.Of(reading.World) + Sizes.Of(reading.Name) + Sizes.Of(reading.Attributes) + (entry.Declaration is { } declaration ? Sizes.Of(declaration) : 0));
        return entry;
    }

    private static ImmutableArray<Entry> Keep(string all, ImmutableArray<Entry> entries)
    {
        Listings.Keep(all, new(entries), Sizes.Item + Sizes.Of(all) + entries.Sum(static entry => Sizes.Item + (entry.Declaration is { } declaration ? Sizes.Of(declaration) : 0)));
        return entries;
    }

    /// <summary>What all of a project's attributes came to.</summary>
    private sealed record Listing(ImmutableArray<Entry> Entries);

    /// <summary>All that a class's attributes are read from.</summary>
    /// <param name="World">A hash of what their meaning can depend on.</param>
    /// <param name="Name">The class's name.</param>
    /// <param name="Attributes">The attributes' tokens, and what the members are called.</param>
    private readonly record struct Reading(string World, string Name, string Attributes);

    /// <summary>What a type's attributes came to; no declaration where they are others'.</summary>
    private sealed record Entry(Declaration? Declaration, bool IsRoot);
}
