using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Blockwright.Analyzers.Tests.HandWritten;

/// <summary>Runs one rule over source that is compiled against TorchSharp. <c>{|#0:...|}</c> marks the span of the first diagnostic, and so on.</summary>
internal static class TorchTest<TAnalyzer>
    where TAnalyzer : DiagnosticAnalyzer, new()
{
    /// <summary>Exactly these diagnostics.</summary>
    public static Task Reports(string source, params DiagnosticResult[] expected) => Run(source, null, expected);

    /// <summary>Nothing.</summary>
    public static Task IsSilent(string source) => Run(source, null, []);

    /// <summary>Exactly these diagnostics under the lines of an .editorconfig.</summary>
    public static Task ReportsWith(string configuration, string source, params DiagnosticResult[] expected) => Run(source, configuration, expected);

    /// <summary>The same with one of the project's additional files.</summary>
    public static Task ReportsWithFile(string configuration, (string Name, string Text) file, string source, params DiagnosticResult[] expected) =>
        Run(source, configuration, expected, file: file);

    /// <summary>Exactly these diagnostics in a program: it starts at its Main, or at its first statement.</summary>
    public static Task ReportsInProgram(string source, params DiagnosticResult[] expected) => Run(source, null, expected, OutputKind.ConsoleApplication);

    /// <summary>Exactly these diagnostics beside a part that the build writes.</summary>
    public static Task ReportsBeside(string written, string source, params DiagnosticResult[] expected) => Run(source, null, expected, written: written);

    private static Task Run(string source, string? configuration, DiagnosticResult[] expected, OutputKind kind = OutputKind.DynamicallyLinkedLibrary, (string Name, string Text)? file = null, string? written = null)
    {
        var test = new Test { TestCode = source };
        if (written is not null)
            test.TestState.Sources.Add(("/A.g.cs", written));
        if (file is { } additional)
            test.TestState.AdditionalFiles.Add(additional);
        test.TestState.OutputKind = kind;
        if (configuration is not null)
            test.Configure(configuration);
        test.ExpectedDiagnostics.AddRange(expected);
        return test.RunAsync();
    }

    private sealed class Test : CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
    {
        // With Blockwright, which declared classes need and hand-written ones do not mind.
        public Test() => this.Refer(TorchProject.Declaring);

        protected override ParseOptions CreateParseOptions() => TorchProject.Latest;
    }
}

internal static class Expected
{
    public static DiagnosticResult Error(string id, int location, string message) => At(id, DiagnosticSeverity.Error, location, message);

    public static DiagnosticResult Warning(string id, int location, string message) => At(id, DiagnosticSeverity.Warning, location, message);

    public static DiagnosticResult Info(string id, int location, string message) => At(id, DiagnosticSeverity.Info, location, message);

    private static DiagnosticResult At(string id, DiagnosticSeverity severity, int location, string message) =>
        new DiagnosticResult(id, severity).WithLocation(location).WithMessage(message).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations);
}

internal static class Code
{
    /// <summary>Statements of a method.</summary>
    public static string Statements(string statements) => $$"""
        {{TorchProject.Usings}}        static class Program
        {
            static void Main(string[] args)
            {
                {{statements}}
            }
        }
        """;

    /// <summary>A module's class: its fields, its constructor's statements before RegisterComponents, its forward.</summary>
    public static string Module(string fields, string constructor, string forward = "return x;") => $$"""
        {{TorchProject.Usings}}        class Net : Module<Tensor, Tensor>
        {
            {{fields}}

            public Net() : base("Net")
            {
                {{constructor}}
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        """;

    /// <summary>A whole file, after the usual using directives.</summary>
    public static string File(string types) => TorchProject.Usings + types;
}
