using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.ChannelFit>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class ChannelFitTests
{
    [Theory]
    [InlineData("Sequential(Conv2d(3, 64, 3), BatchNorm2d({|#0:32|}))", "BatchNorm2d expects 32 channels, but Conv2d before it gives 64")]
    [InlineData("Sequential(Conv2d(3, 64, 3), ReLU(), MaxPool2d(2), Conv2d({|#0:32|}, 64, 3))", "Conv2d expects 32 channels, but Conv2d before it gives 64")]
    [InlineData("Sequential((\"conv\", Conv2d(3, 64, 3)), (\"norm\", GroupNorm(4, {|#0:32|})))", "GroupNorm expects 32 channels, but Conv2d before it gives 64")]
    [InlineData("Sequential(Sequential(Conv2d(3, 64, 3), ReLU()), Sequential(Conv2d({|#0:32|}, 64, 3)))", "Conv2d expects 32 channels, but Conv2d before it gives 64")]
    [InlineData("Sequential(Linear(784, 128), ReLU(), Linear({|#0:100|}, 10))", "Linear expects 100 features, but Linear before it gives 128")]
    [InlineData("Sequential(Conv2d(3, 64, 3), AdaptiveAvgPool2d(1), Flatten(), Linear({|#0:128|}, 10))", "Linear expects 128 features, but Conv2d before it gives 64")]
    [InlineData("Sequential(ConvTranspose2d(64, 32, 2, stride: 2), BatchNorm2d({|#0:64|}))", "BatchNorm2d expects 64 channels, but ConvTranspose2d before it gives 32")]
    [InlineData("Sequential(Conv2d(3, -64, 3), BatchNorm2d({|#0:-32|}))", "BatchNorm2d expects -32 channels, but Conv2d before it gives -64")]
    [InlineData("Sequential([Conv2d(3, 64, 3), BatchNorm2d({|#0:32|})])", "BatchNorm2d expects 32 channels, but Conv2d before it gives 64")]
    [InlineData("Sequential(new List<Module<Tensor, Tensor>> { Conv2d(3, 64, 3), BatchNorm2d({|#0:32|}) })", "BatchNorm2d expects 32 channels, but Conv2d before it gives 64")]
    public Task Neighbours_of_a_sequential(string call, string message) => Verify.Reports(
        Code.Statements($"var net = {call};"),
        Expected.Error("BW0101", 0, message));

    [Fact]
    public Task Two_faults_are_two_errors() => Verify.Reports(
        Code.Statements("var net = Sequential(Conv2d(3, 64, 3), BatchNorm2d({|#0:32|}), Conv2d({|#1:64|}, 8, 1));"),
        Expected.Error("BW0101", 0, "BatchNorm2d expects 32 channels, but Conv2d before it gives 64"),
        Expected.Error("BW0101", 1, "Conv2d expects 64 channels, but BatchNorm2d before it gives 32"));

    /// <summary>What an object puts together and gives to a layer of its own is its own affair: it is said in its class, and not wherever one is made.</summary>
    [Fact]
    public Task What_a_class_joins_is_said_there_alone() => Verify.Reports(
        Code.File("""
            class Joined : Module<Tensor, Tensor>
            {
                private readonly Conv2d a = Conv2d(3, 8, 3), b = Conv2d({|#0:12|}, 8, 1);
                public Joined() : base("Joined") => RegisterComponents();
                public override Tensor forward(Tensor x) => b.call(torch.cat([a.call(x), a.call(x)], 1));
            }
            class Net : Module<Tensor, Tensor>
            {
                private readonly Joined one = new();
                private readonly Sequential all;
                public Net() : base("Net") { all = Sequential(new Joined(), BatchNorm2d(8)); RegisterComponents(); }
                public override Tensor forward(Tensor x) => all.call(x) + one.call(x);
            }
            static class Program { static void Main() => new Net().call(ones(1)).print(); }
            """),
        Expected.Error("BW0101", 0, "Conv2d expects 12 channels, but cat before it gives 16"));

    /// <summary>Where the number is passed, it is said where that is done; and so is what one object joins for another.</summary>
    [Fact]
    public Task What_a_class_joins_for_others_is_said_by_them() => Verify.Reports(
        Code.File("""
            class Joined : Module<Tensor, Tensor>
            {
                private readonly Conv2d a, b;
                public Joined(long next) : base("Joined") { a = Conv2d(3, 8, 3); b = Conv2d(next, 8, 1); RegisterComponents(); }
                public override Tensor forward(Tensor x) => b.call(torch.cat([a.call(x), a.call(x)], 1));
            }
            class Giving : Module<Tensor, Tensor>
            {
                private readonly Conv2d a = Conv2d(3, 8, 3);
                public Giving() : base("Giving") => RegisterComponents();
                public override Tensor forward(Tensor x) => torch.cat([a.call(x), a.call(x)], 1);
            }
            class Net : Module<Tensor, Tensor>
            {
                private readonly Sequential right = Sequential(new Joined(16), BatchNorm2d(8)), good = Sequential(new Giving(), BatchNorm2d(16)), wrong = Sequential(new Joined({|#0:12|})), other = Sequential(new Giving(), BatchNorm2d({|#1:8|}));
                public Net() : base("Net") => RegisterComponents();
                public override Tensor forward(Tensor x) => good.call(x) + right.call(x) + wrong.call(x) + other.call(x);
            }
            """),
        Expected.Error("BW0101", 0, "Joined expects 12 channels, but cat before it gives 16"),
        Expected.Error("BW0101", 1, "BatchNorm2d expects 8 channels, but cat before it gives 16"));

    [Fact]
    public Task A_sequential_in_a_local_is_judged_once() => Verify.Reports(
        Code.Statements(
            """
            var block = Sequential(Conv2d(3, 64, 3), BatchNorm2d({|#0:32|}));
            var net = Sequential(block, ReLU(), Conv2d({|#1:16|}, 8, 1));
            """),
        Expected.Error("BW0101", 0, "BatchNorm2d expects 32 channels, but Conv2d before it gives 64"),
        Expected.Error("BW0101", 1, "Conv2d expects 16 channels, but BatchNorm2d before it gives 32"));

    [Fact]
    public Task A_list_that_is_filled_statement_by_statement() => Verify.Reports(
        Code.Statements(
            """
            var layers = new List<(string, Module<Tensor, Tensor>)>();
            layers.Add(("conv", Conv2d(3, 64, 3)));
            layers.Add(("norm", BatchNorm2d({|#0:32|})));
            var net = Sequential(layers);
            """),
        Expected.Error("BW0101", 0, "BatchNorm2d expects 32 channels, but Conv2d before it gives 64"));

    [Fact]
    public Task A_list_that_is_filled_in_a_branch_is_not_known() => Verify.IsSilent(
        Code.Statements(
            """
            var layers = new List<Module<Tensor, Tensor>>();
            layers.Add(Conv2d(3, 64, 3));
            if (args.Length > 0) layers.Add(Conv2d(64, 32, 3));
            layers.Add(BatchNorm2d(32));
            var net = Sequential(layers);
            """));

    [Fact]
    public Task A_field_and_the_norm_after_it_in_forward() => Verify.Reports(
        Code.Module(
            "private readonly Conv2d conv; private readonly BatchNorm2d bn;",
            "conv = Conv2d(3, 64, 3); bn = BatchNorm2d({|#0:32|});",
            "x = conv.call(x); return functional.relu(bn.call(x));"),
        Expected.Error("BW0101", 0, "BatchNorm2d expects 32 channels, but Conv2d before it gives 64"));

    [Fact]
    public Task Fields_typed_by_their_base_and_initialized_in_place() => Verify.Reports(
        Code.Module(
            "private readonly Module<Tensor, Tensor> conv1 = Conv2d(3, 64, 3), conv2 = Conv2d({|#0:32|}, 64, 3);",
            "",
            "return conv2.forward(functional.max_pool2d(conv1.forward(x).relu(), 2));"),
        Expected.Error("BW0101", 0, "Conv2d expects 32 channels, but Conv2d before it gives 64"));

    [Theory]
    [InlineData("Sequential(Conv2d(3, 64, 3), BatchNorm2d(64), ReLU(), Conv2d(64, 128, 3), AdaptiveAvgPool2d(1), Flatten(), Linear(128, 10))")]
    [InlineData("Sequential(Conv2d(3, 64, 3), Flatten(), Linear(1024, 10))")]
    [InlineData("Sequential(Conv2d(3, 64, 3), PixelShuffle(2), Conv2d(16, 3, 3))")]
    [InlineData("Sequential(Conv2d(3, args.Length, 3), BatchNorm2d(32))")]
    [InlineData("Sequential(Conv2d(3, 64, 3), Linear(32, 10))")]
    [InlineData("Sequential(Linear(3, 64), BatchNorm1d(32))")]
    public Task What_fits_or_is_not_known_is_silent(string call) => Verify.IsSilent(Code.Statements($"var net = {call};"));

    [Fact]
    public Task Where_control_flow_decides_nothing_is_said() => Verify.IsSilent(Code.Module(
        "private readonly Conv2d a = Conv2d(3, 64, 3), b = Conv2d(3, 32, 3); private readonly BatchNorm2d bn = BatchNorm2d(32); private readonly bool wide;",
        "",
        """
        Tensor y;
        if (wide) y = a.call(x);
        else y = b.call(x);
        return bn.call(y);
        """));

    [Fact]
    public Task A_sequential_that_grows_later_is_not_known() => Verify.IsSilent(Code.Module(
        "private readonly Sequential body = Sequential(Conv2d(3, 64, 3)), tail; private readonly BatchNorm2d bn = BatchNorm2d(32);",
        "body.append(Conv2d(64, 32, 3)); var grown = Sequential(); grown.append(\"a\", Conv2d(64, 32, 3)); tail = Sequential(Conv2d(3, 64, 3), grown, BatchNorm2d(32));",
        "return bn.call(body.call(x));"));

    [Fact]
    public Task A_field_that_is_assigned_twice_is_not_known() => Verify.IsSilent(Code.Module(
        "private Conv2d conv; private BatchNorm2d bn;",
        "conv = Conv2d(3, 64, 3); if (Environment.ProcessorCount > 1) conv = Conv2d(3, 32, 3); bn = BatchNorm2d(32);",
        "return bn.call(conv.call(x));"));
}
