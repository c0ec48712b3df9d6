using Blockwright.Analyzers.Tests.HandWritten;

namespace Blockwright.Analyzers.Tests.Whole;

/// <summary>What was wrong, noisy or missing in the code of others, each whole and under all rules.</summary>
public sealed class ReportedCasesTests
{
    private const string Lost = "'conv' is assigned after RegisterComponents() has run: its parameters are in no state dict, no optimizer, and stay behind when the module moves to a device";

    [Fact]
    public Task A_late_layer_behind_a_parameter_that_may_be_left_out() => AllRules.Say(
        Code.File("""
            class Reported : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv;
                public Reported(int c) : base("Reported") { RegisterComponents(); {|#0:conv|} = Conv2d(c, c, 3); }
                public override Tensor forward(Tensor x) => conv.call(x);
            }
            class Silent : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv;
                public Silent(int c = 4) : base("Silent") { RegisterComponents(); {|#1:conv|} = Conv2d(c, c, 3); }
                public override Tensor forward(Tensor x) => conv.call(x);
            }
            """),
        Expected.Warning("BW6001", 0, Lost),
        Expected.Warning("BW6001", 1, Lost));

    private const string CallersScope = """
        class Inner : Module<Tensor, Tensor>
        {
            private readonly Conv2d a = Conv2d(8, 8, 1), b = Conv2d(8, 8, 1);
            public Inner() : base("Inner") => RegisterComponents();
            public override Tensor forward(Tensor x) => b.call(a.call(x));
        }
        class Root : Module<Tensor, Tensor>
        {
            private readonly Inner inner = new();
            public Root() : base("Root") => RegisterComponents();
            public override Tensor forward(Tensor x) { using var s = NewDisposeScope(); return inner.call(x).MoveToOuterDisposeScope(); }
        }
        class Vae : Module<Tensor, Tensor>
        {
            private readonly Conv2d a = Conv2d(8, 8, 1), b = Conv2d(8, 8, 1);
            public Vae() : base("Vae") => RegisterComponents();
            public override Tensor forward(Tensor x) { x = a.call(x); x = b.call(x); return x.MoveToOuterDisposeScope(); }
        }

        """;

    [Fact]
    public Task A_scope_of_the_caller_in_a_library() => AllRules.Say(Code.File(CallersScope));

    [Theory]
    [InlineData("new Root().call(ones(1));")]
    [InlineData("new Vae().call(ones(1));")]
    [InlineData("new Root().call(new Vae().call(ones(1)));")]
    public Task A_scope_of_the_caller_in_a_program(string statements) => AllRules.SayInProgram(Code.File(CallersScope + $"static class Program {{ static void Main() {{ {statements} }} }}"));

    /// <summary>The same where certainly nobody has a scope.</summary>
    [Fact]
    public Task Nobodys_scope() => AllRules.SayInProgram(
        Code.File("""
            class Inner : Module<Tensor, Tensor>
            {
                private readonly Conv2d a = Conv2d(8, 8, 1), b = Conv2d(8, 8, 1);
                public Inner() : base("Inner") => RegisterComponents();
                public override Tensor forward(Tensor x) => b.call({|#0:a.call(x)|});
            }
            class Root : Module<Tensor, Tensor>
            {
                private readonly Inner inner = new();
                public Root() : base("Root") => RegisterComponents();
                public override Tensor forward(Tensor x) => inner.call(x);
            }
            static class Program { static void Main() { new Root().call(ones(1)); } }
            """),
        Expected.Warning("BW6002", 0, "'Inner.forward' makes a tensor that nobody disposes, the first one here: no caller opens a dispose scope, and the memory is held until finalizers run, which is late"));

    [Fact]
    public Task A_gate_of_one_pixel_and_a_parameter_of_one_element() => AllRules.Say(Code.File("""
        class Se : Module<Tensor, Tensor>
        {
            private readonly AdaptiveAvgPool2d pool = AdaptiveAvgPool2d(1);
            private readonly Conv2d fc = Conv2d(64, 64, 1);
            public Se() : base("Se") => RegisterComponents();
            public override Tensor forward(Tensor x) { using var s = NewDisposeScope(); var g = fc.call(pool.call(x)); return (x * g.sigmoid()).MoveToOuterDisposeScope(); }
        }
        class Lam : Module<Tensor, Tensor>
        {
            private readonly Parameter lam = Parameter(ones(1));
            private readonly Conv2d fc = Conv2d(64, 64, 1);
            public Lam() : base("Lam") => RegisterComponents();
            public override Tensor forward(Tensor x) { using var s = NewDisposeScope(); return ((1 / lam) * fc.call(x)).MoveToOuterDisposeScope(); }
        }
        """));

    [Fact]
    public Task A_prediction_has_the_classes_that_are_asked_for() => AllRules.Say("""
        using Blockwright;
        [Network, Input(3, 64, 64)]
        [Conv2d(256, 3, Stride = 2), BatchNorm2d, ReLU]
        [Conv1x1(21, Bias = true)]
        public partial class Segmenter;
        """);

    [Fact]
    public Task A_chain_whose_results_are_joined() => AllRules.Say("""
        using Blockwright;
        [Block]
        [From("in", As = "a"), Conv2d("in", 3), BatchNorm2d, ReLU]
        [From("a", As = "b"), Conv2d("in", 3), BatchNorm2d, ReLU]
        [From("b", As = "c"), Conv2d("in", 3), BatchNorm2d, ReLU]
        [Concat("in", "a", "b", "c"), Conv1x1("in"), BatchNorm2d, ReLU]
        public partial class Osa;
        [Network, Input(3, 64, 64), Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU, Apply<Osa>, GlobalAvgPool2d, Linear(10)]
        public partial class Net;
        """);

    [Fact]
    public Task Two_convolutions_where_the_input_itself_would_fit() => AllRules.Say("""
        using Blockwright;
        [Block]
        [From("in", As = "a"), Conv2d("in", 3), BatchNorm2d, ReLU]
        [From("in", As = "b"), Conv1x1("in"), BatchNorm2d]
        [{|#0:Add("a", "b")|}, ReLU]
        public partial class Rep;
        [Network, Input(3, 64, 64), Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU, Apply<Rep>, GlobalAvgPool2d, Linear(10)]
        public partial class Net;
        """,
        Expected.Info("BW3001", 0, "2 convolutional branches (2 fragments) over the same 32 x 32 x 32, at most 1 at stride 1; measured at 2 parallel fragments and equal FLOPs: 1537 against 2446 batches/s on a GPU (in Net: 3)"),
        Expected.Info("BW4002", 0, "Add of two values of 32 x 32 x 32 reads a second value in the convolution's epilogue: 131,072 bytes per image; Concat of 16 channels each with ChannelShuffle(2) moves nothing; measured with a shortcut: 2672 against 2842 batches/s on a GPU without (in Net: 3)"));

    /// <summary>Without an activation between they are one in a snapshot.</summary>
    [Fact]
    public Task Two_convolutions_that_a_snapshot_adds_up() => AllRules.Say("""
        using Blockwright;
        [Block]
        [From("in", As = "a"), Conv2d("in", 3), BatchNorm2d]
        [From("in", As = "b"), Conv1x1("in"), BatchNorm2d]
        [Add("a", "b"), ReLU]
        public partial class Rep;
        [Network, Input(3, 64, 64), Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU, Apply<Rep>, GlobalAvgPool2d, Linear(10)]
        public partial class Net;
        """);

    [Fact]
    public Task A_hyphen_in_a_units_name() => AllRules.Say("""
        using Blockwright;
        [Block, Conv2d("out", 3), BatchNorm2d, ReLU] public partial class U;
        [Network, Input(3, 32, 32), Stage<U>("trunk_output.block1", Channels = 8, Units = 2, UnitName = "block1-{0}")]
        public partial class Net;
        """);

    [Fact]
    public Task Names_under_two_paths() => AllRules.Say("""
        using Blockwright;
        [Network, Input(3, 32, 32)]
        [Path("stem"), Conv2d(8, 3, Name = "conv"), BatchNorm2d(Name = "bn"), ReLU]
        [Path("head"), Conv2d(8, 3, Name = "conv")]
        public partial class Net;
        """);

    [Fact]
    public Task An_even_kernel() => AllRules.Say("""
        using Blockwright;
        [Network, Input(3, 28, 28), Conv2d(8, {|#0:2|}), ReLU]
        public partial class Net;
        """,
        Expected.Error("BW0007", 0, "Expected a Padding, since none keeps the size under an even kernel: Padding = 0 gives 27 x 27, Padding = 1 gives 29 x 29; Padding = \"same\" keeps it with one more on the right or at the bottom, found none: half of the 1 x 1 pixels beside its own leaves a rest"));

    [Fact]
    public Task What_shrinks_on_purpose() => AllRules.Say("""
        using Blockwright;
        [Network, Input(2048, 28, 28)]
        [From("in", As = "a"), Conv1x1({|#0:256|}), BatchNorm2d, ReLU]
        [From("in", As = "b"), Conv2d(256, 3, Dilation = 12), BatchNorm2d, ReLU]
        [{|#1:Concat("a", "b")|}, Conv1x1(64), BatchNorm2d, ReLU]
        public partial class Aspp;
        """,
        Expected.Info("BW1001", 0, "1x1 convolution from 2048 to 256 channels at 28 x 28 is 1:8: it moves 2,330,624 values where 1,659,641 are the least for its FLOPs; measured at 1:6: 876 against 1480 batches/s on a GPU"),
        Expected.Info("BW3001", 1, "2 convolutional branches (2 fragments) over the same 2048 x 28 x 28, at most 1 at stride 1; measured at 2 parallel fragments and equal FLOPs: 1537 against 2446 batches/s on a GPU"));
}
