using static Blockwright.Analyzers.Tests.Declared.Rules.RuleTest;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

public sealed class UnequalChannelsTests
{
    // 32 * 32 * (64 + 192) + 64 * 192 = 274,432; 2 * 1024 * sqrt(64 * 192) + 64 * 192 = 239,311.
    private const string OneToThree = "1x1 convolution from 64 to 192 channels at 32 x 32 is 1:3: it moves 274,432 values where 239,311 are the least for its FLOPs; ";

    [Fact]
    public Task At_its_real_size() => Verify(
        Net("""Conv1x1({|#0:192|}), BatchNorm2d, ReLU, Conv2d(64, 3), BatchNorm2d"""),
        ("BW1001", Warning, OneToThree + "measured at 1:2: 1296 against 1480 batches/s on a GPU"));

    [Fact]
    public Task A_block_is_judged_at_each_use_and_the_worst_is_quoted() => Verify(
        "[Block] [Conv1x1({|#0:\"in*3\"|}), BatchNorm2d, ReLU, Conv2d(\"in\", 3), BatchNorm2d] public partial class Unit;"
        + Net("""Stage<Unit>("a", Units = 2), Conv2d(128, 3, Stride = 2), Stage<Unit>("b", Units = 4)"""),
        ("BW1001", Warning, OneToThree + "measured at 1:2: 1296 against 1480 batches/s on a GPU (in Net: a.0; also a.1, b.0, b.1 and 2 more)"));

    [Fact]
    public Task Below_the_ratio_in_a_unit_of_stride_1_it_is_a_remark() => Verify(
        "[Block] [Conv1x1({|#0:\"in*2\"|}), BatchNorm2d, ReLU, Conv2d(\"in\", 3), BatchNorm2d] public partial class Unit;" + Net("Apply<Unit>"),
        ("BW1001", Info, "1x1 convolution from 64 to 128 channels at 32 x 32 is 1:2: it moves 204,800 values where 193,556 are the least for its FLOPs; measured at 1:2: 1296 against 1480 batches/s on a GPU (in Net: 3)"));

    [Fact]
    public Task Groups_share_the_weights_out() => Verify(
        Net("Conv1x1({|#0:192|}, Groups = 2), BatchNorm2d, ReLU, Conv2d(64, 3)"),
        ("BW1001", Warning, "1x1 convolution from 64 to 192 channels at 32 x 32 is 1:3: it moves 268,288 values where 233,167 are the least for its FLOPs; measured at 1:2: 1296 against 1480 batches/s on a GPU"));

    [Fact]
    public Task The_target_chooses_the_table() => VerifyWith(
        "blockwright_target = arm",
        Net("Conv1x1({|#0:192|}), BatchNorm2d, ReLU, Conv2d(64, 3)"),
        ("BW1001", Warning, OneToThree + "measured at 1:2: 72.9 against 76.2 images/s on ARM"));

    [Fact]
    public Task A_down_sampling_unit_that_changes_more_than_it_widens() => Verify(
        "[Block] [Conv1x1({|#0:\"in*3\"|}), BatchNorm2d, ReLU, DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1(128), BatchNorm2d] public partial class Unit;" + Net("Apply<Unit>"),
        ("BW1001", Info, OneToThree + "measured at 1:2: 1296 against 1480 batches/s on a GPU (in Net: 3)"));

    /// <summary>One pixel comes out, and its window does not reach all of the map: no head, but for what flattens it.</summary>
    [Fact]
    public Task A_pool_that_misses_a_part_of_the_map_is_no_mean() => Verify(
        Net("Conv1x1({|#0:192|}), BatchNorm2d, ReLU, AvgPool2d(17, Stride = 16, Padding = 0), Conv2d(64, 3)"),
        ("BW1001", Info, OneToThree + "measured at 1:2: 1296 against 1480 batches/s on a GPU"));

    [Theory]
    [InlineData("Conv2d(64, 3)")] // over a window, where each of the 192 costs most
    [InlineData("BatchNorm2d, Conv1x1(64)", "Conv1x1(64)")] // no activation: one convolution would do
    [InlineData("BatchNorm2d, Dropout(0.1), Conv2d(64, 3, Stride = 2)")]
    public Task An_expansion_that_a_dense_convolution_takes_back_is_wasted(string next, string? second = null) => Verify(
        Net($"Conv1x1({{|#0:192|}}), {(second is null ? next : next.Replace("(64)", "({|#1:64|})", StringComparison.Ordinal))}, BatchNorm2d, ReLU, Conv2d(64, 3)"),
        [
            ("BW1001", Warning, OneToThree + "measured at 1:2: 1296 against 1480 batches/s on a GPU"),
            .. second is null ? Array.Empty<(string, Microsoft.CodeAnalysis.DiagnosticSeverity, string)>() : [("BW1001", Info, OneToThree.Replace("64 to 192", "192 to 64", StringComparison.Ordinal) + "measured at 1:2: 1296 against 1480 batches/s on a GPU")],
        ]);

    [Theory]
    [InlineData("ReLU6, DepthwiseConv2d(3), BatchNorm2d, Conv2d(64, 3)")] // an inverted bottleneck
    [InlineData("ReLU, Conv1x1({|#1:64|}), Conv2d(64, 3)")] // a perceptron on each pixel
    [InlineData("ReLU, Conv2d(192, 3)")] // wide from here on
    [InlineData("ReLU, Conv2d(64, 3, Groups = 2)")]
    [InlineData("ReLU, MaxPool2d(2), Conv2d(64, 3)")]
    public async Task An_expansion_that_may_be_worth_it_is_a_remark(string next)
    {
        var said = "measured at 1:2: 1296 against 1480 batches/s on a GPU";
        (string, Microsoft.CodeAnalysis.DiagnosticSeverity, string) first = ("BW1001", Info, OneToThree + said);
        (string, Microsoft.CodeAnalysis.DiagnosticSeverity, string) second = ("BW1001", Info, OneToThree.Replace("64 to 192", "192 to 64", StringComparison.Ordinal) + said);
        await Verify(Net($"Conv1x1({{|#0:192|}}), BatchNorm2d, {next}"), next.Contains("#1", StringComparison.Ordinal) ? [first, second] : [first]);
    }

    [Fact]
    public Task A_reduction_is_a_remark() => Verify(
        Net("Conv1x1({|#0:16|}), BatchNorm2d, ReLU, Conv2d(64, 3)"),
        ("BW1001", Info, "1x1 convolution from 64 to 16 channels at 32 x 32 is 1:4: it moves 82,944 values where 66,560 are the least for its FLOPs; measured at 1:6: 876 against 1480 batches/s on a GPU"));

    [Theory]
    [InlineData("Conv1x1, BatchNorm2d, ReLU")] // equal
    [InlineData("Conv1x1(128), BatchNorm2d, ReLU, Conv2d(64, 3)")] // 1:2, not in a unit
    [InlineData("Conv1x1(1024), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(10)")] // the head
    [InlineData("Dropout(0.5), Conv1x1(1000), ReLU, AvgPool2d(32, Padding = 0), Flatten")] // the head of SqueezeNet, pooled by a window
    [InlineData("Conv1x1(1024), BatchNorm2d, ReLU, MaxPool2d(2), GlobalAvgPool2d, Linear(10)")] // the head, through a pool
    [InlineData("Conv1x1(256), BatchNorm2d, ReLU, Flatten, Linear(10)")] // Flatten stands for the global pool
    [InlineData("Conv1x1(256), BatchNorm2d, ReLU, AvgPool2d(4), Flatten, Linear(10)")]
    [InlineData("Conv1x1(256, Bias = true)")] // a prediction
    [InlineData("Conv1x1(21, Bias = true), AvgPool2d(2)")]
    [InlineData("Conv1x1(256), Sigmoid, ChannelShuffle(4), Flatten")]
    [InlineData("GlobalAvgPool2d, Conv1x1(8), ReLU, Conv1x1(64), Sigmoid")] // one pixel
    [InlineData("Conv2d(256, 3), BatchNorm2d, ReLU")] // not 1x1
    public Task Silent(string body) => Verify(Net(body));

    [Theory]
    [InlineData("Conv1x1(\"out\")")] // widens as the unit does
    [InlineData("Conv1x1(128)")] // 1:2
    public Task Silent_in_a_down_sampling_unit(string layer) => Verify(
        $"[Block] [DepthwiseConv2d(3, Stride = 2), BatchNorm2d, {layer}, BatchNorm2d, ReLU, Conv2d(\"out\", 3)] public partial class Unit;" + Net("Apply<Unit>(Channels = 256)"));

    [Fact]
    public Task The_ratio_is_configured() => VerifyWith("BW1001.warning_ratio = 3.5", Net("Conv1x1(192), BatchNorm2d, ReLU"));

    [Fact]
    public Task A_block_that_no_network_uses_has_no_figures() => Verify("[Block] [Conv1x1(\"in*6\"), BatchNorm2d, ReLU] public partial class Unit;");
}
