using Basic.Reference.Assemblies;
using Blockwright.Analyzers.Declared;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace Blockwright.Analyzers.Tests.Declared;

/// <summary>Runs the declaration analyzer over a source whose marks <c>{|#0:...|}</c> say where each diagnostic stands.</summary>
internal static class DeclarationTest
{
    /// <summary>The diagnostic with number i is expected exactly over mark i, and no other.</summary>
    public static Task Verify(string source, params (string Id, string Message)[] expected) => Verify(source, LanguageVersion.CSharp12, withTorch: true, library: null, expected);

    public static async Task Verify(string source, LanguageVersion version, bool withTorch, string? library, params (string Id, string Message)[] expected)
    {
        var test = new Test(version) { TestCode = "using Blockwright;\n" + source };
        test.Refer(withTorch ? TorchProject.Declaring : TorchProject.Declaring.Except(TorchProject.Torch).Concat(Net100.References.All));
        if (library is not null)
            test.TestState.AdditionalReferences.Add(CompileLibrary(library));
        for (var i = 0; i < expected.Length; i++)
            test.TestState.ExpectedDiagnostics.Add(new DiagnosticResult(expected[i].Id, DiagnosticSeverity.Error).WithLocation(i).WithMessage(expected[i].Message));
        await test.RunAsync();
    }

    private static MetadataReference CompileLibrary(string source)
    {
        var references = Net100.References.All.Append<MetadataReference>(MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location));
        var compilation = CSharpCompilation.Create("Library", [CSharpSyntaxTree.ParseText("using Blockwright;\n" + source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    private sealed class Test(LanguageVersion version) : CSharpAnalyzerTest<DeclarationAnalyzer, DefaultVerifier>
    {
        protected override ParseOptions CreateParseOptions() => ((CSharpParseOptions)base.CreateParseOptions()).WithLanguageVersion(version);
    }
}
