using Blockwright.Analyzers.Declared;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

/// <summary>Runs the rules over declarations whose marks <c>{|#0:...|}</c> say where each diagnostic stands; no other is allowed.</summary>
internal static class RuleTest
{
    /// <summary>A network of 64 channels at 32 x 32 (down-sampled twice) round what is tested.</summary>
    public static string Net(string body) => $"[Network, Input(3, 64, 64), Conv2d(64, 3, Stride = 2), BatchNorm2d, ReLU, {body}] public partial class Net;";

    public static Task Verify(string source, params (string Id, DiagnosticSeverity Severity, string Message)[] expected) => VerifyWith("", source, expected);

    /// <summary>With lines of an .editorconfig.</summary>
    public static Task VerifyWith(string configuration, string source, params (string Id, DiagnosticSeverity Severity, string Message)[] expected) => VerifyWith(configuration, null, source, expected);

    /// <summary>With one of the project's additional files, too.</summary>
    public static async Task VerifyWith(string configuration, (string Name, string Text)? file, string source, params (string Id, DiagnosticSeverity Severity, string Message)[] expected)
    {
        var test = new Test { TestCode = "using Blockwright;\n" + source };
        if (file is { } additional)
            test.TestState.AdditionalFiles.Add(additional);
        test.Refer(TorchProject.Declaring);
        test.Configure(configuration);
        for (var i = 0; i < expected.Length; i++)
            test.TestState.ExpectedDiagnostics.Add(new DiagnosticResult(expected[i].Id, expected[i].Severity).WithLocation(i).WithMessage(expected[i].Message));
        await test.RunAsync();
    }

    private sealed class Test : CSharpAnalyzerTest<DeclarationAnalyzer, DefaultVerifier>
    {
        protected override ParseOptions CreateParseOptions() => ((CSharpParseOptions)base.CreateParseOptions()).WithLanguageVersion(LanguageVersion.CSharp12);
    }
}
