using static Blockwright.Analyzers.Tests.Declared.Rules.RuleTest;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

public sealed class FragmentsTests
{
    private const string Branches = """From("in", As = "a"), Conv2d("in/2", 3), BatchNorm2d, ReLU, From("in", As = "b"), MaxPool2d(3, Stride = 1), Conv2d("in/2", 3), BatchNorm2d, ReLU, """;

    [Fact]
    public Task Two_at_stride_1() => Verify(
        $$"""[Block, {{Branches}}{|#0:Concat("a", "b")|}] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW3001", Info, "2 convolutional branches (3 fragments) over the same 64 x 32 x 32, at most 1 at stride 1; measured at 2 parallel fragments and equal FLOPs: 1537 against 2446 batches/s on a GPU (in Net: 3)"));

    [Fact]
    public Task Branches_that_are_added_count_too() => VerifyWith(
        "dotnet_diagnostic.BW4001.severity = none",
        """[Block, From("in", As = "a"), Conv2d("in", 3), BatchNorm2d, ReLU, From("in", As = "b"), Conv2d("in", 5), BatchNorm2d, ReLU, From("in", As = "c"), Conv2d("in", 7), {|#0:Add("a", "b", "c")|}] public partial class Unit;"""
        + Net("Apply<Unit>"),
        ("BW3001", Info, "3 convolutional branches (3 fragments) over the same 64 x 32 x 32, at most 1 at stride 1; measured at 4 parallel fragments and equal FLOPs: 691 against 2446 batches/s on a GPU (in Net: 3)"));

    [Fact]
    public Task Three_where_they_down_sample() => Verify(
        """
        [Block, From("in", As = "a"), Conv2d("in", 3, Stride = 2), From("in", As = "b"), Conv2d("in", 3, Stride = 2), From("in", As = "c"), Conv2d("in", 3, Stride = 2), {|#0:Concat("a", "b", "c")|}]
        public partial class Unit;
        """ + Net("Apply<Unit>"),
        ("BW3001", Warning, "3 convolutional branches (3 fragments) over the same 64 x 32 x 32, at most 2 at stride 2; measured at 4 parallel fragments and equal FLOPs: 691 against 2446 batches/s on a GPU (in Net: 3)"));

    [Fact]
    public Task A_Concat_of_a_Concat_is_one() => Verify(
        """
        [Block, From("in", As = "a"), Conv2d("in", 3), From("in", As = "b"), Conv2d("in", 3), Concat("a"), From("in", As = "c"), Conv2d("in", 3), {|#0:Concat("b", "c")|}]
        public partial class Unit;
        """ + Net("Apply<Unit>"),
        ("BW3001", Warning, "3 convolutional branches (3 fragments) over the same 64 x 32 x 32, at most 1 at stride 1; measured at 4 parallel fragments and equal FLOPs: 691 against 2446 batches/s on a GPU (in Net: 3)"));

    [Theory]
    [InlineData("""From("in", As = "a"), Conv2d("in", 3, Stride = 2), From("in", As = "b"), Conv2d("in", 3, Stride = 2), Concat("a", "b")""")] // two down-sample
    [InlineData("""Split("a", "b"), From("a"), Conv2d("in/2", 3), From("b"), Conv2d("in/2", 3), Concat("a", "b")""")] // over parts
    [InlineData("""From("in", As = "y"), BatchNorm2d, ReLU, Conv2d("in", 3), BatchNorm2d, Concat("in", "y")""")] // a dense layer
    [InlineData("""From("in", As = "a"), Conv2d("in", 3), From("a", As = "b"), MaxPool2d(3, Stride = 1), Concat("a", "b")""")] // one convolution, read twice
    [InlineData("""From("in", As = "a"), Conv2d("in", 3), BatchNorm2d, ReLU, From("a", As = "b"), Conv2d("in", 3), BatchNorm2d, ReLU, From("b", As = "c"), Conv2d("in", 3), BatchNorm2d, ReLU, Concat("in", "a", "b", "c")""")] // one chain, all of it joined (VoVNet, HGNet)
    [InlineData("""From("in", As = "a"), Conv2d("in/2", 3), From("a", As = "b"), Conv2d("in/4", 3), From("b", As = "c"), Conv2d("in/4", 3), Concat("a", "b", "c")""")] // without what comes in (STDC)
    [InlineData("""From("in", As = "gate"), GlobalAvgPool2d, Conv1x1, Sigmoid, From("in", As = "y"), Conv2d("in", 3), Multiply("gate"), Concat("in", "y")""")] // a gate
    public async Task Silent(string body)
    {
        var test = $"[Block, {body}] public partial class Unit;" + Net("Apply<Unit>");
        await VerifyWith("dotnet_diagnostic.BW4001.severity = none\ndotnet_diagnostic.BW4003.severity = none", test);
    }

    [Fact]
    public Task The_projection_of_a_shortcut_is_no_fragment() => VerifyWith(
        "dotnet_diagnostic.BW4002.severity = none\ndotnet_diagnostic.BW1001.severity = none",
        """[Block, From("in", As = "s"), Conv1x1("out"), BatchNorm2d, From("in", As = "y"), Conv2d("out", 3), BatchNorm2d, Add("y", "s")] public partial class Unit;"""
        + Net("Apply<Unit>(Channels = 256)"));

    private const string TwoFragments = "2 convolutional branches (2 fragments) over the same 64 x 32 x 32, at most 1 at stride 1; measured at 2 parallel fragments and equal FLOPs: 1537 against 2446 batches/s on a GPU (in Net: 3)";

    /// <summary>RepVGG in training: one convolution computes the sum in a snapshot.</summary>
    [Theory]
    [InlineData("""Add("a", "b")""")]
    [InlineData("""Add("in", "a", "b")""")]
    public Task What_a_snapshot_adds_up_beforehand(string add) => VerifyWith(
        "dotnet_diagnostic.BW4002.severity = none",
        $$"""[Block, From("in", As = "a"), Conv2d("in", 3), BatchNorm2d, From("in", As = "b"), Conv1x1("in"), BatchNorm2d, {{add}}, ReLU] public partial class Unit;""" + Net("Apply<Unit>"));

    /// <summary>Not so with an activation between: and the 1x1 is no projection, since what comes in would fit the Add.</summary>
    [Theory]
    [InlineData("""Add("a", "b")""")]
    [InlineData("""Add("in", "a", "b")""")]
    public Task A_1x1_beside_a_convolution_where_the_input_would_fit(string add) => VerifyWith(
        "dotnet_diagnostic.BW4001.severity = none\ndotnet_diagnostic.BW4002.severity = none",
        $$"""[Block, From("in", As = "a"), Conv2d("in", 3), BatchNorm2d, ReLU, From("in", As = "b"), Conv1x1("in"), BatchNorm2d, {|#0:{{add}}|}, ReLU] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW3001", Info, TwoFragments));

    /// <summary>One convolution gives what both give.</summary>
    [Fact]
    public Task Twins_are_no_choice() => Verify(
        """[Block, From("in", As = "a"), Conv2d("in/2", 3), BatchNorm2d, ReLU, From("in", As = "b"), Conv2d("in/4", 3), BatchNorm2d, ReLU, {|#0:Concat("a", "b")|}] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW3001", Warning, TwoFragments));

    [Theory]
    [InlineData("5", "BatchNorm2d, ReLU")]
    [InlineData("3, Dilation = 2", "BatchNorm2d, ReLU")]
    [InlineData("3, Groups = 2", "BatchNorm2d, ReLU")]
    [InlineData("3", "BatchNorm2d, SiLU")]
    [InlineData("3", "BatchNorm2d(Eps = 0.001), ReLU")]
    public Task Branches_that_differ_are_chosen(string kernel, string behind) => Verify(
        $$"""[Block, From("in", As = "a"), Conv2d("in/2", 3), BatchNorm2d, ReLU, From("in", As = "b"), Conv2d("in/2", {{kernel}}), {{behind}}, {|#0:Concat("a", "b")|}] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW3001", Info, TwoFragments));

    [Fact]
    public Task Beside_a_chain_there_may_be_another() => Verify(
        """[Block, From("in", As = "a"), Conv2d("in", 3), ReLU, From("a", As = "b"), Conv2d("in", 3), ReLU, From("in", As = "c"), Conv2d("in", 5), ReLU, {|#0:Concat("a", "b", "c")|}] public partial class Unit;""" + Net("Apply<Unit>"),
        ("BW3001", Info, TwoFragments));

    [Fact]
    public Task More_may_be_allowed() => VerifyWith("BW3001.maximum_branches = 2", $"""[Block, {Branches}Concat("a", "b")] public partial class Unit;""" + Net("Apply<Unit>"));
}
