using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.GroupedConvolution>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class GroupedConvolutionTests
{
    private const string ThirtyTwo = "Convolution of 128 channels in 32 groups, 16 at most; measured at 8 groups and equal FLOPs: 634 against 2451 batches/s on a GPU";

    [Fact]
    public Task Above_the_maximum_is_a_warning_at_the_groups() => Verify.Reports(
        Code.Statements("var conv = Conv2d(128, 128, 3, padding: 1, groups: {|#0:32|});"),
        Expected.Info("BW2001", 0, ThirtyTwo));

    [Fact]
    public Task Between_typical_and_maximum_is_a_remark() => Verify.Reports(
        Code.Statements("var conv = Conv2d(128, 128, 3, padding: 1, groups: {|#0:16|});"),
        Expected.Info("BW2001", 0, "Convolution of 128 channels in 16 groups, 8 typically; measured at 8 groups and equal FLOPs: 634 against 2451 batches/s on a GPU"));

    [Fact]
    public Task A_function_whose_weight_is_written_down_is_judged() => Verify.Reports(
        Code.Statements("var y = functional.conv2d(torch.zeros(1, 128, 8, 8), torch.randn(128, 4, 3, 3), groups: {|#0:32|});"),
        Expected.Info("BW2001", 0, ThirtyTwo));

    [Fact]
    public Task On_an_arm_core_it_is_a_remark() => Verify.ReportsWith(
        "blockwright_target = arm",
        Code.Statements("var conv = Conv2d(128, 128, 3, groups: {|#0:32|});"),
        Expected.Info("BW2001", 0, ThirtyTwo.Replace("634 against 2451 batches/s on a GPU", "27.8 against 40 images/s on ARM", StringComparison.Ordinal)));

    [Fact]
    public Task The_limits_are_configurable() => Verify.ReportsWith(
        "BW2001.maximum_groups_deep = 3",
        Code.Statements("var conv = Conv2d(128, 128, 3, groups: {|#0:4|});"),
        Expected.Info("BW2001", 0, "Convolution of 128 channels in 4 groups, 3 at most; measured at 4 groups and equal FLOPs: 1026 against 2451 batches/s on a GPU"));

    [Fact]
    public Task A_severity_that_the_user_sets_holds_for_remarks_too() => Verify.ReportsWith(
        "dotnet_diagnostic.BW2001.severity = error",
        Code.Statements("var conv = Conv2d(128, 128, 3, groups: {|#0:16|});"),
        Expected.Error("BW2001", 0, "Convolution of 128 channels in 16 groups, 8 typically; measured at 8 groups and equal FLOPs: 634 against 2451 batches/s on a GPU"));

    [Fact]
    public Task It_is_silenced_by_the_usual_means() => Verify.IsSilent(
        Code.Statements("""
            #pragma warning disable BW2001
            var conv = Conv2d(128, 128, 3, groups: 32);
            """));

    [Theory]
    [InlineData("Conv2d(128, 128, 3, groups: 8)")]
    [InlineData("Conv2d(128, 128, 3)")]
    [InlineData("Conv2d(128, 128, 3, groups: 128)")]
    [InlineData("Conv2d(128, 256, 3, groups: 128)")]
    [InlineData("Conv2d(args.Length, args.Length, 3, groups: 32)")]
    [InlineData("Conv2d(128, 128, 3, groups: args.Length)")]
    public Task Near_misses_are_silent(string call) => Verify.IsSilent(Code.Statements($"var conv = {call};"));
}
