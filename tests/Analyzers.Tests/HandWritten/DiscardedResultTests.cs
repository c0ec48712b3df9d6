using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.DiscardedResult>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class DiscardedResultTests
{
    private static string Block(string members) => $$"""
        class Block : Module<Tensor, Tensor>
        {
            {{members}}
            public Block() : base("Block") => RegisterComponents();
        }

        """;

    private const string Pure = "private readonly Linear fc = Linear(2, 2); public override Tensor forward(Tensor x) { var y = fc.call(x); y = y + x; return functional.relu(y); }";

    private static string Net(string field, string forward, string types = "") => Code.Module(field, "", forward) + types;

    [Theory]
    [InlineData("private readonly Linear fc = Linear(2, 2);", "{|#0:fc.call(x)|}; return x;", "fc.call")]
    [InlineData("private readonly Linear fc = Linear(2, 2);", "if (x.dim() > 1) {|#0:this.fc.forward(x)|}; return x;", "this.fc.forward")]
    [InlineData("private readonly ReLU act = ReLU();", "{|#0:act.call(x)|}; return x;", "act.call")]
    [InlineData("private readonly Sequential body = Sequential(Linear(2, 2), ReLU());", "{|#0:body.call(x)|}; return x;", "body.call")]
    [InlineData("private readonly Sequential body = Sequential(new Block());", "{|#0:body.call(x)|}; return x;", "body.call")]
    [InlineData("private readonly Block block = new();", "{|#0:block.call(x)|}; return x;", "block.call")]
    public Task As_a_statement(string field, string forward, string called) => Verify.Reports(Net(field, forward, Block(Pure)), Discarded(called));

    /// <summary>What the build writes of a declared block overwrites values of its own; a module of one's own in it, a member and its part by hand may do anything.</summary>
    [Theory]
    [InlineData("[Blockwright.Block, Blockwright.Conv1x1, Blockwright.ReLU] public partial class Unit;", true)]
    [InlineData("[Blockwright.Block, Blockwright.Conv1x1] public partial class Unit { private readonly Block own = new(); }", true)]
    [InlineData("[Blockwright.Block, Blockwright.Module<Block>] public partial class Unit;", true)]
    [InlineData("[Blockwright.Block, Blockwright.Module<Keeps>] public partial class Unit;", false)]
    [InlineData("[Blockwright.Block, Blockwright.Apply<Inner>] public partial class Unit; [Blockwright.Block, Blockwright.Module<Keeps>] public partial class Inner;", false)]
    [InlineData("[Blockwright.Block, Blockwright.Conv1x1] public partial class Unit { public int Calls; public void Count() => Calls += 1; }", false)]
    public Task Of_a_declared_block(string declared, bool isReported) => Verify.ReportsBeside(
        """
        partial class Unit : Blockwright.BlockModule
        {
            public Unit(int inChannels) : base("Unit", inChannels) { }
            protected override TorchSharp.torch.Tensor Compute(TorchSharp.torch.Tensor input) { var work = input.clone(); work.relu_(); return work; }
            protected override Blockwright.FusedModule TakeSnapshot() => null;
        }
        partial class Inner : Blockwright.BlockModule
        {
            public Inner(int inChannels) : base("Inner", inChannels) { }
            protected override TorchSharp.torch.Tensor Compute(TorchSharp.torch.Tensor input) => input;
            protected override Blockwright.FusedModule TakeSnapshot() => null;
        }
        """,
        Net("private readonly Unit unit = new(4);", isReported ? "{|#0:unit.call(x)|}; return x;" : "unit.call(x); return x;", Block(Pure) + Keeps + declared),
        isReported ? [Discarded("unit.call")] : []);

    private const string Keeps = """
        class Keeps : Module<Tensor, Tensor> { public Tensor last; public Keeps() : base("Keeps") { } public override Tensor forward(Tensor x) { last = x; return x; } }

        """;

    /// <summary>A repository's block, in which the whole feed-forward part does nothing.</summary>
    [Fact]
    public Task A_feed_forward_part_that_does_nothing() => Verify.Reports(
        Code.File("""
            class Ffn : Module<Tensor, Tensor>
            {
                private readonly Conv2d fc1, fc2; private readonly GELU act; private readonly Dropout drop;
                public Ffn(int c, int hidden) : base("Ffn") { fc1 = Conv2d(c, hidden, 1); fc2 = Conv2d(hidden, c, 1); act = GELU(); drop = Dropout(0.1); init.trunc_normal_(fc1.weight, std: 0.02); RegisterComponents(); }
                public override Tensor forward(Tensor x) { x = fc1.forward(x); x = act.forward(x); x = fc2.forward(x); return drop.forward(x); }
            }
            class Scale : Module<Tensor, Tensor>
            {
                private readonly Parameter gamma;
                public Scale(int c, float value) : base("Scale") { gamma = Parameter(value * ones(c, 1, 1)); RegisterComponents(); }
                public override Tensor forward(Tensor x) => gamma * x;
            }
            class BlockFfn : Module<Tensor, Tensor>
            {
                Sequential module;
                public BlockFfn(int c, int hidden, float scale = 1e-2f) : base("")
                {
                    this.module = Sequential();
                    this.module.append(BatchNorm2d(c));
                    this.module.append(new Ffn(c, hidden));
                    this.module.append(new Scale(c, scale));
                    RegisterComponents();
                }
                public override Tensor forward(Tensor x)
                {
                    var skip = x.clone();
                    {|#0:this.module.forward(x)|};
                    return skip + x;
                }
            }
            """),
        Discarded("this.module.forward"));

    [Theory]
    [InlineData("private readonly Linear fc = Linear(2, 2);", "x = fc.call(x); var y = fc.call(x); return y;")]
    [InlineData("private readonly Linear fc = Linear(2, 2);", "_ = fc.call(x); return x;")]
    // It writes over its input, or may do so.
    [InlineData("private readonly ReLU act = ReLU(inplace: true);", "act.call(x); return x;")]
    [InlineData("private readonly ReLU act = ReLU(true);", "act.call(x); return x;")]
    [InlineData("public ReLU act = ReLU();", "act.call(x); return x;")]
    [InlineData("private readonly Module<Tensor, Tensor> act = ReLU();", "act.call(x); return x;")]
    [InlineData("private readonly Sequential body = Sequential(ReLU(inplace: true), Linear(2, 2));", "body.call(x); return x;")]
    // Somebody listens.
    [InlineData("private readonly Sequential body = Sequential(Linear(2, 2)); public void Listen() => body.register_forward_hook((m, i, o) => o);", "body.call(x); return x;")]
    [InlineData("private readonly Linear fc = Linear(2, 2); public void Listen() => fc.register_forward_hook((m, i, o) => o);", "fc.call(x); return x;")]
    [InlineData("public readonly Linear fc = Linear(2, 2);", "fc.call(x); return x; } static void From(Net net) { net.fc.register_forward_pre_hook((m, i) => i);")]
    // At another time.
    [InlineData("private readonly Linear fc = Linear(2, 2);", "Action later = () => { fc.call(x); }; return x;")]
    public Task Where_it_may_have_an_effect_it_is_silent(string field, string forward) => Verify.IsSilent(Net(field, forward));

    [Theory]
    [InlineData("public Tensor Seen; public override Tensor forward(Tensor x) { Seen = x; return x; }")]
    [InlineData("private readonly List<Tensor> seen = []; public override Tensor forward(Tensor x) { seen.Add(x); return x; }")]
    [InlineData("public override Tensor forward(Tensor x) => x.add_(1);")]
    [InlineData("public override Tensor forward(Tensor x) { x[0] = 1; return x; }")]
    [InlineData("private int calls; public override Tensor forward(Tensor x) { this.calls++; return x; }")]
    [InlineData("private readonly Inner inner = new(); public override Tensor forward(Tensor x) => inner.call(x);")]
    public Task A_module_that_keeps_or_writes_is_silent(string members) => Verify.IsSilent(Net(
        "private readonly Block block = new();", "block.call(x); return x;",
        Block(members) + "class Inner : Module<Tensor, Tensor> { public Tensor Last { get; private set; } public Inner() : base(\"Inner\") => RegisterComponents(); public override Tensor forward(Tensor x) { Last = x; return x; } }"));

    /// <summary>A warm-up, a measurement.</summary>
    [Fact]
    public Task Outside_of_forward_it_is_silent() => Verify.IsSilent(Code.Statements("var fc = Linear(2, 2); for (var i = 0; i < 100; i++) fc.call(ones(1, 2));"));

    private static Microsoft.CodeAnalysis.Testing.DiagnosticResult Discarded(string called) =>
        Expected.Warning("BW6004", 0, $"The result of '{called}' is thrown away: a module leaves its input as it is, and gives the result back");
}
