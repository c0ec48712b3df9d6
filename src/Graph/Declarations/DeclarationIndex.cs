using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Blockwright.Graph;

/// <summary>
/// The declarations of one compilation. To read one means to bind its attributes anew for every keystroke anywhere; so what was read is kept, by value, for as
/// long as nothing has changed that its attributes' meaning can depend on: their own text, the types of the compilation, its references and, where an argument
/// names something, all members.
/// </summary>
public sealed class DeclarationIndex
{
    // A project has two worlds, with and without what generators add. Of more projects than this the oldest is read again.
    private const int MaximumWorlds = 16;

    private static readonly ConditionalWeakTable<Compilation, DeclarationIndex> OfCompilations = new();
    private static readonly ConditionalWeakTable<MetadataReference, object> References = new();
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
        var files = compilation.SyntaxTrees.Select(tree => DeclarationSyntax.Of(tree, cancellation)).ToList();
        var around = $"{compilation.AssemblyName} {compilation.Language} {(compilation as Microsoft.CodeAnalysis.CSharp.CSharpCompilation)?.LanguageVersion} {string.Join(" ", compilation.References.Select(Number))}";
        var types = DeclarationSyntax.Hash(around + string.Concat(files.Select(static file => file.TypeHash)));
        var members = DeclarationSyntax.Hash(types + string.Concat(files.Select(static file => file.MemberHash)));
        var world = WorldOf(types);
        var entries = ImmutableArray.CreateBuilder<Entry>();
        var current = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (var parts in files.SelectMany(static file => file.Parts).GroupBy(static part => part.Name, StringComparer.Ordinal))
        {
            var text = string.Join("\n", parts.Select(static part => part.Attributes)) + (parts.Any(static part => part.Names) ? members : "");
            var entry = world.Entries.TryGetValue(parts.Key, out var read) && read.Text == text ? read : Read(compilation, parts.First(), text, cancellation);
            current[parts.Key] = entry;
            entries.Add(entry);
        }
        world.Entries = current;
        return entries.ToImmutable();
    }

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

    /// <summary>A number for the reference itself, so that what is kept does not keep the reference.</summary>
    private static string Number(MetadataReference reference) => References.GetValue(reference, static _ => Interlocked.Increment(ref _references)).ToString()!;

    /// <summary>What was read in one environment, last.</summary>
    private sealed class KnownWorld(string types)
    {
        public string Types { get; } = types;

        public IReadOnlyDictionary<string, Entry> Entries { get; set; } = ImmutableDictionary<string, Entry>.Empty;
    }

    /// <summary>What a type's attributes came to; no declaration where they are others'.</summary>
    private sealed record Entry(string Text, Declaration? Declaration, bool IsRoot);
}
