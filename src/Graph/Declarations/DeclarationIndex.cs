using System.Collections.Immutable;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;

namespace Blockwright.Graph;

/// <summary>
/// The declarations of one compilation. To read one means to bind its attributes anew for every keystroke anywhere; so what was read is kept, by value, for as
/// long as nothing has changed that its attributes' meaning can depend on: their own text, the types of the compilation, its references and, where an argument
/// names something, all members; where it puts a module of the user's own into a declaration, all constructors beside. What this build adds only completes the same classes, and tells only an argument that names something more.
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
        var every = files.Concat(added.Select(tree => DeclarationSyntax.Of(tree, cancellation)));
        var members = new Lazy<string>(() => DeclarationSyntax.Hash(types + string.Concat(every.Select(static file => file.TypeHash + file.MemberHash))));
        var makings = new Lazy<string>(() => DeclarationSyntax.Hash(members.Value + string.Concat(every.Select(static file => file.MakingHash))));
        var parts = string.Concat(files.Select(static file => file.PartHash));
        var all = DeclarationSyntax.Hash((files.SelectMany(static file => file.Parts).Any(static part => part.Names) ? members.Value : types) + parts);
        var allWithMakings = new Lazy<string>(() => DeclarationSyntax.Hash(makings.Value + parts));
        if ((Listings.Recall(all) ?? Listings.Recall(allWithMakings.Value)) is { } listing)
            return listing.Entries;
        var own = files.SelectMany(static file => file.Own).ToLookup(static part => part.Key, static part => part.Value, StringComparer.Ordinal);
        var entries = ImmutableArray.CreateBuilder<Entry>();
        var areKept = true;
        foreach (var same in files.SelectMany(static file => file.Parts).GroupBy(static part => part.Name, StringComparer.Ordinal))
        {
            var reading = new Reading(same.Any(static part => part.Names) ? members.Value : types, same.Key, string.Join("\n", same.Select(static part => part.Attributes).Concat(own[same.Key])));
            // Whether it is made of modules its attributes say, whose meaning the first key holds.
            var withMakings = reading with { World = makings.Value };
            var entry = Known.Recall(reading) ?? Known.Recall(withMakings);
            entries.Add(entry ?? Read(compilation, blockwright, same.First(), reading, withMakings, cancellation));
            areKept &= entry is not null;
        }
        return areKept ? Keep(entries.Any(static entry => entry.IsOfModules) ? allWithMakings.Value : all, entries.ToImmutable()) : entries.ToImmutable();
    }

    /// <param name="reading">All that attributes are read from.</param>
    /// <param name="withMakings">Where they put modules of the user's own into a declaration.</param>
    private static Entry Read(Compilation compilation, IAssemblySymbol blockwright, DeclaringPart part, Reading reading, Reading withMakings, CancellationToken cancellation)
    {
        var type = compilation.GetSemanticModel(part.Syntax.SyntaxTree).GetDeclaredSymbol(part.Syntax, cancellation) as INamedTypeSymbol;
        if (type is null || !DeclarationReader.IsDeclared(type))
            return Keep(reading, new(null, false));
        var attributes = DeclarationReader.AttributesOf(type);
        var isRoot = attributes.Any(static attribute => attribute.AttributeClass?.Name is "BlockAttribute" or "NetworkAttribute");
        var entry = new Entry(DeclarationReader.Read(type, compilation, cancellation), isRoot);
        // An attribute that somebody else declares in our namespace may have any constructor, and be told the line that it stands on.
        return !SymbolEqualityComparer.Default.Equals(blockwright, compilation.Assembly) && attributes.All(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass?.ContainingAssembly, blockwright))
            ? Keep(entry.IsOfModules ? withMakings : reading, entry)
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
    private sealed record Entry(Declaration? Declaration, bool IsRoot)
    {
        /// <summary>Whether it says how modules of the user's own are made, and what they give.</summary>
        public bool IsOfModules { get; } = Declaration?.Steps.Any(static step => step.Class is not null) == true;
    }
}
