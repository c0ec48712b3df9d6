namespace Blockwright.Generator.Tests.Bounds;

/// <summary>Declarations that take as long as any that is not refused, each in another part of the work.</summary>
internal static class LongDeclarations
{
    private const string ShuffleUnit = """
        [Block, Split("a", "b"), From("b", Name = "w"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU, Concat("a", "b"), ChannelShuffle(2)] public partial class U;
        """;

    private const string DenseUnit = """
        [Block, From("in", As = "x", Name = "c"), BatchNorm2d, ReLU, Conv2d(12, 3), Concat("in", "x")] public partial class D;
        """;

    private const string ResidualUnit = """
        [Block, From("in", As = "x", Name = "c"), Conv1x1("in/4"), BatchNorm2d, ReLU, Conv2d("in/4", 3), BatchNorm2d, ReLU, Conv1x1("in"), BatchNorm2d, Add("in"), ReLU] public partial class R;
        """;

    private static readonly Dictionary<string, string> Sources = new()
    {
        ["a chain of attributes"] = $"[Network, Input(3, 32, 32), {string.Join(", ", Enumerable.Repeat("Conv2d(16, 3), BatchNorm2d, ReLU", 667))}] public partial class N;",
        ["residual units"] = ResidualUnit + """[Network, Input(3, 32, 32), Conv2d(64, 3), Stage<R>("s", Units = 1000), Stage<R>("t", Units = 600), GlobalAvgPool2d, Linear(10)] public partial class N;""",
        ["shuffle units"] = ShuffleUnit + """[Network, Input(3, 32, 32), Conv2d(64, 3), Stage<U>("s", Units = 600), Conv2d(128, 3, Stride = 2), Stage<U>("t", Units = 600), GlobalAvgPool2d, Linear(10)] public partial class N;""",
        ["wide shuffles"] = ShuffleUnit + """[Network, Input(3, 32, 32), Conv2d(8192, 3), Stage<U>("s", Units = 6), GlobalAvgPool2d, Linear(10)] public partial class N;""",
        ["a dense stage"] = DenseUnit + """[Network, Input(3, 32, 32), Conv2d(24, 3), Stage<D>("s", Units = 400), GlobalAvgPool2d, Linear(10)] public partial class N;""",
        ["wide values"] = $"[Network, Input(16, 32, 32), Conv2d(65536, 3), {string.Join(", ", Enumerable.Repeat("Conv1x1", 60))}] public partial class N;",
        ["many features"] = $"[Network, Input(512, 32, 32), Flatten, {string.Join(", ", Enumerable.Repeat("ReLU", 5))}] public partial class N;",
        ["new widths"] = """
            [Block, Conv1x1("in+1"), ReLU] public partial class A;
            [Block, Stage<A>("s", Units = 60)] public partial class B;
            [Block, Stage<B>("t", Units = 60)] public partial class C;
            [Network, Input(3, 8, 8), Apply<C>] public partial class N;
            """,
        ["doubled blocks"] = "[Block, ReLU] public partial class B0;" + string.Concat(Enumerable.Range(0, 45).Select(static i => $"[Block, Conv1x1(\"in+1\"), Apply<B{i}>, Conv1x1(\"in*2\"), Apply<B{i}>] public partial class B{i + 1};")),
        ["inlined blocks"] = "[Block, ReLU] public partial class B0;" + string.Concat(Enumerable.Range(0, 40).Select(static i => $"[Block, Apply<B{i}>(Name = \"\"), Apply<B{i}>(Name = \"\")] public partial class B{i + 1};")),
        ["joins that reach far"] = ResidualUnit + $"[Block, Stage<R>(\"s\", Units = 90)] public partial class L; [Network, Input(64, 32, 32), {string.Join(", ", Enumerable.Range(0, 18).Select(static i => $"From(\"{(i == 0 ? "in" : $"x{i - 1}")}\", As = \"x{i}\"), Apply<L>"))}, Concat({string.Join(", ", Enumerable.Range(0, 18).Select(static i => $"\"x{i}\""))})] public partial class N;",
    };

    public static IEnumerable<string> Names => Sources.Keys;

    /// <summary>Each time under another name, or it would be remembered.</summary>
    public static string Of(string name) => $"using Blockwright; namespace Long{Interlocked.Increment(ref _count)};\n{Sources[name]}";

    private static int _count;
}
