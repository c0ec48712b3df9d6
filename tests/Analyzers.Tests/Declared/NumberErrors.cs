namespace Blockwright.Analyzers.Tests.Declared;

public class NumberErrors
{
    [Theory]
    [InlineData("in*", "a number, a name or '('", 4)]
    [InlineData("", "a number, a name or '('", 1)]
    [InlineData("(in", "')'", 4)]
    [InlineData("in in", "an operator or the end", 4)]
    [InlineData("2.5", "an operator or the end", 2)]
    [InlineData("99999999999", "an integer below 2^31", 1)]
    public Task ExpressionDoesNotParse(string expression, string expected, int character) => DeclarationTest.Verify(
        $$"""[Block, Conv1x1({|#0:"{{expression}}"|})] public partial class A;""",
        ("BW0005", $"'{expression}' is no expression: expected {expected} at character {character}"));

    [Fact]
    public Task ExpressionInANamedArgument() => DeclarationTest.Verify(
        """[Block, DepthwiseConv2d(3, Stride = {|#0:"+"|})] public partial class A;""",
        ("BW0005", "'+' is no expression: expected a number, a name or '(' at character 1"));

    [Fact]
    public Task UnknownParameter() => DeclarationTest.Verify(
        """[Block, Parameter("expand"), Conv1x1({|#0:"in*expnad"|}), Conv1x1("expand")] public partial class A;""",
        ("BW0006", "The expression names 'expnad'; expected one of: out, expand, in"));

    [Fact]
    public Task OutInANetwork() => DeclarationTest.Verify(
        """[Network, Input(3, 8, 8), Conv1x1({|#0:"out"|})] public partial class A;""",
        ("BW0006", "The expression names 'out'; expected one of: in"));

    [Fact]
    public Task DivisionThatLeavesARest() => DeclarationTest.Verify(
        """[Network, Input(3, 8, 8), Conv1x1({|#0:"in/2"|})] public partial class A;""",
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1"));

    [Fact]
    public Task DivisionByZero() => DeclarationTest.Verify(
        """[Block, Conv1x1({|#0:"in/(2-2)"|})] public partial class A;""",
        ("BW0007", "Expected a whole number, found in/0"));

    [Theory]
    [InlineData("""[Network, Input(3, 8, 8), Conv1x1({|#0:"in-3"|})] public partial class A;""", "0")]
    [InlineData("""[Network, Input(3, 8, 8), Conv1x1({|#0:0|})] public partial class A;""", "0")]
    [InlineData("""[Network, Input(3, 8, 8), Conv1x1({|#0:-4|})] public partial class A;""", "-4")]
    [InlineData("""[Block, Conv2d(8, 3, Stride = {|#0:0|})] public partial class A;""", "0")]
    [InlineData("""[Block, Conv2d(8, new[] { 3, {|#0:0|} })] public partial class A;""", "0")]
    public Task LessThanOne(string source, string found) => DeclarationTest.Verify(source, ("BW0007", $"Expected a whole number of at least 1, found {found}"));

    [Fact]
    public Task NumberBeyondInt() => DeclarationTest.Verify(
        """[Block, Conv1x1({|#0:"2147483647*2147483647*2147483647"|})] public partial class A;""",
        ("BW0007", "Expected a whole number from 1 to 2147483647, found a number beyond 64 bits"));

    [Fact]
    public Task FractionAtOneUse() => DeclarationTest.Verify(
        """
        [Block, Conv1x1({|#0:"in/2"|})] public partial class Half;
        [Network, Input(6, 8, 8), Stage<Half>("s", Units = 2)] public partial class Net;
        """,
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1 (in Net, s.1, with in = 3)"));

    [Theory]
    [InlineData("""[Network, Input(58, 8, 8), Conv2d(60, 3, Groups = {|#0:4|})] public partial class A;""", "4 groups do not divide the 58 input channels")]
    [InlineData("""[Network, Input(60, 8, 8), Conv2d(58, 3, Groups = {|#0:4|})] public partial class A;""", "4 groups do not divide the 58 output channels")]
    [InlineData("""[Network, Input(58, 8, 8), Conv1x1(Groups = {|#0:3|})] public partial class A;""", "3 groups do not divide the 58 input channels")]
    public Task GroupsDoNotDivide(string source, string message) => DeclarationTest.Verify(source, ("BW0009", message));

    [Fact]
    public Task ShuffleGroupsDoNotDivide() => DeclarationTest.Verify(
        """[Network, Input(58, 8, 8), ChannelShuffle({|#0:4|})] public partial class A;""",
        ("BW0010", "4 groups do not divide the 58 channels"));

    [Theory]
    [InlineData("""[Network, Input(3, 4, 4), Conv2d(8, {|#0:7|}, Padding = 0)] public partial class A;""", "Conv2d reaches over 7 x 7, but its padded input is 4 x 4 (the input 4 x 4)")]
    [InlineData("""[Network, Input(3, 4, 8), Conv2d(8, {|#0:new[] { 5, 1 }|}, Padding = 0)] public partial class A;""", "Conv2d reaches over 5 x 1, but its padded input is 4 x 8 (the input 4 x 8)")]
    [InlineData("""[Network, Input(3, 4, 4), DepthwiseConv2d({|#0:3|}, Dilation = 4, Padding = 1)] public partial class A;""", "DepthwiseConv2d reaches over 9 x 9, but its padded input is 6 x 6 (the input 4 x 4)")]
    [InlineData("""[Network, Input(3, 1, 1), MaxPool2d({|#0:2|})] public partial class A;""", "MaxPool2d reaches over 2 x 2, but its padded input is 1 x 1 (the input 1 x 1)")]
    public Task KernelLargerThanItsInput(string source, string message) => DeclarationTest.Verify(source, ("BW0011", message));

    [Theory]
    [InlineData("""[Network, Input(3, 4, 4), {|#0:Split("a", "b")|}, Concat("a", "b")] public partial class A;""", "Split needs channels that 2 divides (or a Ratio); found 3")]
    [InlineData("""[Network, Input(1, 4, 4), {|#0:Split("a", "b")|}, Concat("a", "b")] public partial class A;""", "Split needs at least 2 channels for 2 parts; found 1")]
    [InlineData("""[Network, Input(4, 4, 4), Split("a", "b", Ratio = {|#0:0.01|}), Concat("a", "b")] public partial class A;""", "Split needs two parts of at least one channel; found 0 and 4 of 4")]
    public Task SplitLeavesNothing(string source, string message) => DeclarationTest.Verify(source, ("BW0012", message));
}
