using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Blockwright.Graph;

/// <summary>
/// The declarations of one compilation. To read one means to bind its attributes anew for every keystroke anywhere; so what was read is kept, by value, for as
/// long as nothing has changed that its attributes' meaning can depend on: their own text, the types of the compilation, its references and, where an argument
/// names something, all members. What this build adds only completes the same classes, and tells only an argument that names something more.
/// </summary>
public sealed class DeclarationIndex
{
    // A project has a world for what names nothing, and two for what does: without and with what the build adds. Of more than these the oldest is read again.
    private const int MaximumWorlds = 24;

    private static readonly ConditionalWeakTable<Compilation, DeclarationIndex> OfCompilations = new();
    private static readonly ConditionalWeakTable<object, object> References = new();
    private static readonly List<KnownWorld> Known = [];

    private static long _references;

    private DeclarationIndex(ImmutableArray<Entry> entries)
    {
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

    public static DeclarationIndex Of(Compilation compilation, CancellationToken cancellation)
    {
        if (OfCompilations.TryGetValue(compilation, out var known))
            return known;
        var made = new DeclarationIndex(compilation.GetTypeByMetadataName(DeclarationReader.BlockAttribute) is null ? ImmutableArray<Entry>.Empty : Read(compilation, cancellation));
        return OfCompilations.GetValue(compilation, _ => made);
    }

    private static ImmutableArray<Entry> Read(Compilation compilation, CancellationToken cancellation)
    {
        var trees = compilation.SyntaxTrees.ToLookup(DeclarationSyntax.IsAddedByThisBuild);
        var files = trees[false].Select(tree => DeclarationSyntax.Of(tree, cancellation)).ToList();
        var around = $"{compilation.AssemblyName} {compilation.Language} {(compilation as Microsoft.CodeAnalysis.CSharp.CSharpCompilation)?.LanguageVersion} {string.Join(" ", compilation.References.Select(Number))}";
        var types = DeclarationSyntax.Hash(around + string.Concat(files.Select(static file => file.TypeHash)));
        var members = new Lazy<string>(() => Members(types, files.Concat(trees[true].Select(tree => DeclarationSyntax.Of(tree, cancellation)))));
        var entries = ImmutableArray.CreateBuilder<Entry>();
        foreach (var parts in files.SelectMany(static file => file.Parts).GroupBy(static part => part.Name, StringComparer.Ordinal))
        {
            var names = parts.Any(static part => part.Names);
            var world = WorldOf(names && trees.Contains(true) ? types + " completed" : types);
            var text = string.Join("\n", parts.Select(static part => part.Attributes)) + (names ? members.Value : "");
            if (!world.Entries.TryGetValue(parts.Key, out var entry) || entry.Text != text)
                world.Entries[parts.Key] = entry = Read(compilation, parts.First(), text, cancellation);
            entries.Add(entry);
        }
        return entries.ToImmutable();
    }

    private static string Members(string types, IEnumerable<DeclarationSyntax> files) =>
        DeclarationSyntax.Hash(types + string.Concat(files.Select(static file => file.TypeHash + file.MemberHash)));

    private static Entry Read(Compilation compilation, DeclaringPart part, string text, CancellationToken cancellation)
    {
        var type = compilation.GetSemanticModel(part.Syntax.SyntaxTree).GetDeclaredSymbol(part.Syntax, cancellation) as INamedTypeSymbol;
        if (type is null || !DeclarationReader.IsDeclared(type))
            return new(text, null, false);
        var isRoot = DeclarationReader.AttributesOf(type).Any(static attribute => attribute.AttributeClass?.Name is "BlockAttribute" or "NetworkAttribute");
        return new(text, DeclarationReader.Read(type, cancellation), isRoot);
    }

    private static KnownWorld WorldOf(string types)
    {
        lock (Known)
        {
            var at = Known.FindIndex(world => world.Types == types);
            var found = at < 0 ? new(types) : Known[at];
            if (at >= 0)
                Known.RemoveAt(at);
            else if (Known.Count == MaximumWorlds)
                Known.RemoveAt(0);
            Known.Add(found);
            return found;
        }
    }

    /// <summary>A number for what is referred to, so that what is kept does not keep it. A compiler that serves many builds reads a file once for all.</summary>
    private static string Number(MetadataReference reference) => References.GetValue(MetadataOf(reference), static _ => Interlocked.Increment(ref _references)).ToString()!;

    private static object MetadataOf(MetadataReference reference)
    {
        try
        {
            return reference is PortableExecutableReference file ? file.GetMetadataId() : reference;
        }
        catch (Exception unreadable) when (unreadable is IOException or BadImageFormatException)
        {
            return reference;
        }
    }

    /// <summary>What was read in one environment, last: which types there are is part of it.</summary>
    private sealed class KnownWorld(string types)
    {
        public string Types { get; } = types;

        public ConcurrentDictionary<string, Entry> Entries { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>What a type's attributes came to; no declaration where they are others'.</summary>
    private sealed record Entry(string Text, Declaration? Declaration, bool IsRoot);
}
