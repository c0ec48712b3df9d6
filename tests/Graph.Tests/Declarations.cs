using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Graph.Tests;

/// <summary>Reads and builds declarations from source.</summary>
internal static class Declarations
{
    private static readonly ImmutableArray<MetadataReference> References = [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location)];

    /// <summary>Every declaration by its class's name.</summary>
    public static IReadOnlyDictionary<string, Declaration> Read(string source)
    {
        var compilation = CSharpCompilation.Create("Declared", [CSharpSyntaxTree.ParseText("using Blockwright;\n" + source)], References, new(OutputKind.DynamicallyLinkedLibrary));
        return compilation.GetSymbolsWithName(static _ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>().Where(DeclarationReader.IsDeclared)
            .Select(type => DeclarationReader.Read(type, compilation, default)).ToDictionary(static declaration => declaration.Name);
    }

    public static BuildResult Build(string source, string name)
    {
        var all = Read(source);
        return GraphBuilder.Build(all[name], all.Values.ToDictionary(static declaration => declaration.FullName));
    }

    /// <summary>The graph of a class C with these attributes, and classes beside it; fails on any problem.</summary>
    public static BlockGraph Graph(string attributes, string beside = "")
    {
        var result = Build($"[{attributes}] public partial class C; {beside}", "C");
        Assert.Empty(result.Problems);
        return result.Graph!;
    }

    public static ImmutableArray<Problem> Problems(string attributes, string beside = "") => Build($"[{attributes}] public partial class C; {beside}", "C").Problems;

    /// <summary>The keys of a graph's layers and blocks, in order.</summary>
    public static IEnumerable<string> Keys(BlockGraph graph) => graph.Nodes.SelectMany(static node => node switch
    {
        LayerNode { Key: { } key } => [key],
        ApplyNode apply => Keys(apply.Use.Graph).Select(key => $"{apply.Key}.{key}"),
        StageNode stage => stage.Known.SelectMany((unit, i) => Keys(unit.Graph).Select(key => $"{stage.Keys.Key(i)}.{key}")),
        _ => Array.Empty<string>(),
    });
}
