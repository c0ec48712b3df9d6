using Blockwright.Analyzers.Tests.Whole;
using Blockwright.Tests.Shared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Tests.HandWritten;

/// <summary>
/// Twice the code is twice the work of all rules together. Counted in bytes that they and the compiler make on the way, which are the same on a slow machine: whoever goes through all of a class for each of
/// its members makes four times as many.
/// </summary>
[Collection(nameof(GrowthTests))]
[CollectionDefinition(nameof(GrowthTests), DisableParallelization = true)]
public sealed class GrowthTests
{
    private const int Few = 400;

    private const string Wrapper = """
        class Cbr : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            private readonly BatchNorm2d bn;
            public Cbr(long a, long b, long k = 1, long g = 1) : base("Cbr") { conv = Conv2d(a, b, k, groups: g); bn = BatchNorm2d(b); RegisterComponents(); }
            public override Tensor forward(Tensor x) => functional.relu(bn.call(conv.call(x)));
        }

        """;

    /// <summary>Fields, statements of the constructor, statements of <c>forward</c>: each is there as often as the test wants, with its number for #.</summary>
    public static TheoryData<string, string, string, string> Shapes => new()
    {
        { "in place", "private readonly Conv2d f# = Conv2d(64, 384, 1);", "", "x = f#.call(x);" },
        { "wrappers in place", "private readonly Cbr f# = new(64, 384);", "", "x = f#.call(x);" },
        { "wrappers under conditions", "private readonly Cbr f# = new(64, 384);", "", "if (x.dim() == #) x = f#.call(x);" },
        { "Sequentials in place", "private readonly Sequential f# = Sequential(Conv2d(64, 384, 1), BatchNorm2d(384), new Cbr(384, 64));", "", "x = f#.call(x);" },
        { "under ifs", "private readonly Conv2d f#;", "if (wide) f# = Conv2d(64, 384, 1); else f# = Conv2d(64, 64, 1);", "x = f#.call(x);" },
        { "under ifs of their own", "private readonly Cbr f#;", "if (width == #) f# = new Cbr(64, 384);", "x = f#.call(x);" },
        { "in place and under ifs", "private Conv2d f# = Conv2d(64, 64, 1);", "if (width == #) f# = Conv2d(64, 384, 1);", "x = f#.call(x);" },
        { "twice", "private readonly Conv2d f#, g#;", "f# = Conv2d(64, 64, 1); g# = f#;", "x = g#.call(f#.call(x));" },
        { "a list", "", "layers.Add(Conv2d(64, 384, 1));", "x = x.relu();" },
        { "sums", "private readonly Conv2d f# = Conv2d(64, 64, 3);", "", "var y# = f#.call(x); y# = y# + x; x = functional.relu(y#);" },
        { "dropouts", "", "", string.Concat(Enumerable.Repeat("x = functional.dropout(x, 0.5); ", 6)) },
        { "thrown away", "private readonly Conv2d f# = Conv2d(64, 64, 3);", "", "f#.call(x);" },
        { "made in forward", "", "", "x = Conv2d(64, 64, 3).call(x);" },
        { "shuffles", "", "", "x = x.view(x.shape[0], 2, x.shape[1] / 2, x.shape[2], x.shape[3]).transpose(1, 2).contiguous().view(x.shape[0], -1, x.shape[2], x.shape[3]);" },
        { "lambdas", "private readonly Conv2d f# = Conv2d(64, 64, 3);", "", "Func<Tensor> y# = () => f#.call(x) + x; x = y#();" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Twice_the_code_is_twice_the_work(string name, string fields, string constructor, string forward)
    {
        // What is made once and kept is made here.
        await Bytes(fields, constructor, forward, 20);
        var (few, many) = (0L, 0L);
        for (var i = 0; i < 4 && many >= 2.4 * few; i++)
            (few, many) = (await Bytes(fields, constructor, forward, Few), await Bytes(fields, constructor, forward, 2 * Few));

        // The compiler's threads sometimes bind one body twice, and sometimes do not: that is up to three tenths of either count. All for each is four times as much.
        Assert.True(many < 2.4 * few, $"{name}: {few:N0} bytes, {many:N0} for twice as much");
    }

    /// <summary>
    /// Whoever makes each object anew makes twice as many with each class, until the calls lie too deep to be followed: there all is given up, and more classes take no more work. So the fewer classes lie within
    /// that depth here, and twice as many reach it; a function of the constructor's own is one call more with each class. Ten classes and twenty are beyond it.
    /// </summary>
    [Theory]
    [InlineData("private readonly C@ a, b;", "a = new C@(); b = new C@();", 7)]
    [InlineData("private readonly C@ a, b;", "a = new C@(); b = new C@();", 10)]
    [InlineData("private readonly C@ a = new(), b = new();", "", 8)]
    [InlineData("private readonly C@ a = new(), b = new();", "", 10)]
    [InlineData("private readonly C@ a, b;", "a = Make(); b = Make(); C@ Make() => new C@();", 4)]
    [InlineData("private readonly C@ a, b;", "a = Make(); b = Make(); C@ Make() => new C@();", 10)]
    public async Task Twice_the_classes_that_hold_two_of_the_one_before_are_twice_the_work(string fields, string constructor, int count)
    {
        await Nested(fields, constructor, 3);
        var (few, many) = (await Nested(fields, constructor, count), await Nested(fields, constructor, 2 * count));

        Assert.True(many < 2.4 * few, $"{few:N0} bytes, {many:N0} for twice as many classes");
    }

    /// <summary>As many classes, each of which holds two objects of the one before.</summary>
    private static Task<long> Nested(string fields, string constructor, int count) => Bytes($$"""
        class C0 : Module<Tensor, Tensor>
        {
            private readonly Cbr a = new(64, 64), b = new(64, 64);
            public C0() : base("C0") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => b.call(a.call(x));
        }
        {{string.Join("\n", Enumerable.Range(1, count).Select(i => $$"""
        class C{{i}} : Module<Tensor, Tensor>
        {
            {{fields.Replace("C@", $"C{i - 1}", StringComparison.Ordinal)}}
            public C{{i}}() : base("C{{i}}") { {{constructor.Replace("C@", $"C{i - 1}", StringComparison.Ordinal)}} RegisterComponents(); }
            public override Tensor forward(Tensor x) => b.call(a.call(x));
        }
        """))}}
        static class Program { static void Main() { new C{{count}}().call(ones(1)).print(); } }
        """);

    private static Task<long> Bytes(string fields, string constructor, string forward, int count)
    {
        string Lines(string line) => string.Join("\n", Enumerable.Range(0, count).Select(i => line.Replace("#", $"{i}", StringComparison.Ordinal)));
        return Bytes($$"""
            class Net : Module<Tensor, Tensor>
            {
                {{Lines(fields)}}
                private readonly Sequential all;
                public Net(bool wide, int width) : base("Net")
                {
                    var layers = new List<Module<Tensor, Tensor>>();
                    {{Lines(constructor)}}
                    all = Sequential(layers);
                    RegisterComponents();
                }
                public override Tensor forward(Tensor x)
                {
                    {{Lines(forward)}}
                    return all.call(x);
                }
            }
            static class Program { static void Main() { new Net(true, 3).call(ones(1)).print(); } }
            """);
    }

    private static async Task<long> Bytes(string code)
    {
        var source = Code.File(Wrapper + code);
        var compilation = CSharpCompilation.Create("Typing", [CSharpSyntaxTree.ParseText(source, TorchProject.Latest)], TorchProject.Declaring, new(OutputKind.ConsoleApplication));
        Assert.Empty(compilation.GetDiagnostics().Where(static each => each.Severity == DiagnosticSeverity.Error));
        var thrown = new List<Exception>();
        var options = new CompilationWithAnalyzersOptions(new([]), (exception, _, _) => thrown.Add(exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await compilation.WithAnalyzers(AllRules.Analyzers, options).GetAnalyzerDiagnosticsAsync();
        Assert.Empty(thrown);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
