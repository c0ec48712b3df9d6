using System.Collections.Immutable;
using Blockwright.Analyzers.Declared;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Blockwright.Analyzers.Tests.Whole;

/// <summary>Runs every rule that there is, as a user has them: what one of them should say, the others must not spoil. Marks are those of each rule's own tests.</summary>
internal static class AllRules
{
    public static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
        [.. typeof(DeclarationAnalyzer).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer))).Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];

    /// <summary>Exactly these diagnostics in a library.</summary>
    public static Task Say(string source, params DiagnosticResult[] expected) => Run(source, OutputKind.DynamicallyLinkedLibrary, expected);

    /// <summary>Exactly these in a program, whose every call is seen.</summary>
    public static Task SayInProgram(string source, params DiagnosticResult[] expected) => Run(source, OutputKind.ConsoleApplication, expected);

    private static Task Run(string source, OutputKind kind, DiagnosticResult[] expected)
    {
        var test = new Test { TestCode = source };
        test.Refer(TorchProject.Declaring);
        test.TestState.OutputKind = kind;
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }

    private sealed class Test : CSharpAnalyzerTest<EmptyDiagnosticAnalyzer, DefaultVerifier>
    {
        protected override ParseOptions CreateParseOptions() => TorchProject.Latest;

        protected override IEnumerable<DiagnosticAnalyzer> GetDiagnosticAnalyzers() => Analyzers;
    }
}
