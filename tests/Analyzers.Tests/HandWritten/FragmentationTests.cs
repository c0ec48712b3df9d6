using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.Fragmentation>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class FragmentationTests
{
    private const string Fields = "private readonly Module<Tensor, Tensor> a = Conv2d(64, 16, 1), b = Conv2d(64, 16, 3, padding: 1), c = Sequential(Conv2d(64, 16, 1), ReLU()), p = MaxPool2d(3, 1, 1);";
    private const string Three = "3 convolutional branches over the same input are concatenated, 2 at most; measured at 4 parallel fragments and equal FLOPs: 691 against 2446 batches/s on a GPU";

    [Theory]
    [InlineData("return {|#0:torch.cat(new[] { a.call(x), b.call(x), c.call(x) }, 1)|};")]
    [InlineData("return {|#0:torch.cat([a.call(x), b.call(x), c.call(x)], dim: 1)|};")]
    [InlineData("using var y1 = a.call(x); using var y2 = b.call(x).relu(); using var y3 = c.call(p.call(x)); var all = new List<Tensor> { y1, y2, y3, x }; return {|#0:torch.cat(all, 1)|};")]
    public Task Three_branches_over_one_input(string forward) => Verify.Reports(Code.Module(Fields, "", forward), Expected.Info("BW3001", 0, Three));

    [Fact]
    public Task A_branch_that_forks_again_is_one_branch() => Verify.Reports(
        Code.Module(Fields, "", "return {|#0:torch.cat([a.call(x), torch.cat([b.call(x), p.call(x)], 1), c.call(x)], 1)|};"),
        Expected.Info("BW3001", 0, Three));

    [Fact]
    public Task Modules_of_an_own_class_are_looked_into() => Verify.Reports(
        Code.File("""
            class ConvNorm : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv;
                public ConvNorm(int channels) : base("ConvNorm") { conv = Conv2d(channels, 16, 1); RegisterComponents(); }
                public override Tensor forward(Tensor x) => conv.call(x);
            }
            class Block : Module<Tensor, Tensor>
            {
                private readonly ConvNorm a = new(64), b = new(64), c = new(64);
                public Block() : base("Block") => RegisterComponents();
                public override Tensor forward(Tensor x) => {|#0:torch.cat([a.call(x), b.call(x), c.call(x)], 1)|};
            }
            """),
        Expected.Info("BW3001", 0, Three));

    [Fact]
    public Task The_limit_is_configurable() => Verify.ReportsWith(
        "BW3001.maximum_branches_downsampling = 1\nblockwright_target = arm",
        Code.Module(Fields, "", "return {|#0:torch.cat([a.call(x), b.call(x)], 1)|};"),
        Expected.Info("BW3001", 0, "2 convolutional branches over the same input are concatenated, 1 at most; measured at 2 parallel fragments and equal FLOPs: 33.4 against 40.2 images/s on ARM"));

    [Theory]
    [InlineData("return torch.cat([a.call(x), b.call(x)], 1);")]
    [InlineData("return torch.cat([a.call(x), b.call(x), p.call(x), x], 1);")]
    [InlineData("return torch.cat([a.call(x), b.call(x), c.call(x)], 0);")]
    [InlineData("var parts = x.chunk(3, 1); return torch.cat([a.call(parts[0]), b.call(parts[1]), c.call(parts[2])], 1);")]
    [InlineData("var y = a.call(x); var z = b.call(torch.cat([x, y], 1)); var w = c.call(torch.cat([x, y, z], 1)); return torch.cat([x, y, z, w], 1);")]
    public Task Two_branches_other_inputs_and_dense_blocks_are_silent(string forward) => Verify.IsSilent(Code.Module(Fields, "", forward));
}
