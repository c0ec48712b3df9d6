using System.Collections.Concurrent;
using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TorchSharp;

namespace Blockwright.Analyzers.Tests.HandWritten;

/// <summary>Code that is being typed is broken most of the time: no rule throws, whatever there is.</summary>
public sealed class RobustnessTests
{
    private const string Source = """
        using System.Collections.Generic;
        using System.Linq;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        class Base : Module<Tensor, Tensor>
        {
            protected Base(string name) : base(name) { RegisterComponents(); }
            public override Tensor forward(Tensor x) => functional.relu(x + x * 2);
        }
        class Net : Base
        {
            private const int Groups = 32;
            private readonly long _width = 6 * 24;
            private readonly List<Module<Tensor, Tensor>> blocks = new() { Conv2d(24, 144, 1) };
            private readonly Module<Tensor, Tensor> a, b = Conv2d(64, 64, 3, groups: Groups), c;
            public Tensor kept { get; set; }
            public Net(bool wide = true) : base("Net")
            {
                var layers = new List<(string, Module<Tensor, Tensor>)> { ("x", Sequential(Conv2d(3, 64, (1, 1)), BatchNorm2d(32))) };
                layers.Add(("y", Block(_width)));
                a = Sequential(layers);
                if (wide) c = Sequential([AdaptiveAvgPool2d(1), Flatten(), Linear(64, 10)]); else c = Identity();
                static Module<Tensor, Tensor> Block(long n) => Sequential(Conv2d(n, 24, 1), ReLU());
            }
            public override Tensor forward(Tensor x)
            {
                var (n, s) = (x.size(0), x.shape);
                x = x.view(n, 2, s[1] / 2, s[2], s[3]).transpose(1, 2).contiguous().view(n, -1, s[2], s[3]);
                for (var i = 0; i < 3; i++) x = blocks[i].call(x);
                switch (s.Length) { case 3: x += 1; break; default: kept = x; break; }
                try { using var y = a.call(x); return torch.cat(new[] { a.call(x), b.call(x), c.call(y) }, 1); }
                finally { System.Func<Tensor> later = () => x; later().Dispose(); }
            }
        }
        static class Start { static void Main() { var net = new Net(); net.call(ones(1)).print(); new Plain().call(ones(1)); } }
        class Plain : Base { public Plain() : base("Plain") { } }
        class Unit : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> left, right;
            private readonly int stride;
            public Unit(int inp, int oup, int stride = 1) : base("Unit")
            {
                if (stride is < 1 or > 2) throw new System.ArgumentException();
                this.stride = stride;
                var (half, depth) = (oup / 2, stride > 1 ? inp : oup >> 1);
                left = stride == 1 ? Sequential() : Sequential(("dw", Conv2d(inp, inp, 3, stride: 2, padding: 1, groups: inp)), ("pw", Conv2d(inp, half, 1)));
                right = Sequential(Conv2d(depth, half, (1, 1), bias: false), BatchNorm2d(half), ReLU());
                register_module("left", left);
                register_module("right", right);
            }
            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                Tensor[] parts = stride == 1 ? x.chunk(2, 1) : new[] { x, x };
                using (var first = stride == 1 ? parts[0].alias() : left.call(parts[0]))
                    return Mix(torch.cat([first, right.call(parts[1]).relu_()], 1), 2).MoveToOuterDisposeScope();
            }
            private static Tensor Mix(Tensor x, long groups) =>
                x.reshape(x.size(0), groups, x.size(1) / groups, x.size(2), x.size(3)).permute(0, 2, 1, 3, 4).contiguous().view(x.shape[0], -1, x.shape[2], x.shape[3]);
        }
        """;

    private const int Count = 2;

    public static TheoryData<int> Parts => [0, 1];

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Prefixes_of_a_file(int part)
    {
        for (var length = 29 * part; length < Source.Length; length += 29 * Count)
            await Analyze(Source[..length]);
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Files_that_lack_one_token(int part)
    {
        var root = await CSharpSyntaxTree.ParseText(Source).GetRootAsync(TestContext.Cancellation);
        var tokens = root.DescendantTokens().Where(token => token.Span.Length > 0).ToList();
        foreach (var token in tokens.Where((_, i) => i % (4 * Count) == 4 * part))
            await Analyze(Source.Remove(token.SpanStart, token.Span.Length));
    }

    [Fact]
    public async Task An_expression_that_is_deeper_than_any_network()
    {
        var sum = string.Join(" + ", Enumerable.Repeat("x", 2000));
        await Analyze(Source.Replace("x + x * 2", sum, StringComparison.Ordinal));
    }

    /// <summary>Each line names the one before it twice or more: what follows every name would not end.</summary>
    [Theory]
    [InlineData("numbers")]
    [InlineData("layers")]
    [InlineData("values")]
    [InlineData("helpers")]
    [InlineData("factories")]
    public async Task Code_that_doubles_with_each_line(string what)
    {
        string Lines(int count, Func<int, string> line) => string.Join("\n", Enumerable.Range(0, count).Select(line));
        var (members, constructor, forward) = what switch
        {
            "numbers" => ("", $"long n0 = 1;\n{Lines(60, i => $"var n{i + 1} = n{i} + n{i};")} var unused = Sequential(Conv2d(n60, n60, 1, groups: n60));", "return x;"),
            "layers" => (
                $"private readonly Sequential s0 = Sequential(Conv2d(256, 16, 1));\n{Lines(12, i => $"private readonly Sequential s{i + 1} = Sequential({string.Join(", ", Enumerable.Repeat($"(\"a\", (Module<Tensor, Tensor>)s{i})", 12))});")}",
                "RegisterComponents();",
                "return s12.call(x);"),
            "values" => (
                "private readonly Conv2d c = Conv2d(16, 256, 1);",
                "RegisterComponents();",
                $"x = c.call(x);\n{Lines(10, _ => $"switch (x.dim()) {{ {Lines(20, i => $"case {i}: x = x.relu(); break;")} }}")} return x;"),
            "factories" => (
                $"private static Module<Tensor, Tensor> g0(int a) => Conv2d(a, a, 1);\n{Lines(40, i => $"private static Module<Tensor, Tensor> g{i + 1}(int a) => Sequential(g{i}(a), g{i}(a));")}\n{Lines(20, i => $"private readonly Module<Tensor, Tensor> c{i};")}",
                $"{Lines(20, i => $"c{i} = g20(8);")} RegisterComponents();",
                "return c0.call(x);"),
            _ => (
                $"private static int f3(int a) {{ return a; }}\n{Lines(3, i => $"private static int f{i}(int a) {{ return {string.Join(" + ", Enumerable.Repeat($"f{i + 1}(a)", 60))}; }}")}",
                "var unused = f0(a0); RegisterComponents();",
                "return cat(new[] { x, x }, 1);"),
        };

        await Analyze($$"""
            using TorchSharp;
            using TorchSharp.Modules;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;
            class Net : Module<Tensor, Tensor>
            {
                {{members}}
                public Net({{string.Join(", ", Enumerable.Range(0, 60).Select(i => $"int a{i}"))}}) : base("Net") { {{constructor}} }
                public override Tensor forward(Tensor x) { {{forward}} }
            }
            """);
    }

    /// <summary>What is asked of each statement is found in one walk: methods of thousands of statements are generated, not typed.</summary>
    [Fact]
    public async Task A_method_of_many_statements()
    {
        string Lines(int count, Func<int, string> line) => string.Join("\n", Enumerable.Range(0, count).Select(line));
        var diagnostics = await Analyze($$"""
            using System.Collections.Generic;
            using TorchSharp;
            using TorchSharp.Modules;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;
            class Net : Module<Tensor, Tensor>
            {
                {{Lines(1500, i => $"private readonly Module<Tensor, Tensor> m{i};")}}
                public Net() : base("Net")
                {
                    var list = new List<Module<Tensor, Tensor>>();
                    {{Lines(1500, i => $"long n{i} = 64; m{i} = Sequential(Conv2d(n{i}, n{i}, 3, groups: n{i} / 2)); list.Add(m{i});")}}
                    RegisterComponents();
                }
                public override Tensor forward(Tensor x)
                {
                    {{Lines(1500, i => $"var y{i} = m{i}.call({(i == 0 ? "x" : $"y{i - 1}")}); y{i} = y{i} + 1; x = x + y{i};")}}
                    return x;
                }
            }
            """);

        Assert.Contains(diagnostics, diagnostic => diagnostic.Id == "BW2001");
    }

    [Fact]
    public async Task The_whole_file_is_seen() => Assert.Equal(
        ["BW0101", "BW1001", "BW2001", "BW3001", "BW4001", "BW4004", "BW4005", "BW6001", "BW6002"],
        (await Analyze(Source)).Select(diagnostic => diagnostic.Id).Distinct().Order());

    [Fact]
    public async Task Without_blocks_no_unit_is_reported() => Assert.DoesNotContain(
        await Analyze(Source, TestContext.References.RemoveAt(TestContext.References.Length - 1)), diagnostic => diagnostic.Id == "BW4005");

    [Fact]
    public async Task Without_TorchSharp_nothing_is_done() =>
        Assert.Empty(await Analyze(Source, Basic.Reference.Assemblies.Net100.References.All));

    private static Task<ImmutableArray<Diagnostic>> Analyze(string source) => Analyze(source, TestContext.References);

    private static async Task<ImmutableArray<Diagnostic>> Analyze(string source, IEnumerable<MetadataReference> references)
    {
        var compilation = CSharpCompilation.Create("Typing", [CSharpSyntaxTree.ParseText(source)], references, new(OutputKind.ConsoleApplication));
        var thrown = new ConcurrentQueue<Exception>();
        var options = new CompilationWithAnalyzersOptions(new([]), (exception, _, _) => thrown.Enqueue(exception), concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var diagnostics = await compilation.WithAnalyzers(TestContext.Rules, options).GetAnalyzerDiagnosticsAsync(TestContext.Cancellation);
        Assert.Empty(thrown);
        return diagnostics;
    }

    private static class TestContext
    {
        public static readonly CancellationToken Cancellation = CancellationToken.None;

        public static readonly ImmutableArray<MetadataReference> References =
        [
            .. Basic.Reference.Assemblies.Net100.References.All,
            MetadataReference.CreateFromFile(typeof(torch).Assembly.Location),
            MetadataReference.CreateFromFile(typeof(BlockModule).Assembly.Location),
        ];

        public static readonly ImmutableArray<DiagnosticAnalyzer> Rules =
            [.. typeof(HandWrittenAnalyzer).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(HandWrittenAnalyzer))).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];
    }
}
