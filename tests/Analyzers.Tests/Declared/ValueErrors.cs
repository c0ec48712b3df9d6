namespace Blockwright.Analyzers.Tests.Declared;

public class ValueErrors
{
    [Fact]
    public Task UnknownValueInFrom() => DeclarationTest.Verify(
        """[Block, Split("keep", "work"), From({|#0:"wrok"|}), ReLU, Concat("keep", "work")] public partial class A;""",
        ("BW0001", "No value is called 'wrok' here; there are \"in\", \"keep\", \"work\"; 'work' is nearest"));

    [Fact]
    public Task UnknownValueInConcat() => DeclarationTest.Verify(
        """[Block, From("in", As = "y"), Conv1x1, Concat("in", {|#0:"z"|})] public partial class A;""",
        ("BW0001", "No value is called 'z' here; there are \"in\", \"y\""));

    /// <summary>What the last layer makes is not called what [Output] says.</summary>
    [Theory]
    [InlineData("Output({|#0:\"logit\"|}), GlobalAvgPool2d, Linear(2)", "logit", "\"in\"; what the last layer makes has no name: a From(..., As = \"logit\") in front of its layers gives it one, and as the only result it needs neither name nor [Output]")]
    [InlineData("Output({|#0:\"logit\"|}), From(\"in\", As = \"logits\"), GlobalAvgPool2d, Linear(2)", "logit", "\"in\", \"logits\"; 'logits' is nearest")]
    [InlineData("Output({|#0:\"auxx\"|}, TrainingOnly = true), From(\"in\", As = \"aux\"), Conv1x1(2), From(\"in\"), Conv1x1(4)", "auxx", "\"in\", \"aux\"; 'aux' is nearest")]
    [InlineData("Output({|#0:\"no\"|})", "no", "\"in\"")]
    public Task UnknownResult(string steps, string name, string known) => DeclarationTest.Verify(
        $$"""[Network, Input(3, 8, 8), {{steps}}] public partial class A;""",
        ("BW0001", $"No value is called '{name}' here; there are {known}"));

    [Fact]
    public Task UnknownGate() => DeclarationTest.Verify(
        """[Block, Conv1x1, Multiply({|#0:"gate"|})] public partial class A;""",
        ("BW0001", "No value is called 'gate' here; there are \"in\""));

    [Fact]
    public Task NamedValueNeverUsed() => DeclarationTest.Verify(
        """[Block, {|#0:From("in", As = "y")|}, Conv1x1, ReLU, From("in"), Conv1x1] public partial class A;""",
        ("BW0002", "'y' is never used"));

    [Fact]
    public Task PartNeverUsed() => DeclarationTest.Verify(
        """[Block, Split({|#0:"keep"|}, "work"), From("work"), ReLU] public partial class A;""",
        ("BW0002", "'keep' is never used"));

    [Theory]
    [InlineData("Conv1x1(4)", "b")]
    [InlineData("From(\"a\", As = \"c\"), Conv1x1(1), Add(\"c\", \"in\")", "b")]
    public Task InputNeverUsed(string steps, string name) => DeclarationTest.Verify(
        $$"""[Network, Input(1, 4, 4, Name = "a"), Input(1, 4, 4, Name = {|#0:"b"|}), {{steps}}] public partial class A;""",
        ("BW0002", $"'{name}' is never used"));

    [Fact]
    public Task FirstInputNeverUsed() => DeclarationTest.Verify(
        """[Network, Input(1, 4, 4, Name = {|#0:"a"|}), Input(1, 4, 4, Name = "b"), From("b"), Conv1x1(4)] public partial class A;""",
        ("BW0002", "'a' is never used"));

    [Theory]
    [InlineData("""[Network, Input(1, 4, 4, Name = "a"), Input(1, 4, 4, Name = {|#0:"a"|}), Conv1x1(4)] public partial class A;""")]
    public Task InputNamedTwice(string source) => DeclarationTest.Verify(source, ("BW0003", "The name 'a' is taken: expected a new one"));

    [Fact]
    public Task RunningResultDropped() => DeclarationTest.Verify(
        """[Block, Conv1x1, {|#0:ReLU|}, From("in"), Sigmoid] public partial class A;""",
        ("BW0002", "the result of ReLU, which From(\"in\") leaves and which has no name (a From(..., As = \"x\") in front of its layers gives it one), is never used"));

    [Fact]
    public Task ResultOfAJoinDropped() => DeclarationTest.Verify(
        """[Block, Split("a", "b"), {|#0:Concat("a", "b")|}, From("in"), Sigmoid] public partial class A;""",
        ("BW0002", "the result of Concat, which From(\"in\") leaves and which has no name (Concat(..., As = \"x\") gives it one), is never used"));

    [Fact]
    public Task ANameOfAJoinNeverUsed() => DeclarationTest.Verify(
        """[Block, Split("a", "b"), Concat("a", "b", As = {|#0:"y"|}), ReLU, From("in"), Sigmoid] public partial class A;""",
        ("BW0002", "'y' is never used"));

    [Fact]
    public Task ANameOfAJoinWithTheRunningValue() => DeclarationTest.Verify(
        """[Block, From("in", As = "x"), Conv1x1, Add("in", As = {|#0:"y"|})] public partial class A;""",
        ("BW0022", "As: expected no name on a join with the running value, which goes on as \"x\" (a join of several values takes one), found \"y\""));

    [Fact]
    public Task ReplacedValueNeverUsed() => DeclarationTest.Verify(
        """[Block, Split("a", "b"), {|#0:From("a")|}, ReLU, Concat("b", "b")] public partial class A;""",
        ("BW0002", "'a' is never used"));

    [Theory]
    [InlineData("""[Block, From("in", As = "y"), ReLU, From("in", As = {|#0:"y"|}), Sigmoid, Add("y", "y")] public partial class A;""", "y")]
    [InlineData("""[Block, From("in", As = {|#0:"in"|}), ReLU] public partial class A;""", "in")]
    [InlineData("""[Block, Split("a", "b"), Multiply("a", "b", As = {|#0:"b"|}), ReLU] public partial class A;""", "b")]
    [InlineData("""[Block, Split("a", {|#0:"a"|}), From("a"), ReLU] public partial class A;""", "a")]
    [InlineData("""[Block, Parameter("p"), Parameter({|#0:"p"|}), Conv1x1("p")] public partial class A;""", "p")]
    public Task NameBoundTwice(string source, string name) => DeclarationTest.Verify(source, ("BW0003", $"The name '{name}' is taken: expected a new one"));

    /// <summary>What goes on under a name is that name's value: no residual.</summary>
    [Theory]
    [InlineData("""[Block, From("in", As = "y"), Conv1x1, BatchNorm2d, From("y"), Add({|#0:"y"|})] public partial class A;""", "Add", "y")]
    [InlineData("""[Block, Split("a", "y"), From("y"), Conv1x1, Concat({|#0:"y"|}), Concat("a")] public partial class A;""", "Concat", "y")]
    [InlineData("""[Block, From("in"), Conv1x1, Add({|#0:"in"|})] public partial class A;""", "Add", "in")]
    [InlineData("""[Block, From("in"), Sigmoid, Multiply({|#0:"in"|})] public partial class A;""", "Multiply", "in")]
    [InlineData("""[Block, Concat({|#0:"in"|}), Conv1x1("in")] public partial class A;""", "Concat", "in")]
    [InlineData("""[Block, Path("p"), Add({|#0:"in"|}, If = "in > 8"), ReLU] public partial class A;""", "Add", "in")]
    [InlineData("""[Block, From("in", As = "y"), Add({|#0:"in"|}), ReLU] public partial class A;""", "Add", "in")]
    [InlineData("""[Network, Input(3, 8, 8), From("in", As = "y"), ReLU, From("y", As = "z"), Add({|#0:"y"|}), ReLU] public partial class A;""", "Add", "y")]
    public Task AValueJoinedWithItself(string source, string kind, string name) => DeclarationTest.Verify(
        source,
        ("BW0022", $"{kind}: expected another value than the running one, which is \"{name}\" itself (a From with As leaves the value that it starts from as it was; {kind}(\"{name}\", \"{name}\") would say it on purpose), found \"{name}\""));

    /// <summary>Who names the branch as he would the shortcut is told which that is.</summary>
    [Fact]
    public Task ABranchTakenForItsShortcut() => DeclarationTest.Verify(
        """[Block, From("in", As = "skip"), Conv1x1, ReLU, Add({|#0:"skip"|})] public partial class A;""",
        ("BW0022", "Add: expected another value than the running one, which is \"skip\" itself (a shortcut is Add(\"in\"): As names what the layers make, and leaves \"in\" as it was; Add(\"skip\", \"skip\") would say it on purpose), found \"skip\""));

    [Theory]
    [InlineData("""Multiply("in"), Conv1x1""")]
    [InlineData("""From("in"), Multiply("in"), Conv1x1""")]
    [InlineData("""From("in", As = "y"), Conv1x1, Add("y", "y")""")]
    [InlineData("""From("in", As = "y"), Conv1x1, Add("in")""")]
    [InlineData("""From("in", As = "y"), Conv1x1, From("y", As = "z"), Sigmoid, Multiply("y")""")]
    [InlineData("""Split("a", "b"), From("a", As = "c"), ReLU, From("b"), Add("a"), Concat("c")""")]
    [InlineData("""Conv1x1(If = "out > in"), Add("in")""")]
    [InlineData("""Apply<Sum>(Name = "")""")]
    public Task ASquareAndAResidualAreNoMistake(string steps) => DeclarationTest.Verify($$"""[Block, ReLU, Add("in")] public partial class Sum; [Block, {{steps}}] public partial class A;""");

    /// <summary>What is left out in this network is there in another.</summary>
    [Theory]
    [InlineData("""Conv1x1(If = "in > 8"), Concat("in")""")]
    [InlineData("""From("in", As = "y"), ReLU(If = "in > 8"), From("y", As = "z"), Concat("in")""")]
    public Task AStepThatIsLeftOutStandsBetween(string steps) => DeclarationTest.Verify($$"""[Network, Input(3, 8, 8), {{steps}}] public partial class A; [Block, {{steps}}] public partial class B; [Network, Input(3, 8, 8), Apply<B>] public partial class C;""");

    [Fact]
    public Task AValueOfANetworkThatNobodyReads() => DeclarationTest.Verify(
        """[Network, Input(3, 8, 8), Conv1x1(4), Split({|#0:"a"|}, "b"), From("b"), ReLU] public partial class A;""",
        ("BW0002", "'a', which [Output(\"a\")] would give as a result, is never used"));

    [Theory]
    [InlineData("""[Block, Split("a", {|#0:""|}), From("a"), ReLU] public partial class A;""")]
    [InlineData("""[Block, From("in", As = {|#0:""|}), ReLU] public partial class A;""")]
    public Task AnEmptyName(string source) => DeclarationTest.Verify(source, ("BW0003", "The name '' is empty: expected a new one"));

    [Fact]
    public Task AddOfDifferentChannels() => DeclarationTest.Verify(
        """[Network, Input(8, 5, 5), From("in", As = "y"), Conv1x1(16), {|#0:Add("in", "y")|}] public partial class A;""",
        ("BW0004", "Add takes values of one shape, or of its channels and 1 x 1, or of one channel and its height and width; found N x 8 x 5 x 5 and N x 16 x 5 x 5"));

    [Fact]
    public Task AddOfDifferentSizes() => DeclarationTest.Verify(
        """[Network, Input(8, 6, 6), From("in", As = "y"), DepthwiseConv2d(3, Stride = 2), {|#0:Add("in", "y")|}] public partial class A;""",
        ("BW0004", "Add takes values of one shape, or of its channels and 1 x 1, or of one channel and its height and width; found N x 8 x 6 x 6 and N x 8 x 3 x 3"));

    [Fact]
    public Task MultiplyOfDifferentChannels() => DeclarationTest.Verify(
        """[Network, Input(8, 6, 6), From("in", As = "gate"), GlobalAvgPool2d, Conv1x1(4), From("in"), {|#0:Multiply("gate")|}] public partial class A;""",
        ("BW0004", "Multiply takes values of one shape, or of its channels and 1 x 1, or of one channel and its height and width; found N x 8 x 6 x 6 and N x 4 x 1 x 1"));

    [Fact]
    public Task ConcatOfDifferentSizes() => DeclarationTest.Verify(
        """[Network, Input(8, 6, 6), From("in", As = "y"), MaxPool2d(2), {|#0:Concat("in", "y")|}] public partial class A;""",
        ("BW0004", "Concat takes values of one height and width; found N x 8 x 6 x 6 and N x 8 x 3 x 3; Upsample(2) behind N x 8 x 3 x 3 would mend it"));

    [Theory]
    [InlineData("MaxPool2d(new[] { 1, 3 })", "N x 8 x 6 x 2", "Upsample(new[] { 1, 3 }) behind N x 8 x 6 x 2")]
    [InlineData("Conv2d(4, 3, Padding = 0)", "N x 4 x 4 x 4", "Upsample(Size = 6) behind N x 4 x 4 x 4")]
    [InlineData("Conv2d(4, new[] { 3, 1 }, Padding = 0)", "N x 4 x 4 x 6", "Upsample(Size = 6) behind N x 4 x 4 x 6")]
    [InlineData("ZeroPad2d(new[] { 0, 1, 0, 0 })", "N x 8 x 6 x 7", "Upsample(Size = new[] { 6, 7 }) behind N x 8 x 6 x 6")]
    public Task ConcatSaysWhichUpsampleMendsIt(string layer, string found, string mending) => DeclarationTest.Verify(
        $$"""[Network, Input(8, 6, 6), From("in", As = "y"), {{layer}}, {|#0:Concat("in", "y")|}] public partial class A;""",
        ("BW0004", $"Concat takes values of one height and width; found N x 8 x 6 x 6 and {found}; {mending} would mend it"));

    [Fact]
    public Task ConcatOfThreeSizes() => DeclarationTest.Verify(
        """[Network, Input(8, 12, 12), From("in", As = "y"), MaxPool2d(2), From("y", As = "z"), MaxPool2d(2), {|#0:Concat("z", "in", "y")|}] public partial class A;""",
        ("BW0004", "Concat takes values of one height and width; found N x 8 x 3 x 3 and N x 8 x 12 x 12 and N x 8 x 6 x 6; Upsample(4) behind N x 8 x 3 x 3 and Upsample(2) behind N x 8 x 6 x 6 would mend it"));

    [Fact]
    public Task AMismatchAtOneUseStandsAtThatUse() => DeclarationTest.Verify(
        """
        [Block, From("in", As = "y"), Conv1x1("out"), {|#100:Add("in", "y")|}] public partial class Residual;
        [Network, Input(8, 5, 5), Stage<Residual>("body", Channels = 8, Units = 2), {|#0:Apply<Residual>(Channels = 16)|}] public partial class Net;
        """,
        ("BW0004", "Add takes values of one shape, or of its channels and 1 x 1, or of one channel and its height and width; found N x 8 x 5 x 5 and N x 16 x 5 x 5 (in Residual for Net, 0, with in = 8, out = 16)"));

    [Fact]
    public Task NoValueBehindSplit() => DeclarationTest.Verify(
        """[Block, Split("a", "b"), {|#0:ReLU|}, Concat("a", "b")] public partial class A;""",
        ("BW0020", "ReLU has no value to go on from: expected a From, which says what goes on (there are \"in\", \"a\", \"b\")"));

    [Fact]
    public Task SplitAtTheEnd() => DeclarationTest.Verify(
        """[Block, {|#0:Split({|#1:"a"|}, {|#2:"b"|})|}] public partial class A;""",
        ("BW0020", "the end of the block has no value to go on from: expected a From, which says what goes on (there are \"in\", \"a\", \"b\")"),
        ("BW0002", "'a' is never used"),
        ("BW0002", "'b' is never used"));
}
