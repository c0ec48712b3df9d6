using Basic.Reference.Assemblies;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Generator.Tests;

/// <summary>A layer answers for itself: nobody else in the house names a layer's type, or knows a layer by its name.</summary>
public class HouseTests
{
    private static readonly string Layers = Path.Combine("src", "Graph", "Layers");

    // What is in there speaks of a layer to its user, computes one, or reads what users write of torch.nn, whose names are torch's.
    private static readonly string[] Vocabularies =
        [Layers, Path.Combine("src", "Runtime", "Attributes"), Path.Combine("src", "Runtime", "Kernels"), Path.Combine("src", "Analyzers", "HandWritten"), Path.Combine("src", "CodeFixes", "HandWritten")];

    private static readonly string[] Ordering = ["Order", "ThenBy", "Sort", "Max", "Min", "BinarySearch", "PriorityQueue"];

    private static readonly Lazy<IReadOnlyList<SyntaxTree>> Sources = new(() => [.. Files("src").Select(static file => Compiling.Parse(File.ReadAllText(Path.Combine(Repository.Root, file)), path: file))]);

    [Fact]
    public void NobodyElseNamesALayersType()
    {
        // The runtime's words that the compiler's side compiles too come from its sources.
        var trees = Sources.Value.Where(static tree => IsIn(tree, Path.Combine("src", "Graph")) || IsIn(tree, Path.Combine("src", "Runtime", "Attributes")) || IsIn(tree, Path.Combine("src", "Runtime", "Kernels", "Window.cs")) || IsIn(tree, Path.Combine("src", "Runtime", "Fusion", "Plan"))).ToList();
        var usings = Compiling.Parse("global using System; global using System.Collections.Generic; global using System.Linq; global using System.Threading;", path: "Usings.cs");
        var compilation = Compiling.Compilation(trees.Append(usings), [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(CSharpCompilation).Assembly.Location), MetadataReference.CreateFromFile(typeof(Compilation).Assembly.Location)]);
        var bases = new[] { compilation.GetTypeByMetadataName("Blockwright.Graph.Layer")!, compilation.GetTypeByMetadataName("Blockwright.Graph.LayerDefinition")! };
        var concrete = trees.Where(static tree => IsIn(tree, Layers)).SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>().Select(type => (ISymbol)compilation.GetSemanticModel(tree).GetDeclaredSymbol(type)!))
            .Where(type => bases.Any(each => SymbolEqualityComparer.Default.Equals(((INamedTypeSymbol)type).BaseType, each))).ToHashSet(SymbolEqualityComparer.Default);

        Assert.True(concrete.Count >= 2 * bases.Length, $"The layers' types were not found in {Layers}.");
        Assert.All(concrete, static type => Assert.Equal(Accessibility.Internal, type.DeclaredAccessibility));
        var named = trees.Where(static tree => IsIn(tree, Path.Combine("src", "Graph")) && !IsIn(tree, Layers)).SelectMany(tree =>
        {
            var model = compilation.GetSemanticModel(tree);
            return tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Where(name => model.GetSymbolInfo(name).Symbol is { } symbol && concrete.Contains(symbol));
        });
        Assert.Empty(named.Select(Where));
    }

    [Fact]
    public void NobodyElseKnowsALayerByItsName()
    {
        var kinds = LayerTable.All.Select(static layer => layer.Kind).ToHashSet(StringComparer.Ordinal);
        var elsewhere = Sources.Value.Where(static tree => !Vocabularies.Any(folder => IsIn(tree, folder)));
        var literals = elsewhere.SelectMany(static tree => tree.GetRoot().DescendantTokens()).Where(token => token.Value is string text && token.RawKind is (int)SyntaxKind.StringLiteralToken && kinds.Contains(text));
        Assert.Empty(literals.Select(static token => Where(token.Parent!)));
    }

    /// <summary>Texts without a comparer are ordered by the user's language, which no rule of the build's sees: the same declaration would not give the same code everywhere.</summary>
    [Fact]
    public void NothingIsOrderedByALanguage()
    {
        var trees = Sources.Value.Where(static tree => !IsIn(tree, Path.Combine("src", "Runtime", "build"))).ToList();
        var usings = Compiling.Parse("global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;", path: "Usings.cs");
        var references = Compiling.References.Where(static each => each.Display?.EndsWith("Blockwright.dll", StringComparison.Ordinal) != true)
            .Concat([.. new[] { typeof(CSharpCompilation), typeof(Compilation), typeof(Workspace) }.Select(static type => MetadataReference.CreateFromFile(type.Assembly.Location))]);
        var compilation = Compiling.Compilation(trees.Append(usings), references);
        var orders = trees.SelectMany(tree => Orders(compilation.GetSemanticModel(tree), tree.GetRoot())).ToList();

        Assert.True(orders.Count >= 20, "The places where something is ordered were not found.");
        Assert.Empty(orders.Where(static order => IsByLanguage(order.Method)).Select(static order => Where(order.Node)));
    }

    private static IEnumerable<(SyntaxNode Node, IMethodSymbol Method)> Orders(SemanticModel model, SyntaxNode root) =>
        from node in root.DescendantNodes()
        let text = node switch
        {
            OrderingSyntax => Ordering[0],
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax called } => called.Name.Identifier.ValueText,
            ObjectCreationExpressionSyntax made => made.Type.ToString(),
            _ => "",
        }
        where Ordering.Any(word => text.Contains(word, StringComparison.Ordinal))
        let method = model.GetSymbolInfo(node).Symbol as IMethodSymbol
        where method is not null
        select (node, method);

    private static bool IsByLanguage(IMethodSymbol method)
    {
        var types = method.ContainingType.TypeParameters.Zip(method.ContainingType.TypeArguments).Concat(method.TypeParameters.Zip(method.TypeArguments)).ToList();
        var ordered = types.Find(static type => type.First.Name == "TKey").Second ?? types.LastOrDefault().Second;
        return ordered?.SpecialType == SpecialType.System_String && !method.Parameters.Any(static parameter => parameter.Type.Name is "IComparer" or "Comparison" or "Comparer");
    }

    private static bool IsIn(SyntaxTree tree, string path) => tree.FilePath == path || tree.FilePath.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Where(SyntaxNode node) => $"{node.SyntaxTree.FilePath}({node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}): {node}";

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(static file => Path.GetRelativePath(Repository.Root, file))
        .Where(static file => !file.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj"));
}
