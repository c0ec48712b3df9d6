namespace Blockwright.Analyzers.Tests.Declared;

/// <summary>What a block cannot serve stands at the use that asks for it, with the block's attribute beside; what it could serve nobody stands in the block.</summary>
public class UseErrors
{
    /// <summary>What a block by itself cannot know is said at the use, whatever its id.</summary>
    [Theory]
    [InlineData("PixelUnshuffle({|#100:2|})", "DownscaleFactor: expected a number that divides the map's height and width, 9 x 9, found 2")]
    [InlineData("ReflectionPad2d({|#100:9|})", "Padding: expected on each side less than the map has pixels, 9 x 9, found 9, 9, 9, 9")]
    public Task WhatDoesNotFitTheMap(string layer, string message) => DeclarationTest.Verify(
        $$"""
        [Block, {{layer}}] public partial class Inner;
        [Network, Input(3, 9, 9), {|#0:Apply<Inner>|}] public partial class Net;
        """,
        ("BW0022", message + " (in Inner for Net, 0, with in = 3)"));

    private const string Down = """[Block, From("in", As = "a"), Conv2d({0}, 3, Stride = 2), From("in", As = "b"), Conv2d({1}, 3, Stride = 2), Concat("a", "b")] public partial class Down;""";

    /// <summary>As ShuffleNet V2 has it: the first stage's number is mistyped, the others are well.</summary>
    [Theory]
    [InlineData(117, 232)]
    [InlineData(116, 233)]
    public Task AStageOfOddChannels(int first, int second)
    {
        var (wrong, key, channels) = first == 117 ? (first, "a", 24) : (second, "b", 116);
        return DeclarationTest.Verify(
            Down.Replace("{0}", """{|#100:"out/2"|}""", StringComparison.Ordinal).Replace("{1}", "\"out/2\"", StringComparison.Ordinal) + $$"""

            [Network, Input(24, 56, 56), {{Stage("a", first, wrong)}}, {{Stage("b", second, wrong)}}] public partial class Net;
            """,
            ("BW0007", $"Expected a whole number, found {wrong}/2, which leaves a rest of 1 (in Down for Net, {key}.0, with in = {channels}, out = {wrong})"));
    }

    [Fact]
    public Task ABlockThatServesNoUse() => DeclarationTest.Verify(
        Down.Replace("{0}", """{|#0:"out/3"|}""", StringComparison.Ordinal).Replace("{1}", "\"out/2\"", StringComparison.Ordinal) + $$"""

        [Network, Input(24, 56, 56), Stage<Down>("a", Channels = 116), Stage<Down>("b", Channels = 232)] public partial class Net;
        """,
        ("BW0007", "Expected a whole number, found 116/3, which leaves a rest of 2 (in Net, a.0, with in = 24, out = 116)"));

    /// <summary>Each is said, since each has to be mended.</summary>
    [Fact]
    public Task TwoNetworksThatAskForTooMuch() => DeclarationTest.Verify(
        """
        [Block, Conv1x1({|#100:"in/2"|})] public partial class Half;
        [Network, Input(3, 8, 8), {|#0:Apply<Half>|}] public partial class First;
        [Network, Input(5, 8, 8), {|#1:Apply<Half>|}] public partial class Second;
        """.Replace("{|#100:\"in/2\"|}", "{|#100:{|#101:\"in/2\"|}|}", StringComparison.Ordinal),
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1 (in Half for First, 0, with in = 3)"),
        ("BW0007", "Expected a whole number, found 5/2, which leaves a rest of 1 (in Half for Second, 0, with in = 5)"));

    /// <summary>The block in between gives what the inner one cannot take, whoever uses it.</summary>
    [Fact]
    public Task ABlockThatUsesAnotherWrongly() => DeclarationTest.Verify(
        """
        [Block, Conv1x1({|#100:"in/2"|})] public partial class Half;
        [Block, Conv1x1(3), {|#0:Apply<Half>|}] public partial class Outer;
        [Network, Input(6, 8, 8), Apply<Half>, Apply<Outer>] public partial class Net;
        """,
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1 (in Half for Outer, 1, with in = 3)"));

    /// <summary>What the block in between hands on comes from the network.</summary>
    [Fact]
    public Task AUseOfAUse() => DeclarationTest.Verify(
        """
        [Block, Conv1x1({|#100:"in/2"|})] public partial class Half;
        [Block, Conv1x1, Apply<Half>] public partial class Outer;
        [Network, Input(6, 8, 8), Apply<Outer>(Name = "well"), {|#0:Apply<Outer>(Name = "bad")|}] public partial class Net;
        """,
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1 (in Half for Net, bad, with in = 3 > Outer, 1, with in = 3)"));

    [Theory]
    [InlineData("""Conv1x1("out"), {|#100:Add("in", "y")|}""", "16, 8, 8", "", "BW0004", "Add takes values of one shape, or of its channels and 1 x 1, or of one channel and its height and width; found N x 16 x 8 x 8 and N x 8 x 8 x 8", ", out = 8")]
    [InlineData("""Conv2d("out", 3, Groups = {|#100:4|}), Concat("in", "y")""", "8, 8, 8", "", "BW0009", "4 groups do not divide the 6 output channels", ", out = 6")]
    [InlineData("""ChannelShuffle({|#100:4|}), Concat("in", "y")""", "6, 8, 8", "", "BW0010", "4 groups do not divide the 6 channels", "")]
    [InlineData("""Conv2d("in", {|#100:7|}, Padding = 0), GlobalAvgPool2d, Multiply("in", "y")""", "6, 4, 4", "", "BW0011", "Conv2d reaches over 7 x 7, but its padded input is 4 x 4 (the input 4 x 4)", "")]
    [InlineData("""{|#100:Split("a", "b")|}, Concat("in", "a", "b")""", "7, 8, 8", "", "BW0012", "Split needs channels that 2 divides (or a Ratio); found 7", "")]
    public Task EachKindOfMistakeOfAUse(string body, string input, string name, string id, string message, string with)
    {
        var channels = input.Split(',')[0];
        var asked = with.Length == 0 ? "" : $"(Channels = {with.Split(' ')[^1]})";
        return DeclarationTest.Verify(
            $$"""
            [Block, From("in"{{(body.StartsWith("{|#100:Split", StringComparison.Ordinal) ? "" : ", As = \"y\"")}}), {{body}}] public partial class Unit{{name}};
            [Network, Input({{input}}), {|#0:Apply<Unit>{{asked}}|}] public partial class Net;
            """,
            (id, $"{message} (in Unit for Net, 0, with in = {channels}{with})"));
    }

    private static string Stage(string key, int channels, int wrong) =>
        channels == wrong ? $$"""{|#0:Stage<Down>("{{key}}", Channels = {{channels}})|}""" : $$"""Stage<Down>("{{key}}", Channels = {{channels}})""";
}
