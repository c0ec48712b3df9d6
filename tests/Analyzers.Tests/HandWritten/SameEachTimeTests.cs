using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TorchSharp;

namespace Blockwright.Analyzers.Tests.HandWritten;

/// <summary>What is said depends on the code alone: not on the order in which symbols or rules come, which is another each time.</summary>
public sealed class SameEachTimeTests
{
    private const int Times = 12;

    // One creation makes sixteen convolutions at one place; the first half of them is pooled, and so no finding.
    private static readonly string Source = $$"""
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        class Expand : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> conv;
            public Expand(long narrow, long wide) : base("Expand") { conv = Conv2d(narrow, wide, 1); RegisterComponents(); }
            public override Tensor forward(Tensor x) => conv.call(x);
        }
        class Body : Module<Tensor, Tensor>
        {
            private readonly Expand {{string.Join(", ", Enumerable.Range(0, 16).Select(Field))}};
            private readonly Module<Tensor, Tensor> pool, next;
            public Body(long narrow, long wide) : base("Body")
            {
                {{string.Join("\n        ", Enumerable.Range(0, 16).Select(one => $"{Field(one)} = new Expand(narrow, wide + {one});"))}}
                pool = AdaptiveAvgPool2d(1);
                next = Conv2d(wide, narrow, 3);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                {{string.Join("\n        ", Enumerable.Range(0, 16).Select(one => $"var y{one} = {(one < 8 ? "pool" : "next")}.call({Field(one)}.call(x));"))}}
                return next.call(y15);
            }
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly Body body;
            public Net() : base("Net") { body = new Body(24, 144); RegisterComponents(); }
            public override Tensor forward(Tensor x) => functional.relu(body.call(x));
        }
        """;

    [Fact]
    public async Task The_same_code_gets_the_same_diagnostics_each_time()
    {
        var all = new List<string>();
        for (var i = 0; i < Times; i++)
            all.Add(await Analyze());
        Assert.Contains("BW1001", all[0], StringComparison.Ordinal);
        Assert.Single(all.Distinct());
    }

    private static string Field(int number) => string.Create(CultureInfo.InvariantCulture, $"expand{number}");

    /// <summary>Every hand-written rule at once over symbols that are new.</summary>
    private static async Task<string> Analyze()
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Append(typeof(torch).Assembly.Location).Distinct().Select(static path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Net", [CSharpSyntaxTree.ParseText(Source)], references, new(OutputKind.DynamicallyLinkedLibrary));
        Assert.DoesNotContain(compilation.GetDiagnostics(), static one => one.Severity == DiagnosticSeverity.Error);
        var rules = typeof(ChannelFit).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(HandWrittenAnalyzer)))
            .Select(static type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!).ToImmutableArray();
        var options = new CompilationWithAnalyzersOptions(new([]), null, concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var found = await new CompilationWithAnalyzers(compilation, rules, options).GetAnalyzerDiagnosticsAsync(CancellationToken.None);
        return string.Join("\n", found.Select(static one => one.ToString()).Order(StringComparer.Ordinal));
    }
}
