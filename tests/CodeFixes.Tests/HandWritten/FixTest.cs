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
    public static async Task Fixes(string source, string fixedSource)
    {
        var test = new Test { TestCode = source, FixedCode = fixedSource };
        await test.RunAsync();
        var several = new Test();
        several.TestState.Sources.Add(InNamespace("First", source));
        several.TestState.Sources.Add(InNamespace("Second", source));
        several.FixedState.Sources.Add(InNamespace("First", fixedSource));
        several.FixedState.Sources.Add(InNamespace("Second", fixedSource));
        await several.RunAsync();
    }

    /// <summary>The diagnostic stands, and no fix is offered.</summary>
    public static Task OffersNothing(string source) => new Test { TestCode = source, FixedCode = source }.RunAsync();

    private static string InNamespace(string name, string source) => source.Replace("namespace Own;", $"namespace {name};", StringComparison.Ordinal);

    private sealed class Test : CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
    {
        public Test() => this.Refer(TorchProject.Torch);

        protected override ParseOptions CreateParseOptions() => TorchProject.Latest;
    }
}

internal static class Code
{
    public static string File(string types) => $"{TorchProject.Usings}namespace Own;\n\n{types}";
}
