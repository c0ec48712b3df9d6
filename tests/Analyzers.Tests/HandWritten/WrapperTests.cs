using Fit = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.ChannelFit>;
using Groups = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.GroupedConvolution>;
using Ratio = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.UnequalChannels>;

namespace Blockwright.Analyzers.Tests.HandWritten;

/// <summary>Most code builds its networks of classes of its own: the numbers that it gives to them are seen, and what is wrong is said where they are given.</summary>
public sealed class WrapperTests
{
    /// <summary>YOLO's Conv: a convolution, its norm and an activation that may be left out.</summary>
    private const string Cbr = """
        class Cbr : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv;
            private readonly BatchNorm2d bn;
            private readonly Module<Tensor, Tensor>? act;
            public Cbr(int c1, int c2, int k = 1, int s = 1, int? p = null, int g = 1, bool act = true) : base("Cbr")
            {
                conv = Conv2d(c1, c2, k, stride: s, padding: p ?? k / 2, groups: g, bias: false);
                bn = BatchNorm2d(c2);
                this.act = act ? SiLU() : null;
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                x = bn.call(conv.call(x));
                return act is null ? x : act.call(x);
            }
        }

        """;

    private const string SixtyFour = "1x1 convolution from 64 to 384 channels is 1:6: per pixel it moves 448 values where 314 are the least for its FLOPs; measured at 1:6: 876 against 1480 batches/s on a GPU; made by ";

    private static string Net(string fields, string constructor, string forward, string parameters = "") => Code.File(Cbr + $$"""
        class Net : Module<Tensor, Tensor>
        {
            {{fields}}
            public Net({{parameters}}) : base("Net")
            {
                {{constructor}}
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                {{forward}}
            }
        }
        """);

    [Fact]
    public Task A_ratio_is_said_where_it_is_passed() => Ratio.Reports(
        Net("private readonly Cbr a;", "a = new Cbr(64, {|#0:384|});", "return a.call(x);"),
        Expected.Info("BW1001", 0, SixtyFour + "Cbr"));

    /// <summary>What nobody says at the place stands at the class whose defaults say it.</summary>
    [Theory]
    [InlineData("a = new {|#0:Wide|}();")]
    [InlineData("a = new {|#0:Wide|}(name: \"a\");")]
    [InlineData("a = new {|#0:Wide|} { };")]
    public Task What_defaults_say_stands_at_the_class(string constructor) => Ratio.Reports(
        Net("private readonly Wide a;", constructor, "return a.call(x);") + """

            class Wide : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv;
                public Wide(int from = 64, int to = 384, string name = "Wide") : base(name) { conv = Conv2d(from, to, 1); RegisterComponents(); }
                public override Tensor forward(Tensor x) => conv.call(x).relu();
            }
            """,
        Expected.Info("BW1001", 0, SixtyFour + "the defaults of Wide's constructor"));

    [Fact]
    public Task A_field_that_is_made_in_place() => Ratio.Reports(
        Net("private readonly Cbr a = new(64, {|#0:384|}, act: false);", "", "return a.call(x);"),
        Expected.Info("BW1001", 0, SixtyFour + "Cbr"));

    [Fact]
    public Task Groups_are_said_where_they_are_passed() => Groups.Reports(
        Net("private readonly Cbr a;", "a = new Cbr(64, 128, 3, g: {|#0:32|});", "return a.call(x);"),
        Expected.Info("BW2001", 0, "Convolution of 64 channels in 32 groups, 16 at most; measured at 8 groups and equal FLOPs: 634 against 2451 batches/s on a GPU; made by Cbr"));

    [Fact]
    public Task Channels_that_do_not_fit_between_two_modules() => Fit.Reports(
        Net("private readonly Cbr a, b;", "a = new Cbr(64, 384); b = new Cbr({|#0:380|}, 64);", "return b.call(a.call(x));"),
        Expected.Error("BW0101", 0, "Cbr expects 380 channels, but Cbr before it gives 384"));

    [Fact]
    public Task Channels_that_do_not_fit_in_a_sequential() => Fit.Reports(
        Net("private readonly Sequential s;", "s = Sequential(new Cbr(3, 32, 3), new Cbr({|#0:16|}, 64, 3), Conv2d({|#1:63|}, 10, 1));", "return s.call(x);"),
        Expected.Error("BW0101", 0, "Cbr expects 16 channels, but Cbr before it gives 32"),
        Expected.Error("BW0101", 1, "Conv2d expects 63 channels, but Cbr before it gives 64"));

    [Fact]
    public Task Channels_of_a_module_that_do_not_fit_for_what_it_is_given() => Fit.Reports(
        Code.File("""
            class Odd : Module<Tensor, Tensor>
            {
                private readonly Conv2d a;
                private readonly BatchNorm2d n;
                public Odd(int c, int norm) : base("Odd") { a = Conv2d(c, c, 3); n = BatchNorm2d(norm); RegisterComponents(); }
                public override Tensor forward(Tensor x) => n.call(a.call(x));
            }
            static class Program
            {
                static void Main() { var fits = new Odd(32, 32); var not = new Odd(64, {|#0:32|}); }
            }
            """),
        Expected.Error("BW0101", 0, "Odd expects 32 channels, but Odd gives 64".Replace("Odd gives", "Odd before it gives", StringComparison.Ordinal)));

    [Fact]
    public Task What_a_class_says_of_itself_is_said_there_alone() => Ratio.Reports(
        Code.File("""
            class Stem : Module<Tensor, Tensor>
            {
                private readonly Sequential s;
                public Stem() : base("Stem") { s = Sequential(Conv2d(64, {|#0:384|}, 1), ReLU()); RegisterComponents(); }
                public override Tensor forward(Tensor x) => s.call(x);
            }
            class Net : Module<Tensor, Tensor>
            {
                private readonly Stem a = new(), b = new();
                public Net() : base("Net") => RegisterComponents();
                public override Tensor forward(Tensor x) => b.call(a.call(x));
            }
            """),
        Expected.Info("BW1001", 0, SixtyFour[..SixtyFour.IndexOf(';', StringComparison.Ordinal)] + "; measured at 1:6: 876 against 1480 batches/s on a GPU"));

    [Fact]
    public Task Base_constructors_helpers_loops_and_lists_are_followed() => Ratio.Reports(
        Net(
            "private readonly Sequential s; private readonly Wide w;",
            """
            var layers = new List<Module<Tensor, Tensor>>();
            var widths = new[] { 64, 64, 64 };
            for (var i = 0; i + 1 < widths.Length; i++)
                layers.Add(Make(widths[i], widths[i + 1] * 6));
            s = Sequential(layers);
            w = new Wide({|#1:64|});
            """.Replace("widths[i + 1] * 6", "{|#0:widths[i + 1] * 6|}", StringComparison.Ordinal),
            "return w.call(s.call(x));").Replace("public override Tensor forward(Tensor x)\n    {\n        return w", "private static Module<Tensor, Tensor> Make(int c1, int c2) => new Cbr(c1, c2);\n    public override Tensor forward(Tensor x)\n    {\n        return w", StringComparison.Ordinal)
            + """

            class Expanding : Module<Tensor, Tensor>
            {
                private readonly Module<Tensor, Tensor> body;
                protected Expanding(int c, int factor) : base("Expanding") { body = Sequential(Conv2d(c, c * factor, 1), ReLU()); RegisterComponents(); }
                public override Tensor forward(Tensor x) => body.call(x);
            }
            class Wide : Expanding { public Wide(int c) : base(c, 6) { } }
            """,
        Expected.Info("BW1001", 0, SixtyFour + "Cbr"),
        Expected.Info("BW1001", 1, SixtyFour + "Wide"));

    [Fact]
    public Task One_place_is_said_once_for_the_worst_of_what_it_makes() => Ratio.Reports(
        Net(
            "private readonly ModuleList<Module<Tensor, Tensor>> all;",
            "all = ModuleList({|#0:new[] { 128, 384, 256 }.Select(c => (Module<Tensor, Tensor>)new Cbr(64, c))|}.ToArray());",
            "foreach (var m in all) x = m.call(x); return x;"),
        Expected.Info("BW1001", 0, SixtyFour + "Cbr"));

    [Fact]
    public Task One_creation_that_makes_several_is_said_once() => Ratio.Reports(
        Code.File(Cbr + """
            class Inception : Module<Tensor, Tensor>
            {
                private readonly Cbr a, b;
                public Inception(int c, int r1, int r2) : base("Inception") { a = new Cbr(c, r1); b = new Cbr(c, r2); RegisterComponents(); }
                public override Tensor forward(Tensor x) => torch.cat([a.call(x), b.call(x)], 1);
            }
            static class Program { static object Make() => new Inception(64, 256, {|#0:384|}); }
            """),
        Expected.Info("BW1001", 0, SixtyFour + "Inception"));

    [Theory]
    [InlineData("a = new Cbr(64, 128); b = new Cbr(128, 64);", "")]
    [InlineData("a = new Cbr(64, 384 / n); b = new Cbr(c, 64);", "int n, int c")]
    [InlineData("a = new Cbr(3, 64); b = new Cbr(64, c == 1 ? 384 : 64);", "int c")]
    [InlineData("a = new Cbr(64, 384, k); b = new Cbr(384, 64, k);", "int k")]
    [InlineData("if (n > 1) { a = new Cbr(64, 64); b = new Cbr(64, 64); } else { a = new Cbr(32, 32); b = new Cbr(32, 32); }", "int n")]
    public async Task What_is_not_certain_or_right_is_silent(string constructor, string parameters)
    {
        var source = Net("private readonly Cbr a, b;", constructor, "return b.call(a.call(x));", parameters);
        await Ratio.IsSilent(source);
        await Fit.IsSilent(source);
        await Groups.IsSilent(source);
    }

    [Fact]
    public Task A_depthwise_convolution_behind_a_class_is_exempt() => Groups.IsSilent(
        Net("private readonly Cbr a;", "a = new Cbr(64, 64, 3, g: 64);", "return a.call(x);"));

    [Fact]
    public Task A_branch_that_the_object_may_never_take_is_no_error() => Fit.IsSilent(Code.File("""
        class Block : Module<Tensor, Tensor>
        {
            private readonly Conv2d a, down;
            private readonly bool shrinks;
            public Block(int c1, int c2, bool shrinks) : base("Block")
            {
                this.shrinks = shrinks;
                a = Conv2d(c1, c2, 3, padding: 1);
                down = Conv2d(2 * c2, c2, 1);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x)
            {
                x = a.call(x);
                if (shrinks) x = down.call(x);
                return x;
            }
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly Block b = new(3, 64, false);
            public Net() : base("Net") => RegisterComponents();
            public override Tensor forward(Tensor x) => b.call(x);
        }
        """));

    /// <summary>torchvision's way: the factor of a residual block's class is a field that nobody writes, of a class that only the network sees.</summary>
    [Theory]
    [InlineData("class Wide", "")]
    [InlineData("private class Wide", "")]
    [InlineData("private class Wide", "void Later() { int expansion = 3; Console.WriteLine(expansion); }")]
    public Task A_static_field_that_nobody_writes_is_known(string type, string also) => Ratio.Reports(
        Outer(type, "int", "new Wide(64, {|#0:64|})", also),
        Expected.Info("BW1001", 0, SixtyFour + "Wide"));

    [Theory]
    [InlineData("public class Wide", "")]
    [InlineData("internal class Wide", "")]
    [InlineData("private class Wide", "void Later() { Wide.expansion = 3; }")]
    [InlineData("private class Wide", "void Later() { Wide.expansion++; }")]
    [InlineData("private class Wide", "void Later() { Set(out Wide.expansion); } void Set(out int x) => x = 3;")]
    [InlineData("private class Wide", "void Later() { ref var x = ref Wide.expansion; x = 3; }")]
    [InlineData("private class Wide", "void Later() { (Wide.expansion, _) = (3, 4); }")]
    public Task A_static_field_that_somebody_may_write_is_not(string type, string also) => Ratio.IsSilent(Outer(type, "int", "new Wide(64, 64)", also));

    private static string Outer(string type, string field, string made, string also) => Code.File(Cbr + $$"""
        public class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> a;
            public Net() : base("Net") { a = {{made}}; RegisterComponents(); }
            public override Tensor forward(Tensor x) => a.call(x);
            {{also}}
            {{type}} : Module<Tensor, Tensor>
            {
                public static {{field}} expansion = 6;
                private readonly Cbr conv, next;
                public Wide(int c1, int c2) : base("Wide") { conv = new Cbr(c1, c2 * expansion); next = new Cbr(c2 * expansion, c2 * expansion, 3); RegisterComponents(); }
                public override Tensor forward(Tensor x) => next.call(conv.call(x));
            }
        }
        """);

    /// <summary>A table of a network's stages.</summary>
    [Theory]
    [InlineData("var stages = new (int from, int to)[] { (64, 384) }; a = new Cbr(stages[0].from, {|#0:stages[0].to|});")]
    [InlineData("var stages = new[] { (64, 128), (128, 384) }; a = new Cbr(stages[0].Item1, {|#0:stages[^1].Item2|});")]
    [InlineData("(int from, int to) stage = (64, 384); a = new Cbr(stage.from, {|#0:stage.Item2|});")]
    [InlineData("var stage = (from: 64, to: 384); var other = stage; a = new Cbr(64, {|#0:other.to|});")]
    [InlineData("(double scale, int to) stage = (3, 96); a = new Cbr(64, {|#0:(int)(stage.scale / 2 * 256)|});")]
    public Task An_element_of_a_tuple_is_known(string constructor) => Ratio.Reports(
        Net("private readonly Cbr a;", constructor, "return a.call(x);"),
        Expected.Info("BW1001", 0, SixtyFour + "Cbr"));

    [Theory]
    [InlineData("var stage = (from: 64, to: 384); stage.to = 64; a = new Cbr(64, stage.to);")]
    [InlineData("var stage = (from: 64, to: 64); var other = stage; other.to = 384; a = new Cbr(64, stage.to);")]
    [InlineData("var stage = (from: 64, to: 384); stage.to -= 320; a = new Cbr(64, stage.to);")]
    [InlineData("var stage = (from: 64, to: 384); Action less = () => stage.to = 64; less(); a = new Cbr(64, stage.to);")]
    [InlineData("var stage = (from: 64, to: 384); void Less() { stage.to = 64; } Less(); a = new Cbr(64, stage.to);")]
    [InlineData("var stage = (from: 64, to: 384); for (var i = 0; i < wide; i++) stage.to = 64; a = new Cbr(64, stage.to);")]
    [InlineData("var stages = new[] { (64, 384) }; stages[0].Item2 = 64; a = new Cbr(64, stages[0].Item2);")]
    public Task An_element_of_a_tuple_that_is_written_is_not(string constructor) => Ratio.IsSilent(
        Net("private readonly Cbr a;", constructor, "return a.call(x);", "int wide"));

    /// <summary>A table that is the class's own.</summary>
    [Theory]
    [InlineData("private static readonly int[] Widths = new[] { 64, 384 };", "a = new Cbr(Widths[0], {|#0:Widths[1]|});")]
    [InlineData("private static readonly int[] Widths = [64, 384];", "a = new Cbr(Widths[0], {|#0:Widths[^1]|});")]
    [InlineData("private static readonly (int From, int To)[][] Stages = [[(64, 384)]];", "a = new Cbr(Stages[0][0].From, {|#0:Stages[0][0].To|});")]
    [InlineData("private static int[] Widths = new[] { 64, 384 }; void Print() { Console.WriteLine(Widths[1]); }", "a = new Cbr(64, {|#0:Widths[1]|});")]
    [InlineData("private static readonly int[] Widths = [64, 384];", "a = Make({|#0:Widths|}); static Cbr Make(int[] widths) => new(widths[0], widths[1]);")]
    public Task A_static_table_is_known(string table, string constructor) => Ratio.Reports(
        Net("private readonly Cbr a; " + table, constructor, "return a.call(x);"),
        Expected.Info("BW1001", 0, SixtyFour + "Cbr"));

    [Theory]
    [InlineData("public static readonly int[] Widths = new[] { 64, 384 };", "a = new Cbr(64, Widths[1]);")]
    [InlineData("private static readonly int[] Widths = new[] { 64, 384 }; void Later() { Widths[1] = 64; }", "a = new Cbr(64, Widths[1]);")]
    [InlineData("private static readonly int[][] Widths = [[64, 384]]; void Later() { Widths[0][1] = 64; }", "a = new Cbr(64, Widths[0][1]);")]
    [InlineData("private static readonly (int From, int To)[] Stages = [(64, 384)]; void Later() { Stages[0].To = 64; }", "a = new Cbr(64, Stages[0].To);")]
    [InlineData("private static readonly int[] Widths = new[] { 64, 384 }; static Net() { Widths[1] = 64; }", "a = new Cbr(64, Widths[1]);")]
    [InlineData("private static readonly int[] Widths = new[] { 64, 384 };", "Widths[1] = 64; a = new Cbr(64, Widths[1]);")]
    [InlineData("private static readonly int[] Widths = new[] { 64, 384 };", "Array.Reverse(Widths); a = new Cbr(64, Widths[1]);")]
    public Task A_static_table_that_somebody_may_write_is_not(string table, string constructor) => Ratio.IsSilent(
        Net("private readonly Cbr a; " + table, constructor, "return a.call(x);"));

    [Fact]
    public Task A_member_that_others_may_write_is_not_known() => Fit.IsSilent(
        Net("public Cbr a; private readonly Cbr b;", "a = new Cbr(64, 384); b = new Cbr(380, 64);", "return b.call(a.call(x));"));

    [Fact]
    public Task A_class_that_holds_itself_ends() => Ratio.IsSilent(Code.File("""
        class UNet : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> inner, up;
            public UNet(int c, int depth) : base("UNet")
            {
                inner = depth == 0 ? Conv2d(c, c, 3) : new UNet(2 * c, depth - 1);
                up = new UNet(c, depth);
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => up.call(inner.call(x));
        }
        class Net : Module<Tensor, Tensor>
        {
            private readonly UNet u = new(64, 100);
            public Net() : base("Net") => RegisterComponents();
            public override Tensor forward(Tensor x) => u.call(x);
        }
        """));
}
