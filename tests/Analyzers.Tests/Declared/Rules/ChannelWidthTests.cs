using static Blockwright.Analyzers.Tests.Declared.Rules.RuleTest;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

public sealed class ChannelWidthTests
{
    [Theory]
    [InlineData("npu", 16, 64, 4)]
    [InlineData("cpu", 8, 64, 4)]
    public Task By_target(string target, int vector, int aligned, int padding) => VerifyWith(
        $"blockwright_target = {target}",
        Net("Conv2d({|#0:60|}, 3), BatchNorm2d, ReLU, Conv2d(64, 3)"),
        ("BW1002", Info, $"60 channels are no multiple of {vector}: computed as {aligned}, of which {padding} are for nothing"));

    [Theory]
    [InlineData("gpu")]
    [InlineData("arm")]
    public Task Off_elsewhere(string target) => VerifyWith($"blockwright_target = {target}", Net("Conv2d(60, 3), BatchNorm2d, ReLU"));

    [Fact]
    public Task By_a_configured_width() => VerifyWith(
        "BW1002.vector_width = 32",
        Net("Conv2d({|#0:48|}, 3), BatchNorm2d, ReLU, Conv2d(64, 3)"),
        ("BW1002", Info, "48 channels are no multiple of 32: computed as 64, of which 16 are for nothing"));

    [Fact]
    public Task Channels_that_are_only_passed_on_are_the_first_ones_fault() => VerifyWith(
        "blockwright_target = npu",
        Net("Conv2d({|#0:60|}, 3), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d"),
        ("BW1002", Info, "60 channels are no multiple of 16: computed as 64, of which 4 are for nothing"));

    [Theory]
    [InlineData("Conv1x1(21, Bias = true)")]
    [InlineData("Conv1x1(21, Bias = true), AvgPool2d(2), Flatten")]
    public Task A_prediction_has_the_channels_that_are_asked_for(string prediction) => VerifyWith("blockwright_target = npu", Net(prediction));

    [Fact]
    public Task A_multiple_is_silent() => VerifyWith("blockwright_target = cpu", Net("Conv2d(72, 3), BatchNorm2d, ReLU"));
}
