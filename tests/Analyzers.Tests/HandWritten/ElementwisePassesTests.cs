using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.ElementwisePasses>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class ElementwisePassesTests
{
    private const string Fields = "private readonly Conv2d conv = Conv2d(8, 8, 1); private readonly Tensor scale = torch.ones(8, 1, 1);";
    private const string AddRelu = "2 element-wise passes follow one another (add, relu), each reading and writing the whole tensor; measured with such passes: 2427 against 2842 batches/s on a GPU without";

    [Theory]
    [InlineData("return {|#0:functional.relu(x + conv.call(x))|};")]
    [InlineData("return {|#0:(x + conv.call(x)).relu()|};")]
    [InlineData("var y = conv.call(x); y = y.add(x); y = {|#0:y.relu()|}; return y;")]
    [InlineData("using var y = x + conv.call(x); return {|#0:functional.relu(y)|};")]
    public Task A_sum_and_its_activation(string forward) => Verify.Reports(Code.Module(Fields, "", forward), Expected.Info("BW4001", 0, AddRelu));

    /// <summary>What is made before a loop is read by each round: to write over it would spoil it for the next.</summary>
    [Theory]
    [InlineData("var y = x * 2; for (var i = 0; i < 3; i++) x = conv.call(functional.relu(y)); return x;")]
    [InlineData("var y = x + 1; foreach (var layer in layers) x = layer.call(y.relu()); return x;")]
    [InlineData("var y = x + 1; do x = conv.call(y.sigmoid()); while (x.dim() > 4); return x;")]
    [InlineData("var y = x + 1; Tensor Next() => conv.call(functional.relu(y)); return Next() + conv.call(Next());")]
    [InlineData("var y = x + 1; Func<Tensor> next = () => conv.call(functional.relu(y)); return conv.call(next()) + conv.call(next());")]
    public Task What_is_read_in_each_round_is_no_chain(string forward) => Verify.IsSilent(Code.Module("private readonly Conv2d conv = Conv2d(8, 8, 3); private readonly ModuleList<Conv2d> layers = new();", "", forward));

    [Theory]
    [InlineData("for (var i = 0; i < 3; i++) { var y = x + 1; x = conv.call({|#0:functional.relu(y)|}); } return x;")]
    [InlineData("foreach (var layer in layers) x = layer.call({|#0:(x + 1).relu()|}); return x;")]
    [InlineData("var y = x + 1; foreach (var part in {|#0:functional.relu(y)|}.chunk(2)) x = conv.call(part); return x;")]
    [InlineData("var y = x + 1; for (var z = {|#0:functional.relu(y)|}; z.dim() > 4;) z = conv.call(z); return x;")]
    public Task Within_one_round_it_is_one(string forward) => Verify.Reports(
        Code.Module("private readonly Conv2d conv = Conv2d(8, 8, 3); private readonly ModuleList<Conv2d> layers = new();", "", forward),
        Expected.Info("BW4001", 0, "2 element-wise passes follow one another (add, relu), each reading and writing the whole tensor; measured with such passes: 2427 against 2842 batches/s on a GPU without"));

    [Fact]
    public Task Arithmetic_on_arithmetic() => Verify.Reports(
        Code.Module(Fields, "", "return {|#0:conv.call(x) * scale + x|};"),
        Expected.Info("BW4001", 0, "2 element-wise passes follow one another (mul, add), each reading and writing the whole tensor; measured with such passes: 2672 against 2842 batches/s on a GPU without"));

    [Fact]
    public Task A_tree_of_passes_is_one_diagnostic() => Verify.Reports(
        Code.Module(Fields, "", "return {|#0:(x * scale + conv.call(x) * 0.5f).relu()|};"),
        Expected.Info("BW4001", 0, "4 element-wise passes follow one another (mul, mul, add, relu), each reading and writing the whole tensor; measured with such passes: 2427 against 2842 batches/s on a GPU without"));

    [Fact]
    public Task The_number_is_configurable() => Verify.ReportsWith(
        "BW4001.minimum_passes = 3",
        Code.Module(Fields, "", "return functional.relu(x + conv.call(x));"));

    [Theory]
    [InlineData("return functional.relu(conv.call(x));")]
    [InlineData("return x + conv.call(x);")]
    [InlineData("return (x + conv.call(x)).relu_();")]
    [InlineData("return functional.relu(x + conv.call(x), inplace: true);")]
    [InlineData("return conv.call(x).add_(x).relu_();")]
    [InlineData("var y = x + conv.call(x); return y.relu().matmul(conv.call(y));")]
    [InlineData("var w = scale * 2 + 1; return conv.call(w.matmul(x));")]
    [InlineData("var s = x.shape[0] * 2 + 1; return conv.call(x);")]
    public Task One_pass_passes_in_place_and_results_used_twice_are_silent(string forward) => Verify.IsSilent(Code.Module(Fields, "", forward));

    [Fact]
    public Task Arithmetic_on_lengths_is_small() => Verify.IsSilent(Code.File("""
        class Masked : Module<Tensor, Tensor, Tensor>
        {
            private readonly Conv2d conv = Conv2d(8, 8, 1);
            public Masked() : base("Masked") => RegisterComponents();
            public override Tensor forward(Tensor x, Tensor lengths) => conv.call(x).index_select(0, (lengths - 3) / 2 + 1);
        }
        """));

    [Theory]
    [InlineData("return {|#0:conv.call(x).exp() * x|};", "exp, mul")]
    [InlineData("return {|#0:torch.log(torch.abs(conv.call(x)) + 1e-6)|};", "abs, add, log")]
    [InlineData("return {|#0:(conv.call(x) * x).clamp(0, 6)|};", "mul, clamp")]
    [InlineData("return {|#0:conv.call(x).pow(2).sqrt()|};", "pow, sqrt")]
    [InlineData("return {|#0:-conv.call(x).square()|};", "square, neg")]
    [InlineData("return {|#0:functional.softplus(conv.call(x)).tanh()|};", "softplus, tanh")]
    public Task Functions_of_each_value_are_passes(string forward, string passes) => Verify.Reports(
        Code.Module(Fields, "", forward),
        Expected.Info("BW4001", 0, $"{passes.Split(',').Length} element-wise passes follow one another ({passes}), each reading and writing the whole tensor; measured with such passes: {(passes.Contains("mul", StringComparison.Ordinal) || passes.Contains("add", StringComparison.Ordinal) ? 2427 : 2647)} against 2842 batches/s on a GPU without"));

    [Theory]
    [InlineData("return conv.call(x).exp();")]
    [InlineData("return conv.call(x).exp().exp_();")]
    [InlineData("return conv.call(x).exp().softmax(1);")]
    [InlineData("return conv.call(x).exp().cumsum(1);")]
    [InlineData("return conv.call(x).exp().sum(1).log();")]
    [InlineData("return conv.call(x).exp() > x;")]
    [InlineData("return (conv.call(x) > 0).isnan();")]
    [InlineData("var e = conv.call(x).exp(); return e.log().matmul(e);")]
    [InlineData("var s = Math.Exp(2) * Math.Sqrt(3); return conv.call(x) * s;")]
    [InlineData("return conv.call(x) * (scale.log() * 0.5).exp();")]
    [InlineData("var g = x.mean(new long[] { 2, 3 }, keepdim: true); return x * g.square().sqrt();")]
    [InlineData("return (x.unsqueeze(-1) * scale).sin();")]
    [InlineData("return (conv.call(x) - x).square().mean();")]
    public Task Other_functions_and_functions_of_what_is_small_are_none(string forward) => Verify.IsSilent(Code.Module(Fields, "", forward));

    /// <summary>The sigmoid of a squeeze-and-excite is on one pixel, whether its layers are fields, a Sequential or a class of their own.</summary>
    [Theory]
    [InlineData("var g = fc.call(pool.call(x)); return x * g.sigmoid();")]
    [InlineData("return x * functional.hardsigmoid(gate.call(x));")]
    [InlineData("return x * (se.call(x).sigmoid() + 1);")]
    [InlineData("var s = x.mean(new long[] { 2, 3 }, keepdim: true); return x * (s + 1).sigmoid();")]
    [InlineData("var s = torch.sqrt(x.var()); return x / (s + 1e-5) ;")]
    public Task A_gate_of_one_pixel_is_small(string forward) => Verify.IsSilent(Code.File($$"""
        class Squeeze : Module<Tensor, Tensor>
        {
            private readonly Sequential s;
            public Squeeze(int c) : base("Squeeze") { s = Sequential(AdaptiveAvgPool2d(1), Conv2d(c, c, 1)); RegisterComponents(); }
            public override Tensor forward(Tensor x) => s.call(x);
        }
        class Se : Module<Tensor, Tensor>
        {
            private readonly AdaptiveAvgPool2d pool = AdaptiveAvgPool2d(1);
            private readonly Conv2d fc = Conv2d(64, 64, 1);
            private readonly Sequential gate = Sequential(AdaptiveAvgPool2d((1, 1)), Conv2d(64, 64, 1));
            private readonly Squeeze se = new(64);
            public Se() : base("Se") => RegisterComponents();
            public override Tensor forward(Tensor x) { using var scope = NewDisposeScope(); {{forward.Replace("return ", "return (", StringComparison.Ordinal).TrimEnd(' ', ';')}}).MoveToOuterDisposeScope(); }
        }
        """));

    [Fact]
    public Task Arithmetic_on_a_parameter_of_one_element_is_small() => Verify.IsSilent(Code.Module(
        "private readonly Parameter lam = Parameter(ones(1)); private readonly Conv2d fc = Conv2d(64, 64, 1);",
        "",
        "using var s = NewDisposeScope(); return ((1 / lam) * fc.call(x)).MoveToOuterDisposeScope();"));

    [Theory]
    [InlineData("var v = a.call(x); var w = b.call(x); return v + w - w.mean(new long[] { 1 }, keepdim: true);")]
    [InlineData("return (a.call(x) * 2 + 1).sigmoid();")]
    public Task Features_without_height_and_width_are_small(string forward) => Verify.IsSilent(Code.Module(
        "private readonly Linear a = Linear(64, 1), b = Linear(64, 8);", "", forward));

    [Fact]
    public Task One_channel_is_small() => Verify.IsSilent(Code.Module(
        Fields, "", "var red = torch.unsqueeze(x[(null, null), 0], 1) * 0.458f - 0.03f; return conv.call(torch.cat([red, red], 1));"));

    [Fact]
    public Task A_second_inputs_scale_does_not_count() => Verify.Reports(
        Code.File("""
            class Film : Module<Tensor, Tensor, Tensor>
            {
                private readonly GroupNorm norm = GroupNorm(4, 64);
                private readonly Linear emb = Linear(64, 64);
                public Film() : base("Film") => RegisterComponents();
                public override Tensor forward(Tensor x, Tensor t) { var scale = emb.call(t).view(-1, 64, 1, 1); return {|#0:norm.call(x) * (1 + scale) + scale|}; }
            }
            """),
        Expected.Info("BW4001", 0, "2 element-wise passes follow one another (mul, add), each reading and writing the whole tensor; measured with such passes: 2672 against 2842 batches/s on a GPU without"));

    [Fact]
    public Task A_loss_is_computed_of_predictions() => Verify.IsSilent(Code.File("""
        class Focal : Module<Tensor, Tensor, Tensor>
        {
            private readonly BCEWithLogitsLoss bce = BCEWithLogitsLoss();
            public Focal() : base("Focal") => RegisterComponents();
            public override Tensor forward(Tensor x, Tensor t) { var p = x.sigmoid(); var l = (1 - p) * t + p * (1 - t); return l.mean() + 0.5 * bce.call(x, t) * 2; }
        }
        """));

    /// <summary>Losses by torch's functions, and by modules of one's own that give one number or one for each image.</summary>
    [Theory]
    [InlineData("return functional.mse_loss(x, t) * 0.5 + functional.l1_loss(x, t) * 0.5;")]
    [InlineData("return (functional.cross_entropy(x, t, reduction: Reduction.None).view(t.shape) * t + functional.cross_entropy(x, 1 - t, reduction: Reduction.None).view(t.shape) * 2).mean([-1]);")]
    [InlineData("return 0.5 * bce.call(x, t) + 0.5 * dice.call(x, t) * 2;")]
    [InlineData("return 0.5 * both.call(x, t) + 0.5 * dice.call(x, t) * 2;")]
    public Task A_loss_of_losses(string forward) => Verify.IsSilent(Losses(forward));

    [Fact]
    public Task A_module_of_two_tensors_that_gives_a_map_is_no_loss() => Verify.Reports(
        Losses("return {|#0:0.5 * bce.call(x, t) + 0.5 * sum.call(x, t) * 2|};"),
        Expected.Info("BW4001", 0, "3 element-wise passes follow one another (mul, mul, add), each reading and writing the whole tensor; measured with such passes: 2672 against 2842 batches/s on a GPU without"));

    private static string Losses(string forward) => Code.File($$"""
        class Dice : Module<Tensor, Tensor, Tensor>
        {
            private readonly bool whole;
            public Dice(bool whole = true) : base("Dice") { this.whole = whole; RegisterComponents(); }
            public override Tensor forward(Tensor x, Tensor t)
            {
                var dice = (x * t).sum(dim: [2, 3]) / (x.sum(dim: [2, 3]) + t.sum(dim: [2, 3]));
                if (whole)
                    return dice.mean();
                return dice;
            }
        }
        class Sum : Module<Tensor, Tensor, Tensor>
        {
            public Sum() : base("Sum") { }
            public override Tensor forward(Tensor x, Tensor t) => x + t;
        }
        class Both : Module<Tensor, Tensor, Tensor>
        {
            private readonly Dice dice = new();
            public Both() : base("Both") => RegisterComponents();
            public override Tensor forward(Tensor x, Tensor t) => dice.call(x, t) * 2;
        }
        class Criterion : Module<Tensor, Tensor, Tensor>
        {
            private readonly BCEWithLogitsLoss bce = BCEWithLogitsLoss();
            private readonly Dice dice = new();
            private readonly Sum sum = new();
            private readonly Both both = new();
            public Criterion() : base("Criterion") => RegisterComponents();
            public override Tensor forward(Tensor x, Tensor t) { {{forward}} }
        }
        """);

    /// <summary>An outer product is computed once; what goes before it is as small as its factors.</summary>
    [Theory]
    [InlineData("return 2 * x.unsqueeze(1) * other.unsqueeze(0);")]
    [InlineData("var y = x.unsqueeze(-1); return (y * 3 + 1) * other;")]
    public Task What_is_spread_is_small(string forward) => Verify.IsSilent(Code.Module("private readonly Tensor other = ones(64);", "", forward));

    [Fact]
    public Task What_a_layer_makes_of_it_is_not() => Verify.Reports(
        Code.Module(Fields, "", "var y = conv.call(x.unsqueeze(1)); return {|#0:y * 2 + 1|};"),
        Expected.Info("BW4001", 0, "2 element-wise passes follow one another (mul, add), each reading and writing the whole tensor; measured with such passes: 2672 against 2842 batches/s on a GPU without"));

    [Theory]
    [InlineData("return {|#0:x * x.sigmoid()|};", "2 element-wise passes follow one another (sigmoid, mul)", "silu")]
    [InlineData("return {|#0:x.mul(torch.sigmoid(x))|};", "2 element-wise passes follow one another (sigmoid, mul)", "silu")]
    [InlineData("var s = functional.sigmoid(x); return {|#0:s * x|};", "2 element-wise passes follow one another (sigmoid, mul)", "silu")]
    [InlineData("return {|#0:x * functional.relu6(x + 3) / 6|};", "4 element-wise passes follow one another (add, relu6, mul, div)", "hardswish")]
    [InlineData("return {|#0:x.mul(functional.relu6(x.add(3))).div(6)|};", "4 element-wise passes follow one another (add, relu6, mul, div)", "hardswish")]
    [InlineData("return {|#0:x * (functional.relu6(3 + x) / 6f)|};", "4 element-wise passes follow one another (add, relu6, div, mul)", "hardswish")]
    [InlineData("return {|#0:x * functional.hardsigmoid(x)|};", "2 element-wise passes follow one another (hardsigmoid, mul)", "hardswish")]
    public Task An_activation_that_torch_has_is_named(string forward, string passes, string name) => Verify.Reports(
        Code.Module(Fields, "", forward),
        Expected.Info("BW4001", 0, $"{passes}, each reading and writing the whole tensor; measured with such passes: 2427 against 2842 batches/s on a GPU without; it is {name}"));

    [Theory]
    [InlineData("return {|#0:x * functional.relu6(x + 2) / 6|};", "add, relu6, mul, div", 4)]
    [InlineData("return {|#0:x * functional.relu6(x + 3) / 5|};", "add, relu6, mul, div", 4)]
    [InlineData("return {|#0:x.mul(functional.relu6(x + 3)).div(6, RoundingMode.floor)|};", "add, relu6, mul, div", 4)]
    [InlineData("return {|#0:x * conv.call(x).sigmoid()|};", "sigmoid, mul", 2)]
    [InlineData("return {|#0:x * (x * 1.702).sigmoid()|};", "mul, sigmoid, mul", 3)]
    public Task What_is_nearly_one_is_not(string forward, string passes, int count) => Verify.Reports(
        Code.Module(Fields, "", forward),
        Expected.Info("BW4001", 0, $"{count} element-wise passes follow one another ({passes}), each reading and writing the whole tensor; measured with such passes: 2427 against 2842 batches/s on a GPU without"));
}
