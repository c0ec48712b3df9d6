using static Blockwright.Analyzers.Tests.Declared.Rules.RuleTest;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

public sealed class GroupsTests
{
    private const string Measured = "; measured at 8 groups: 634 against 2451 batches/s on a GPU";

    // 32 * 32 * 128 + 9 * 64 * 64 / 8 = 135,680; without groups 32 * 32 * 128 / sqrt(8) + 4,608 = 50,949.
    private const string Eight = "Convolution of 64 to 64 channels in 8 groups at 32 x 32, at most 4 in shallow stages (down-sampled 2 times): it moves 135,680 values, 50,949 without groups at equal FLOPs";

    [Fact]
    public Task Above_the_most() => Verify(Net("Conv2d(64, 3, Groups = {|#0:8|}), BatchNorm2d, ReLU"), ("BW2001", Info, Eight + Measured));

    [Fact]
    public Task Above_the_typical_is_a_remark() => Verify(
        Net("Conv2d(64, 3, Groups = {|#0:4|}), BatchNorm2d, ReLU"),
        ("BW2001", Info, "Convolution of 64 to 64 channels in 4 groups at 32 x 32, typically 2 in shallow stages (down-sampled 2 times): it moves 140,288 values, 74,752 without groups at equal FLOPs; measured at 4 groups: 1026 against 2451 batches/s on a GPU"));

    [Fact]
    public Task The_middle_bears_more() => Verify(
        Net("MaxPool2d(2), MaxPool2d(2), Conv2d(64, 3, Groups = 4), BatchNorm2d, Conv2d(64, 3, Groups = {|#0:8|}), BatchNorm2d"),
        ("BW2001", Info, "Convolution of 64 to 64 channels in 8 groups at 8 x 8, typically 4 in middle stages (down-sampled 8 times): it moves 12,800 values, 7,504 without groups at equal FLOPs" + Measured));

    [Fact]
    public Task The_depths_bear_most() => Verify(
        Net("MaxPool2d(2), MaxPool2d(2), MaxPool2d(2), MaxPool2d(2), Conv2d(64, 3, Groups = 8), BatchNorm2d, Conv2d(64, 3, Groups = {|#0:32|}), BatchNorm2d"),
        ("BW2001", Info, "Convolution of 64 to 64 channels in 32 groups at 2 x 2, at most 16 in deep stages (down-sampled 32 times): it moves 1,664 values, 1,243 without groups at equal FLOPs" + Measured));

    [Theory]
    [InlineData("arm", "27.8 against 40 images/s on ARM")]
    [InlineData("cpu", "27.8 against 40 images/s on ARM")]
    public Task A_target_that_bears_groups(string target, string measured) => VerifyWith(
        $"blockwright_target = {target}",
        Net("Conv2d(64, 3, Groups = {|#0:8|}), BatchNorm2d, ReLU"),
        ("BW2001", Info, Eight + "; measured at 8 groups: " + measured));

    [Theory]
    [InlineData("DepthwiseConv2d(3), BatchNorm2d, ReLU")]
    [InlineData("Conv2d(128, 3, Groups = 64), BatchNorm2d, ReLU")] // depthwise, two for each channel
    [InlineData("Conv2d(64, 3, Groups = 2), BatchNorm2d, ReLU")]
    public Task Silent(string body) => Verify(Net(body));
}
