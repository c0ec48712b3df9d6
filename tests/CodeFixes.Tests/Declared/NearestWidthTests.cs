using Blockwright.CodeFixes.Declared;

namespace Blockwright.CodeFixes.Tests.Declared;

/// <summary>A use whose channels its block cannot divide: the nearest below and above that all of the graph can, one at a time and never in a sweep.</summary>
public sealed class NearestWidthTests
{
    private const string Down = """
        [Block]
        [From("in", As = "left", Name = "branch1"), Conv1x1("out/2", Stride = 2), BatchNorm2d]
        [From("in", As = "right", Name = "branch2"), Conv1x1("out/2", Stride = 2), BatchNorm2d]
        [Concat("left", "right")]
        public partial class Down;

        """;

    private const string Basic = """
        [Block]
        [Split("keep", "work", "more", "most")]
        [Concat("keep", "work", "more", "most")]
        public partial class Basic;

        """;

    private static string Use(string block, string channels) => $"[Network, Input(3, 64, 64), Conv2d(24, 3)]\n[{block}]\npublic partial class Net;".Replace("CHANNELS", channels, StringComparison.Ordinal);

    [Theory]
    [InlineData("Best", "116")]
    [InlineData("Above", "118")]
    public Task ABlockThatHalves(string key, string channels) => DeclaredFixTest<NearestWidth>.FixesOnlyOne(
        Down + Use("{|BW0007:Stage<Down>(\"stage\", Channels = CHANNELS, Units = 2)|}", "117"),
        Down + Use("Stage<Down>(\"stage\", Channels = CHANNELS, Units = 2)", channels),
        key);

    /// <summary>118 halves, and then its half does not: what the first repair leaves wrong is no repair.</summary>
    [Theory]
    [InlineData("Best", "116")]
    [InlineData("Above", "120")]
    public Task UnitsBehindThatDivideByMore(string key, string channels) => DeclaredFixTest<NearestWidth>.FixesOnlyOne(
        Down + Basic + Use("{|BW0007:Stage<Down, Basic>(\"stage\", Channels = CHANNELS, Units = 2)|}", "117"),
        Down + Basic + Use("Stage<Down, Basic>(\"stage\", Channels = CHANNELS, Units = 2)", channels),
        key);

    [Fact]
    public Task ThereMayBeNoneBelow()
    {
        const string block = "[Block, MaxPool2d(\"out/24\"), Conv1x1(\"out\")]\npublic partial class Unit;\n";
        return DeclaredFixTest<NearestWidth>.FixesOnlyOne(
            block + Use("{|BW0007:Apply<Unit>(Channels = CHANNELS, Name = \"a\")|}", "20"),
            block + Use("Apply<Unit>(Channels = CHANNELS, Name = \"a\")", "24"));
    }

    /// <summary>The parts of a split, too.</summary>
    [Fact]
    public Task ABlockThatSplits() => DeclaredFixTest<NearestWidth>.FixesOnlyOne(
        Basic + "[Block, Conv2d(\"out\", 3), Apply<Basic>(Name = \"split\")]\npublic partial class Unit;\n" + Use("{|BW0012:Apply<Unit>(Channels = CHANNELS, Name = \"a\")|}", "29"),
        Basic + "[Block, Conv2d(\"out\", 3), Apply<Basic>(Name = \"split\")]\npublic partial class Unit;\n" + Use("Apply<Unit>(Channels = CHANNELS, Name = \"a\")", "28"));

    [Theory]
    [InlineData("{|BW0007:Stage<Down>(\"stage\", Channels = \"in*39\", Units = 2)|}")] // an expression, which nobody can round
    [InlineData("Conv1x1({|BW0007:\"in/2\"|})")]
    public Task WhereNoNumberIsWrittenNoneIsOffered(string use) => DeclaredFixTest<NearestWidth>.OffersNothing(Down + Use(use, ""));
}
