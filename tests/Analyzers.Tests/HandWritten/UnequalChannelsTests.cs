using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.UnequalChannels>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class UnequalChannelsTests
{
    private const string OneToSix =
        "1x1 convolution from 24 to 144 channels is 1:6: per pixel it moves 168 values where 118 are the least for its FLOPs; measured at 1:6: 876 against 1480 batches/s on a GPU";

    [Fact]
    public Task Ratio_of_six_is_reported_at_the_output_channels() => Verify.Reports(
        Code.Statements("var conv = Conv2d(24, {|#0:144|}, 1);"),
        Expected.Info("BW1001", 0, OneToSix));

    [Theory]
    [InlineData("Conv2d(24, {|#0:144|}, (1, 1))")]
    [InlineData("Conv2d(out_channels: {|#0:144|}, in_channels: 24, kernel_size: 1, bias: false)")]
    [InlineData("nn.Conv2d(24, {|#0:144|}, 1, stride: 2)")]
    [InlineData("torch.nn.Conv2d(8 * 3, {|#0:Expansion * 24|}, 1)")]
    [InlineData("Sequential((\"a\", Conv2d(24, {|#0:144|}, 1)), (\"b\", ReLU()))")]
    [InlineData("functional.conv2d(torch.zeros(1, 24, 8, 8), {|#0:torch.randn(144, 24, 1, 1)|})")]
    public Task Every_way_to_write_it_is_seen(string call) => Verify.Reports(
        Code.File($$"""
            static class Program
            {
                const int Expansion = 6;
                static object Make() => {{call}};
            }
            """),
        Expected.Info("BW1001", 0, OneToSix));

    [Fact]
    public Task Constants_are_followed_through_locals_and_fields() => Verify.Reports(
        Code.File("""
            class Net
            {
                private readonly int _channels = 24;
                private static readonly long Expansion = 6;

                object Make()
                {
                    var kernel = 1;
                    var hidden = _channels * Expansion;
                    return Conv2d(_channels, {|#0:hidden|}, kernel);
                }
            }
            """),
        Expected.Info("BW1001", 0, OneToSix));

    [Fact]
    public Task The_reverse_direction_is_the_same_ratio() => Verify.Reports(
        Code.Statements("var conv = Conv2d(144, {|#0:24|}, 1);"),
        Expected.Info("BW1001", 0, OneToSix.Replace("from 24 to 144", "from 144 to 24", StringComparison.Ordinal)));

    [Fact]
    public Task The_target_chooses_the_table() => Verify.ReportsWith(
        "blockwright_target = arm",
        Code.Statements("var conv = Conv2d(24, {|#0:144|}, 1);"),
        Expected.Info("BW1001", 0, OneToSix.Replace("876 against 1480 batches/s on a GPU", "69.1 against 76.2 images/s on ARM", StringComparison.Ordinal)));

    [Fact]
    public Task The_threshold_is_configurable() => Verify.ReportsWith(
        "BW1001.warning_ratio = 1.5",
        Code.Statements("var conv = Conv2d(24, {|#0:48|}, 1);"),
        Expected.Info("BW1001", 0, "1x1 convolution from 24 to 48 channels is 1:2: per pixel it moves 72 values where 68 are the least for its FLOPs; measured at 1:2: 1296 against 1480 batches/s on a GPU"));

    [Theory]
    [InlineData("Conv2d(24, 24, 1)")]
    [InlineData("Conv2d(24, 71, 1)")]
    [InlineData("Conv2d(24, 144, 3)")]
    [InlineData("Conv2d(24, 144, (1, 3))")]
    [InlineData("Conv2d(24, 144, 1, groups: 4)")]
    [InlineData("Conv2d(3, 64, 1)")]
    [InlineData("Conv2d(64, 1, 1)")]
    [InlineData("Conv2d(args.Length, 144, 1)")]
    [InlineData("Conv2d(24, 144, args.Length)")]
    [InlineData("Conv2d(24, 144, 1, groups: args.Length)")]
    [InlineData("ConvTranspose2d(24, 144, 1)")]
    public Task Near_misses_are_silent(string call) => Verify.IsSilent(Code.Statements($"var conv = {call};"));

    [Fact]
    public Task A_local_that_is_written_twice_is_no_constant() => Verify.IsSilent(Code.Statements(
        """
        var channels = 24;
        for (var i = 0; i < 3; i++)
        {
            var conv = Conv2d(channels, 144, 1);
            channels = 144;
        }
        """));

    [Fact]
    public Task A_linear_layer_on_one_pixel_is_exempt() => Verify.IsSilent(Code.Statements(
        "var gate = Sequential(AdaptiveAvgPool2d(1), Conv2d(128, 8, 1), ReLU(), Conv2d(8, 128, 1), Sigmoid());"));

    [Fact]
    public Task A_linear_layer_in_a_list_is_exempt() => Verify.IsSilent(Code.Statements(
        "var layers = new List<Module<Tensor, Tensor>>(); layers.Add(AdaptiveAvgPool2d(1)); layers.Add(Conv2d(128, 8, 1)); var gate = Sequential(layers);"));

    [Fact]
    public Task A_gate_whose_pool_is_in_forward_is_exempt() => Verify.IsSilent(Code.Module(
        "private readonly Conv2d reduce; private readonly Conv2d expand;",
        "reduce = Conv2d(128, 8, 1); expand = Conv2d(8, 128, 1);",
        """
        var y = functional.adaptive_avg_pool2d(x, 1);
        y = functional.relu(reduce.call(y));
        return x * expand.call(y).sigmoid();
        """));

    [Fact]
    public Task The_head_in_a_sequential_is_exempt() => Verify.IsSilent(Code.Statements(
        "var head = Sequential(Conv2d(320, 1280, 1), BatchNorm2d(1280), ReLU6(), AdaptiveAvgPool2d((1, 1)), Flatten(), Linear(1280, 1000));"));

    [Fact]
    public Task The_head_whose_pool_is_in_forward_is_exempt() => Verify.IsSilent(Code.Module(
        "private readonly Sequential head; private readonly Linear fc;",
        "head = Sequential(Conv2d(320, 1280, 1), BatchNorm2d(1280), ReLU6()); fc = Linear(1280, 1000);",
        "x = head.call(x); return fc.call(x.mean(new long[] { 2, 3 }));"));

    [Fact]
    public Task The_same_without_a_pool_is_reported() => Verify.Reports(
        Code.Module(
            "private readonly Sequential head;",
            "head = Sequential(Conv2d(320, {|#0:1280|}, 1), BatchNorm2d(1280), ReLU6());",
            "return head.call(x);"),
        Expected.Info("BW1001", 0, "1x1 convolution from 320 to 1280 channels is 1:4: per pixel it moves 1600 values where 1280 are the least for its FLOPs; measured at 1:6: 876 against 1480 batches/s on a GPU"));

    [Fact]
    public Task The_name_alone_means_nothing() => Verify.IsSilent(
        "static class Other { static object Conv2d(long in_channels, long out_channels, long kernel_size) => new(); static object Make() => Conv2d(24, 144, 1); }");
}
