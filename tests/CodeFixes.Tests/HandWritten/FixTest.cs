using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Blockwright.CodeFixes.Tests.HandWritten;

/// <summary>
/// Runs one fix over source that is compiled against TorchSharp; <c>[|...|]</c> marks diagnostics. Each run applies the fix one diagnostic at a time, and
/// by Fix All in document, project and solution, and expects the same text of all four.
/// </summary>
internal static class FixTest<TAnalyzer, TFix>
    where TAnalyzer : DiagnosticAnalyzer, new()
    where TFix : CodeFixProvider, new()
{
    /// <summary>The source becomes the fixed source; in the second file the same, so that Fix All has several documents.</summary>
    /// <param name="source">The code, in which marks stand for diagnostics.</param>
    /// <param name="fixedSource">The code after the fix.</param>
    /// <param name="configuration">Lines of an .editorconfig.</param>
    /// <param name="key">Which fix, where several are offered: its equivalence key.</param>
    public static async Task Fixes(string source, string fixedSource, string configuration = "", string? key = null)
    {
        var test = new Test(configuration, key) { TestCode = source, FixedCode = fixedSource };
        await test.RunAsync();
        var several = new Test(configuration, key);
        several.TestState.Sources.Add(InNamespace("First", source));
        several.TestState.Sources.Add(InNamespace("Second", source));
        several.FixedState.Sources.Add(InNamespace("First", fixedSource));
        several.FixedState.Sources.Add(InNamespace("Second", fixedSource));
        await several.RunAsync();
    }

    /// <summary>The diagnostic stands, and no fix is offered; or none of this key.</summary>
    public static Task OffersNothing(string source, string configuration = "", string? key = null) => new Test(configuration, key) { TestCode = source, FixedCode = source }.RunAsync();

    /// <summary>The source, which is a program, becomes the fixed source.</summary>
    public static Task FixesProgram(string source, string fixedSource)
    {
        var test = new Test("", null) { TestCode = source, FixedCode = fixedSource };
        test.TestState.OutputKind = OutputKind.ConsoleApplication;
        return test.RunAsync();
    }

    private static string InNamespace(string name, string source) => source.Replace("namespace Own;", $"namespace {name};", StringComparison.Ordinal);

    private sealed class Test : CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
    {
        public Test(string configuration, string? key)
        {
            CodeActionEquivalenceKey = key;
            // An id can have a descriptor for what is certain and one for what is possible.
            MarkupOptions = MarkupOptions.UseFirstDescriptor;
            // What is known at a compilation's end is fixed by dotnet format, and in no editor.
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipLocalDiagnosticCheck;
            this.Refer(TorchProject.Torch);
            this.Configure(configuration);
        }

        protected override ParseOptions CreateParseOptions() => TorchProject.Latest;
    }
}

internal static class Code
{
    public static string File(string types) => $"{TorchProject.Usings}namespace Own;\n\n{types}";
}
