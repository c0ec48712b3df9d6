using Basic.Reference.Assemblies;
using Blockwright.Analyzers.Declared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Analyzers.Tests.Declared;

public class BuiltWorldsTests
{
    private const string Source = """
        using Blockwright;
        [Network, Input(3, 8, 8), Conv1x1(
        #if NET10_0
        16
        #else
        32
        #endif
        ), Flatten, Linear(10)] public partial class Net;
        """;

    /// <summary>Two targets of one project are two compilations of one name, which an editor asks about in turn.</summary>
    [Fact]
    public void TargetsOfOneProjectDoNotEvictEachOther()
    {
        var name = $"{nameof(BuiltWorldsTests)}{Guid.NewGuid()}";
        var options = new CSharpParseOptions(LanguageVersion.CSharp12);
        CSharpParseOptions[] targets = [options.WithPreprocessorSymbols("NET", "NET10_0"), options.WithPreprocessorSymbols("NET", "NET8_0"), options.WithLanguageVersion(LanguageVersion.CSharp11)];
        var first = Array.ConvertAll(targets, target => Built(name, target));

        var again = Array.ConvertAll(targets, target => Built(name, target));

        Assert.All(first.Zip(again), static pair => Assert.Same(pair.First, pair.Second));
        Assert.Equal(3, first.Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public void TheOrderOfSymbolsMakesNoTarget()
    {
        var name = $"{nameof(BuiltWorldsTests)}{Guid.NewGuid()}";
        var options = new CSharpParseOptions(LanguageVersion.CSharp12);

        Assert.Same(Built(name, options.WithPreprocessorSymbols("A", "B")), Built(name, options.WithPreprocessorSymbols("B", "A")));
    }

    /// <summary>The network as it was opened for the rules.</summary>
    private static DeclaredNetwork Built(string assembly, CSharpParseOptions options)
    {
        var compilation = CSharpCompilation.Create(
            assembly,
            [CSharpSyntaxTree.ParseText(Source, options)],
            Net100.References.All.Append<MetadataReference>(MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return new DeclaredWorld(compilation).NodesOf(compilation.GetTypeByMetadataName("Net")!, default).First().Network;
    }
}
