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
}
