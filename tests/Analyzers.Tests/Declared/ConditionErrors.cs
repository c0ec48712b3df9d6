namespace Blockwright.Analyzers.Tests.Declared;

public class ConditionErrors
{
    [Theory]
    [InlineData("in", "a comparison: ==, !=, <, <=, > or >=", 3)]
    [InlineData("in = 3", "a comparison: ==, !=, <, <=, > or >=", 4)]
    [InlineData("in >", "a number, a name or '('", 5)]
    [InlineData("in > 3 and", "a number, a name or '('", 11)]
    [InlineData("in > 3 && in < 9", "'and', 'or' or the end", 8)]
    [InlineData("(in > 3", "')'", 8)]
    [InlineData("(in + 3", "')'", 8)]
    [InlineData("(in > 3 or in < )", "a number, a name or '('", 17)]
    [InlineData("", "a number, a name or '('", 1)]
    [InlineData("not", "a number, a name or '('", 4)]
    public Task ConditionDoesNotParse(string condition, string expected, int character) => DeclarationTest.Verify(
        $$"""[Block, Conv1x1, ReLU(If = {|#0:"{{condition}}"|})] public partial class A;""",
        ("BW0005", $"'{condition}' is no expression: expected {expected} at character {character}"));

    [Theory]
    [InlineData("(in + 3)*2 > 9")]
    [InlineData("((in > 3) or not (in == 2 and in != 7))")]
    [InlineData("not not in > 3 and round(in/4, 8) <= 16")]
    public Task WhatIsACondition(string condition) => DeclarationTest.Verify($"""[Block, Conv1x1, Sigmoid(If = "{condition}")] public partial class A;""");

    [Theory]
    [InlineData("1 > 2")]
    [InlineData("in < in")]
    [InlineData("in > 4 and 2*in != in+in")]
    public Task ItNeverHolds(string condition) => DeclarationTest.Verify(
        $$"""[Block, Conv1x1, Sigmoid(If = {|#0:"{{condition}}"|})] public partial class A; [Network, Input(3, 8, 8), Apply<A>, ReLU(If = "in > 8")] public partial class B;""",
        ("BW0022", "If: expected a condition that some use fulfils, found one that never holds"));

    [Theory]
    [InlineData("se > 0")]
    [InlineData("in > 2 or se > 0")]
    public Task UnknownName(string condition) => DeclarationTest.Verify(
        $$"""[Block, From("in", As = "y", If = {|#0:"{{condition}}"|}), Conv1x1, SiLU, Add("y", "in")] public partial class A;""",
        ("BW0006", "The expression names 'se'; expected one of: out, in"));

    [Theory]
    [InlineData("""Split("a", "b", If = {|#0:"in > 2"|}), Concat("a", "b")""", "Split")]
    [InlineData("""Split("a", "b"), Concat("a", "b", If = {|#0:"in > 2"|})""", "Concat")]
    [InlineData("""From("in", As = "y"), Add("y", "in", If = {|#0:"in > 2"|})""", "Add")]
    public Task NothingWouldGoOn(string steps, string kind) => DeclarationTest.Verify(
        $$"""[Block, {{steps}}] public partial class A;""",
        ("BW0022", $"If: expected no condition on a {kind} that nothing flows into: left out, it would leave no value, found in > 2"));

    [Fact]
    public Task AnInlinedBlockIsAlwaysThere() => DeclarationTest.Verify(
        """[Block, Conv1x1] public partial class B; [Block, Apply<B>(Name = "", If = {|#0:"in > 2"|})] public partial class A;""",
        ("BW0022", "If: expected another Name, since a block whose layers become this one's own is always there, found in > 2"));

    [Fact]
    public Task AMapThatMayBecomeFlat() => DeclarationTest.Verify(
        """[Block, GlobalAvgPool2d, Flatten(If = {|#0:"in > 2"|})] public partial class A;""",
        ("BW0022", "If: expected no condition where N x in x 1 x 1 becomes N x in: what follows takes either, found in > 2"));

    [Fact]
    public Task ABiasThatDependsOnANormThatMayBeMissing() => DeclarationTest.Verify(
        """[Block, {|#0:Conv1x1(8)|}, BatchNorm2d(If = "in > 2")] public partial class A;""",
        ("BW0022", "Bias: expected true or false, since the batch norm that follows has a condition of its own, found none"));

    [Theory]
    [InlineData("""Conv1x1(8, If = "in > 2"), BatchNorm2d(If = "in > 2")""")]
    [InlineData("""Conv1x1(8, If = "in > 2"), BatchNorm2d""")]
    [InlineData("""Conv1x1(8, Bias = true), BatchNorm2d(If = "in > 2")""")]
    [InlineData("""Path("a", If = "in > 2"), Conv1x1(8), BatchNorm2d""")]
    [InlineData("""Path("a", If = "in > 2"), Conv1x1(8, If = "in > 4"), BatchNorm2d""")]
    public Task ABiasThatIsKnown(string steps) => DeclarationTest.Verify($"""[Block, {steps}] public partial class A;""");

    /// <summary>Two layers that are never both there may have one key.</summary>
    [Theory]
    [InlineData("in > 2", "in <= 2")]
    [InlineData("in > 2 and in < 9", "in >= 9")]
    [InlineData("in == 2 or in == 3", "in != 2 and in != 3")]
    public Task OneOrTheOtherMayHaveOneKey(string one, string other) => DeclarationTest.Verify(
        $$"""[Block, Conv1x1(8, Name = "conv", If = "{{one}}"), Conv1x1(8, Name = "conv", If = "{{other}}")] public partial class A;""");

    [Fact]
    public Task BothMayNot() => DeclarationTest.Verify(
        """[Block, Conv1x1(8, Name = "conv", If = "in > 2"), Conv1x1(8, Name = {|#0:"conv"|}, If = "in > 4")] public partial class A;""",
        ("BW0021", "'conv' cannot be a key here: expected a key that no other layer of this module has, or leads through"));

    /// <summary>What only a step that is left out says is wrong nowhere that it is left out.</summary>
    [Fact]
    public Task WhatIsLeftOutIsNotRequired() => DeclarationTest.Verify(
        """
        [Block, Parameter("g"), Conv1x1, ChannelShuffle("g", If = "g > 1"), BatchNorm2d, ReLU] public partial class B;
        [Network, Input(3, 8, 8), Apply<B>(1)] public partial class A;
        """);

    [Fact]
    public Task WhatIsThereIsRequired() => DeclarationTest.Verify(
        """
        [Block, Parameter("g"), Conv1x1, ChannelShuffle({|#100:"g"|}, If = "g > 1"), BatchNorm2d, ReLU] public partial class B;
        [Network, Input(3, 8, 8), {|#0:Apply<B>(2)|}] public partial class A;
        """,
        ("BW0010", "2 groups do not divide the 3 channels (in B for A, 0, with in = 3, g = 2)"));

    /// <summary>A value is used where the step that names it is left out, too.</summary>
    [Fact]
    public Task WhatOnlyALeftOutJoinNamesIsUsed() => DeclarationTest.Verify(
        """
        [Block, Parameter("n"), From("in", As = "a"), Conv1x1, From("in", As = "y"), Conv1x1, Add("a", If = "n > 1")] public partial class B;
        [Block, Apply<B>(1)] public partial class A;
        """);

    [Fact]
    public Task NumbersOfAConditionAreWhole() => DeclarationTest.Verify(
        """[Network, Input(3, 8, 8), Sigmoid(If = {|#0:"in/2 > 1"|})] public partial class A;""",
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1"));
}
