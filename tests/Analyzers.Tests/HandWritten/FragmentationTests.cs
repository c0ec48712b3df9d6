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

    [Theory]
    [InlineData("return {|#0:a.call(x) + b.call(x) + c.call(x)|};")]
    [InlineData("var y = a.call(x); y = y + b.call(x); return {|#0:y.add(c.call(x))|} * 2;")]
    [InlineData("return {|#0:(a.call(x) + x) + (b.call(x) + c.call(p.call(x)))|};")]
    public Task Three_branches_that_are_summed(string forward) => Verify.Reports(
        Code.Module(Fields, "", forward), Expected.Info("BW3001", 0, Three.Replace("concatenated", "added", StringComparison.Ordinal)));

    /// <summary>A feature pyramid: each level's convolution sees the sum of its own map and those above, and none of them sees what another does.</summary>
    [Fact]
    public Task The_levels_of_a_pyramid_are_no_branches() => Verify.IsSilent(Code.File("""
        class Pyramid : Module<Tensor[], Tensor>
        {
            private readonly Conv2d in3 = Conv2d(64, 32, 1), in4 = Conv2d(128, 32, 1), in5 = Conv2d(256, 32, 1), out3 = Conv2d(32, 16, 3, padding: 1), out4 = Conv2d(32, 16, 3, padding: 1), out5 = Conv2d(32, 16, 3, padding: 1);
            public Pyramid() : base("Pyramid") => RegisterComponents();
            public override Tensor forward(Tensor[] maps)
            {
                var p5 = in5.call(maps[2]);
                var p4 = in4.call(maps[1]) + functional.interpolate(p5, scale_factor: [2, 2]);
                var p3 = in3.call(maps[0]) + functional.interpolate(p4, scale_factor: [2, 2]);
                return torch.cat([functional.interpolate(out5.call(p5), scale_factor: [4, 4]), functional.interpolate(out4.call(p4), scale_factor: [2, 2]), out3.call(p3)], 1);
            }
        }
        """));

    /// <summary>A sum is an input like others: what convolves it side by side are branches.</summary>
    [Fact]
    public Task Branches_over_a_sum() => Verify.Reports(
        Code.Module(Fields, "", "var y = x + p.call(x); return {|#0:torch.cat([a.call(y), b.call(y), c.call(y)], 1)|};"), Expected.Info("BW3001", 0, Three));

    /// <summary>One path in series, whose intermediate results are joined: VoVNet's, a pyramid's, a residual's.</summary>
    [Theory]
    [InlineData("var y = a.call(x); var z = b.call(y); var w = c.call(z); return torch.cat([x, y, z, w], 1);")]
    [InlineData("var y = a.call(x); var z = b.call(y); var w = c.call(z); return torch.cat([y.relu(), z.relu(), w.relu()], 1);")]
    [InlineData("var y = a.call(x); var z = b.call(y); var w = c.call(z); return y + z + w;")]
    [InlineData("var y = a.call(x); return torch.cat([b.call(y), c.call(p.call(y)), y], 1);")]
    [InlineData("return a.call(x) + b.call(x);")]
    [InlineData("var y = a.call(x); return x + b.call(y) + c.call(b.call(y));")]
    public Task A_chain_is_one_branch(string forward) => Verify.IsSilent(Code.Module(Fields, "", forward));

    [Fact]
    public Task A_gate_on_one_pixel_is_no_branch() => Verify.IsSilent(Code.Module(
        Fields + " private readonly AdaptiveAvgPool2d one = AdaptiveAvgPool2d(1); private readonly Conv2d fc = Conv2d(64, 16, 1);", "", "return a.call(x) + b.call(x) + fc.call(one.call(x));"));
}
