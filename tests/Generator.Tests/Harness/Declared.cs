using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Generator.Tests.Harness;

/// <summary>The declarations of a compilation, as the analyzers see them.</summary>
internal static class Declared
{
    public static IReadOnlyDictionary<string, Declaration> Read(CSharpCompilation compilation) =>
        All(compilation).DistinctBy(static declaration => declaration.FullName).ToDictionary(static declaration => declaration.FullName);

    /// <summary>In code that is being typed, a class and a record may have one name.</summary>
    public static IReadOnlyList<Declaration> All(CSharpCompilation compilation) =>
        [.. Types(compilation.Assembly.GlobalNamespace).Where(DeclarationReader.IsDeclared).Select(type => DeclarationReader.Read(type, compilation, default))];

    public static IEnumerable<Problem> ProblemsOf(CSharpCompilation compilation)
    {
        var own = Read(compilation);
        var world = own.Values.SelectMany(static declaration => declaration.External).DistinctBy(static declaration => declaration.FullName).Concat(own.Values).ToDictionary(static declaration => declaration.FullName);
        return own.Values.SelectMany(declaration => GraphBuilder.Build(declaration, world).Problems);
    }

    public static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol parent) =>
        parent.GetMembers().OfType<INamespaceOrTypeSymbol>().SelectMany(static member => member is INamedTypeSymbol type ? Types(type).Prepend(type) : Types(member));
}
