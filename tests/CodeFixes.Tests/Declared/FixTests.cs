using Blockwright.CodeFixes.Declared;
using Blockwright.CodeFixes.Tests.Declared.Campaign;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Blockwright.CodeFixes.Tests.Declared;

public sealed class FixTests
{
    private const string Stem = "[Network, Input(3, 64, 64), Conv2d(64, 3, Stride = 2), BatchNorm2d, ReLU, ";

    /// <summary>Fewer groups of as many channels are more multiply-adds.</summary>
    [Fact]
    public void Groups_are_left_alone() => Assert.DoesNotContain(
        typeof(DeclaredFix).Assembly.GetTypes().Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(CodeFixProvider))).Select(static type => (CodeFixProvider)Activator.CreateInstance(type)!),
        static fix => fix.FixableDiagnosticIds.Contains("BW2001"));

    [Fact]
    public Task Align_the_width() => DeclaredFixTest<ReplaceNumber>.FixesWith(
        "blockwright_target = npu",
        Stem + "Conv2d({|BW1002:60|}, 3), BatchNorm2d, Conv2d({|BW1002:100|}, 3), ReLU, Conv2d(16, 3)] public partial class Net;",
        Stem + "Conv2d(48, 3), BatchNorm2d, Conv2d(96, 3), ReLU, Conv2d(16, 3)] public partial class Net;");

    [Theory]
    [InlineData("Conv2d({|BW1002:10|}, 3), ReLU, Conv2d(16, 3)")] // there is none below
    [InlineData("Conv1x1(21, Bias = true)")] // a prediction
    public Task A_width_that_has_to_be_is_left_alone(string body) => DeclaredFixTest<ReplaceNumber>.OffersNothing(
        Stem + body + "] public partial class Net;",
        "blockwright_target = npu");

    [Fact]
    public Task A_width_that_must_fit_is_left_alone() => DeclaredFixTest<ReplaceNumber>.OffersNothing(
        """[Network, Input(60, 64, 64), From("in", As = "y"), Conv2d(64, 3), ReLU, Conv2d({|BW1002:60|}, 3), {|BW4002:Add("in", "y")|}] public partial class Net;""",
        "blockwright_target = npu");

    [Fact]
    public Task Balance_at_equal_flops() => DeclaredFixTest<BalanceChannels>.FixesWith(
        "",
        """
        [Network, Input(3, 64, 64)]
        [Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d]
        [Conv1x1({|BW1001:128|}), BatchNorm2d, ReLU, Conv2d(10, 3)]
        public partial class Net;
        """,
        """
        [Network, Input(3, 64, 64)]
        [Conv2d(64, 3, Stride = 2), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d]
        [Conv1x1(64), BatchNorm2d, ReLU, Conv2d(10, 3)]
        public partial class Net;
        """);

    [Fact]
    public Task Keep_the_channels() => DeclaredFixTest<BalanceChannels>.FixesWith(
        "",
        """
        [Block]
        [From("in", As = "y"), Conv1x1({|BW1001:"in*4"|}, Bias = true), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv2d("in", 3)]
        [Concat("in", "y")]
        public partial class Unit;
        """ + "\n" + Stem + "Apply<Unit>, Apply<Unit>] public partial class Net;",
        """
        [Block]
        [From("in", As = "y"), Conv1x1(Bias = true), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv2d("in", 3)]
        [Concat("in", "y")]
        public partial class Unit;
        """ + "\n" + Stem + "Apply<Unit>, Apply<Unit>] public partial class Net;");

    [Theory]
    [InlineData("Conv2d({|BW1001:256|}, 1)", "Conv1x1")]
    [InlineData("Conv2d({|BW1001:256|}, new[] { 1, 1 }, Bias = true)", "Conv1x1(Bias = true)")]
    public Task Keep_the_channels_of_a_pointwise_convolution_by_any_name(string before, string after) => DeclaredFixTest<BalanceChannels>.FixesWith(
        "",
        Stem + before + ", BatchNorm2d, ReLU, Conv2d(10, 3)] public partial class Net;",
        Stem + after + ", BatchNorm2d, ReLU, Conv2d(10, 3)] public partial class Net;",
        "Keep");

    /// <summary>What comes in is wider, so that keeping it would cost more; or the network would give something else.</summary>
    [Theory]
    [InlineData("""Conv2d("in", 3), DepthwiseConv2d(3), MaxPool2d(3, Stride = 1), Conv1x1({|BW1001:16|}), BatchNorm2d, ReLU, Conv2d(64, 3)""")]
    [InlineData("""From("in", As = "x"), Conv2d(2048, 3), From("x", As = "a"), Conv1x1({|BW1001:256|}), From("x", As = "b"), Conv2d(16, 3), Concat("a", "b"), Conv1x1({|BW1001:32|}), Conv2d(8, 3)""")]
    [InlineData("""Conv2d(72, 3), ReLU, Conv1x1(21, Bias = true)""")]
    [InlineData("""From("in", As = "a"), Conv2d(8, 3), Conv1x1({|BW1001:256|}), From("in", As = "b"), Conv2d(16, 5), Concat("a", "b")""")]
    public Task Channels_that_would_cost_more_or_are_the_result_are_left_alone(string body) => DeclaredFixTest<BalanceChannels>.OffersNothing(
        $"[Network, Input(64, 32, 32), {body}] public partial class Net;",
        "dotnet_diagnostic.BW3001.severity = none");

    [Fact]
    public Task Fix_all_leaves_shapes_alone_unless_it_is_asked() => DeclaredFixTest<BalanceChannels>.FixesOnlyOne(
        Stem + "Conv1x1({|BW1001:256|}), BatchNorm2d, Conv2d(10, 3)] public partial class Net;",
        Stem + "Conv1x1, BatchNorm2d, Conv2d(10, 3)] public partial class Net;",
        "Keep");

    /// <summary>As <c>dotnet format</c> asks where the diagnostic that its analyzers reported first has no fix: without a key.</summary>
    [Fact]
    public async Task Fix_all_without_a_key_takes_the_best_of_each()
    {
        const string source = "[Network, Input(64, 64, 64), Conv1x1(256), BatchNorm2d, Conv2d(10, 3)] public partial class Net;";
        using var project = new CampaignProject("using Blockwright;\n" + source, "");
        using var sweeping = new CampaignProject("using Blockwright;\n" + source, "blockwright_fixes = reshaping");

        var swept = await CampaignProject.Swept(sweeping.Document, new BalanceChannels(), key: null);

        Assert.Null(await CampaignProject.Swept(project.Document, new BalanceChannels(), key: null));
        Assert.NotNull(swept);
        Assert.EndsWith(source.Replace("Conv1x1(256)", "Conv1x1", StringComparison.Ordinal), (await swept.GetTextAsync()).ToString(), StringComparison.Ordinal);
    }

    /// <summary>Its number goes from the keys of what stands behind it.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("(Name = \"head\")", true)]
    public async Task Dropping_an_activation_that_keys_count_is_no_sweep(string name, bool isSwept)
    {
        var before = Stem + $"MaxPool2d(2), {{|BW4003:ReLU|}}, Conv2d(10, 3{name.Replace("(", ", ", StringComparison.Ordinal).TrimEnd(')')})] public partial class Net;";
        var after = before.Replace("{|BW4003:ReLU|}, ", "", StringComparison.Ordinal);
        if (isSwept)
            await DeclaredFixTest<DropActivation>.Fixes(before, after);
        else
            await DeclaredFixTest<DropActivation>.FixesOnlyOne(before, after);
    }

    [Fact]
    public Task Channels_that_a_use_needs_are_left_alone() => DeclaredFixTest<BalanceChannels>.OffersNothing(
        """
        [Block, From("in", As = "s"), Conv1x1({|BW1001:"out"|}), ReLU, From("in", As = "y"), Conv2d("out", 3), {|BW3001:{|BW4002:Add("y", "s")|}|}] public partial class Unit;
        """ + "\n" + Stem + "Apply<Unit>(Channels = 256)] public partial class Net;");

    [Fact]
    public Task Concat_instead_of_Add() => DeclaredFixTest<ConcatInsteadOfAdd>.Fixes(
        """
        [Block]
        [From("in", As = "y", Name = "branch"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d]
        [{|BW4002:Add("in", "y")|}, ReLU]
        public partial class Unit;
        """ + "\n" + Stem + "Apply<Unit>] public partial class Net;",
        """
        [Block]
        [Split("keep", "work")]
        [From("work", As = "y", Name = "branch"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
        [Concat("keep", "y"), ChannelShuffle(2)]
        public partial class Unit;
        """ + "\n" + Stem + "Apply<Unit>] public partial class Net;");

    /// <summary>In the middle of a line the split stays there.</summary>
    [Fact]
    public Task Concat_instead_of_Add_on_one_line() => DeclaredFixTest<ConcatInsteadOfAdd>.Fixes(
        """
        [Block, From("in", As = "y"), Conv1x1, BatchNorm2d, ReLU, {|BW4002:Add("in", "y")|}] public partial class Unit;
        """ + "\n" + Stem + "Apply<Unit>] public partial class Net;",
        """
        [Block, Split("keep", "work"), From("work", As = "y"), Conv1x1, BatchNorm2d, ReLU, Concat("keep", "y"), ChannelShuffle(2)] public partial class Unit;
        """ + "\n" + Stem + "Apply<Unit>] public partial class Net;");

    [Theory]
    [InlineData("""[Conv1x1("out"), ReLU] public partial class {|BW0025:Unit|};""", """[Block, Conv1x1("out"), ReLU] public partial class Unit;""")]
    [InlineData("// A unit.\n[ReLU]\n[MaxPool2d(2)]\npublic partial class {|BW0025:Unit|};", "// A unit.\n[Block, ReLU]\n[MaxPool2d(2)]\npublic partial class Unit;")]
    [InlineData("""[System.Obsolete] [Blockwright.ReLU] public partial class {|BW0025:Unit|};""", """[System.Obsolete] [Blockwright.Block, Blockwright.ReLU] public partial class Unit;""")]
    [InlineData("""[Input(3, 8, 8), Conv2d(8, 3)] public partial class {|BW0025:Net|};""", """[Network, Input(3, 8, 8), Conv2d(8, 3)] public partial class Net;""")]
    public Task Say_what_a_class_is(string before, string after) => DeclaredFixTest<SayKind>.Fixes(before, after);

    /// <summary>Which of two is meant nobody knows.</summary>
    [Fact]
    public Task Both_kinds_are_left_alone() => DeclaredFixTest<SayKind>.OffersNothing("[Block, Network, Input(3, 8, 8), ReLU] public partial class {|BW0025:Unit|};");

    [Theory]
    [InlineData("[Network]\n[Conv2d(24, 3), ReLU]\npublic partial class {|BW0016:Net|};", "[Network, Input(3, 224, 224)]\n[Conv2d(24, 3), ReLU]\npublic partial class Net;")]
    [InlineData("[Network, Conv2d(24, 3)] public partial class {|BW0016:Net|};", "[Network, Input(3, 224, 224), Conv2d(24, 3)] public partial class Net;")]
    [InlineData("[Conv2d(24, 3), Blockwright.Network] public partial class {|BW0016:Net|};", "[Conv2d(24, 3), Blockwright.Network, Blockwright.Input(3, 224, 224)] public partial class Net;")]
    public Task Say_the_input(string before, string after) => DeclaredFixTest<SayInput>.Fixes(before, after);

    /// <summary>Two channels cannot be added to three.</summary>
    [Fact]
    public Task An_input_that_the_layers_do_not_take_is_not_guessed() => DeclaredFixTest<SayInput>.OffersNothing("""[Network, From("in", As = "y"), Conv2d(2, 3), Add("in", "y")] public partial class {|BW0016:Net|};""");

    [Theory]
    [InlineData("""From("in", As = "y"), Conv2d("in", 3), {|BW4002:Add("in", "y")|}""")] // made for all channels
    [InlineData("""From("in", As = "s"), Conv1x1, ReLU, From("in", As = "y"), Conv2d("in", 3), {|BW4002:Add("s", "y")|}""")] // two branches
    [InlineData("""Conv1x1, From("in", As = "y"), Conv2d("in", 3), {|BW4002:Add("in", "y")|}""")] // the input was changed before
    public Task An_Add_that_needs_all_channels_is_left_alone(string body) => DeclaredFixTest<ConcatInsteadOfAdd>.OffersNothing(
        $"[Block, {body}] public partial class Unit;\n{Stem}Apply<Unit>] public partial class Net;",
        "dotnet_diagnostic.BW0002.severity = none\ndotnet_diagnostic.BW3001.severity = none");

    [Fact]
    public Task Drop_the_activation() => DeclaredFixTest<DropActivation>.Fixes(
        Stem + """
        MaxPool2d(2), {|BW4003:ReLU|}]
        [{|BW4003:ReLU|}]
        [Conv2d(64, 3, Name = "conv"), ReLU6, {|BW4003:ReLU6|}, GlobalAvgPool2d, Linear(10, Name = "fc")]
        public partial class Net;
        """,
        Stem + """
        MaxPool2d(2)]
        [Conv2d(64, 3, Name = "conv"), ReLU6, GlobalAvgPool2d, Linear(10, Name = "fc")]
        public partial class Net;
        """);

    [Fact]
    public Task An_activation_that_another_use_needs_is_left_alone() => DeclaredFixTest<DropActivation>.OffersNothing(
        "[Block, {|BW4003:ReLU|}, Conv2d(\"in\", 3)] public partial class Unit;\n" + Stem + "Apply<Unit>, Apply<Unit>] public partial class Net;");

    [Fact]
    public Task Add_partial() => DeclaredFixTest<AddPartial>.Fixes(
        """
        class Outer
        {
            // what it is
            [Block, ReLU] class {|BW0014:Inner|};
        }

        [Block, ReLU] public sealed class {|BW0014:Unit|};
        """,
        """
        partial class Outer
        {
            // what it is
            [Block, ReLU] partial class Inner;
        }

        [Block, ReLU] public sealed partial class Unit;
        """);

    [Fact]
    public Task A_record_stays() => DeclaredFixTest<AddPartial>.OffersNothing("[Block, ReLU] public partial record {|BW0014:Unit|};");

    [Fact]
    public Task The_nearest_name() => DeclaredFixTest<NearestName>.Fixes(
        """
        [Block, Parameter("expand")]
        [Conv1x1({|BW0006:"in*expnd"|}), ReLU, Conv1x1("in")]
        public partial class Inverted;

        [Block, Split("keep", "work")]
        [From({|BW0001:"wrok"|}), Conv1x1, ReLU, Concat("keep", "work")]
        public partial class Unit;
        """,
        """
        [Block, Parameter("expand")]
        [Conv1x1("in*expand"), ReLU, Conv1x1("in")]
        public partial class Inverted;

        [Block, Split("keep", "work")]
        [From("work"), Conv1x1, ReLU, Concat("keep", "work")]
        public partial class Unit;
        """);

    [Fact]
    public Task A_name_that_is_near_to_none_is_left_alone() => DeclaredFixTest<NearestName>.OffersNothing(
        """[Block, From({|BW0001:"residual"|}), ReLU] public partial class Unit;""");
}
