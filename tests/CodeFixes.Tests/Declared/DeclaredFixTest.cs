using Blockwright.Analyzers.Declared;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace Blockwright.CodeFixes.Tests.Declared;

/// <summary>
/// Runs one fix over declarations; <c>{|BWnnnn:...|}</c> marks diagnostics. Each run applies the fix one diagnostic at a time, and by Fix All in document,
/// project and solution, over one document and over two, and expects the same text of all.
/// </summary>
internal static class DeclaredFixTest<TFix>
    where TFix : CodeFixProvider, new()
{
    /// <summary>What Fix All takes in besides.</summary>
    private const string Sweeping = "blockwright_fixes = reshaping\n";

    public static Task Fixes(string source, string fixedSource) => FixesWith("", source, fixedSource);

    /// <param name="configuration">Lines of an .editorconfig.</param>
    /// <param name="source">The code, in which marks stand for diagnostics.</param>
    /// <param name="fixedSource">The code after the fix.</param>
    /// <param name="key">Which fix, where several are offered: its equivalence key.</param>
    public static async Task FixesWith(string configuration, string source, string fixedSource, string? key = null)
    {
        var test = new Test(Sweeping + configuration, key) { TestCode = Code(source), FixedCode = Code(fixedSource) };
        await test.RunAsync();
        var several = new Test(Sweeping + configuration, key);
        several.TestState.Sources.Add(InNamespace("First", source));
        several.TestState.Sources.Add(InNamespace("Second", source));
        several.FixedState.Sources.Add(InNamespace("First", fixedSource));
        several.FixedState.Sources.Add(InNamespace("Second", fixedSource));
        await several.RunAsync();
    }

    /// <summary>Chosen by itself it is applied; by Fix All nothing is, where nobody asked for it.</summary>
    public static async Task FixesOnlyOne(string source, string fixedSource, string? key = null)
    {
        var test = new Test("", key) { TestCode = Code(source), FixedCode = Code(fixedSource), BatchFixedCode = Code(source), NumberOfFixAllIterations = 0 };
        test.BatchFixedState.MarkupHandling = MarkupMode.Allow;
        await test.RunAsync();
    }

    /// <summary>The diagnostic stands, and no fix is offered.</summary>
    public static Task OffersNothing(string source, string configuration = "") => new Test(configuration, null) { TestCode = Code(source), FixedCode = Code(source) }.RunAsync();

    private static string Code(string source) => "using Blockwright;\n\n" + source;

    private static string InNamespace(string name, string source) => $"using Blockwright;\n\nnamespace {name};\n\n{source}";

    private sealed class Test : CSharpCodeFixTest<DeclarationAnalyzer, TFix, DefaultVerifier>
    {
        public Test(string configuration, string? key)
        {
            CodeActionEquivalenceKey = key;
            MarkupOptions = MarkupOptions.UseFirstDescriptor;
            this.Refer(TorchProject.Declaring);
            this.Configure(configuration);
        }

        protected override ParseOptions CreateParseOptions() => new CSharpParseOptions(LanguageVersion.CSharp12, DocumentationMode.Parse);
    }
}
