namespace Blockwright.Analyzers.Tests.Declared;

public class NumberErrors
{
    [Theory]
    [InlineData("in*", "a number, a name or '('", 4)]
    [InlineData("", "a number, a name or '('", 1)]
    [InlineData("(in", "')'", 4)]
    [InlineData("in in", "an operator or the end", 4)]
    [InlineData("2.5", "a whole number (half of in is in/2, three quarters in*3/4)", 2)]
    [InlineData("99999999999", "an integer below 2^31", 1)]
    [InlineData("round(in)", "',' and a second number for round", 9)]
    [InlineData("min(in, 2", "')'", 10)]
    [InlineData("ceil(in, 8)", "an operator or the end", 5)]
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
        ("BW0006", "The expression names 'expnad'; expected one of: out, expand, in; 'expand' is nearest"));

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
        ("BW0007", "Expected a whole number, found in/0, a division by 0"));

    [Theory]
    [InlineData("""[Network, Input(3, 8, 8), Conv1x1({|#0:"in-3"|})] public partial class A;""", "0")]
    [InlineData("""[Network, Input(3, 8, 8), Conv1x1({|#0:0|})] public partial class A;""", "0")]
    [InlineData("""[Network, Input(3, 8, 8), Conv1x1({|#0:-4|})] public partial class A;""", "-4")]
    [InlineData("""[Block, Conv2d(8, 3, Stride = {|#0:0|})] public partial class A;""", "0")]
    [InlineData("""[Block, Conv2d(8, new[] { 3, {|#0:0|} })] public partial class A;""", "0")]
    [InlineData("""[Block, Upsample({|#0:0|})] public partial class A;""", "0")]
    [InlineData("""[Block, Upsample(Size = new[] { 4, {|#0:0|} })] public partial class A;""", "0")]
    [InlineData("""[Block, AdaptiveAvgPool2d({|#0:0|})] public partial class A;""", "0")]
    [InlineData("""[Block, AdaptiveMaxPool2d(new[] { {|#0:-1|}, 2 })] public partial class A;""", "-1")]
    [InlineData("""[Block, PixelShuffle({|#0:0|})] public partial class A;""", "0")]
    [InlineData("""[Block, PixelUnshuffle({|#0:-2|})] public partial class A;""", "-2")]
    public Task LessThanOne(string source, string found) => DeclarationTest.Verify(source, ("BW0007", $"Expected a whole number of at least 1, found {found}"));

    [Theory]
    [InlineData("round(in/(2-2), 8)", "in/0")]
    [InlineData("round(9/(2-7)/in, 8)", "9/-5")]
    public Task DivisionByNoneWithinRound(string expression, string found) => DeclarationTest.Verify(
        $$"""[Block, Conv1x1({|#0:"{{expression}}"|})] public partial class A;""",
        ("BW0007", $"Expected a divisor above 0 within round, found {found}"));

    [Theory]
    [InlineData("round(in, 0)", "0")]
    [InlineData("round(in, 2-5)", "-3")]
    public Task RoundToNoMultiple(string expression, string found) => DeclarationTest.Verify(
        $$"""[Block, Conv1x1({|#0:"{{expression}}"|})] public partial class A;""",
        ("BW0007", $"Expected a divisor of at least 1 for round, found {found}"));

    /// <summary>What is compared must be whole, where it is rounded too.</summary>
    [Theory]
    [InlineData("min(in/2, 8)")]
    [InlineData("round(max(in/2, 8)/4, 8)")]
    [InlineData("round(in, in/2)")]
    public Task WhatFunctionsCompareIsWhole(string expression) => DeclarationTest.Verify(
        $$"""[Network, Input(3, 8, 8), Conv1x1({|#0:"{{expression}}"|})] public partial class A;""",
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1"));

    [Fact]
    public Task WhatIsRoundedNeedNotBeWhole() => DeclarationTest.Verify("""[Network, Input(3, 8, 8), Conv1x1("round(in*3/4, 2)"), Conv1x1("max(in, 3)"), Conv1x1("min(in, 8)")] public partial class A;""");

    /// <summary>Emitted code names them, and C# has no such literal of an int.</summary>
    [Theory]
    [InlineData("in*65536*65536/p", "4294967296*in")]
    [InlineData("min(in*65536*65536, 8)", "4294967296*in")]
    [InlineData("round(in*65536*65536/p, 8)", "4294967296*in")]
    [InlineData("round(in/65536/65536/p, 8)", "4294967296*p")]
    public Task NumberBeyondIntWithin(string expression, string found) => DeclarationTest.Verify(
        $$"""[Block, Parameter("p"), Conv1x1({|#0:"{{expression}}"|})] public partial class A;""",
        ("BW0007", $"Expected numbers up to 2147483647, found {found}"));

    [Fact]
    public Task NumberBeyondInt() => DeclarationTest.Verify(
        """[Block, Conv1x1({|#0:"2147483647*2147483647*2147483647"|})] public partial class A;""",
        ("BW0007", "Expected a whole number from 1 to 2147483647, found a number beyond 64 bits"));

    [Theory]
    [InlineData("""[Block, ZeroPad2d(new[] { 1, {|#0:-1|}, 0, 0 })] public partial class A;""")]
    [InlineData("""[Block, ReflectionPad2d({|#0:-1|})] public partial class A;""")]
    public Task BordersBelowNone(string source) => DeclarationTest.Verify(source, ("BW0007", "Expected a whole number of at least 0, found -1"));

    [Fact]
    public Task PlacesThatDoNotDivideTheChannels() => DeclarationTest.Verify(
        """[Network, Input(6, 4, 4), PixelShuffle({|#0:2|})] public partial class A;""",
        ("BW0010", "The 4 pixels that each becomes, 2 x 2, do not divide the 6 channels"));

    [Fact]
    public Task NormsGroupsThatDoNotDivideTheChannels() => DeclarationTest.Verify(
        """[Network, Input(6, 4, 4), GroupNorm({|#0:4|})] public partial class A;""",
        ("BW0009", "4 groups do not divide the 6 channels"));

    [Fact]
    public Task GroupsOfOneValue() => DeclarationTest.Verify(
        """[Network, Input(6, 4, 4), GlobalAvgPool2d, GroupNorm({|#0:"in"|})] public partial class A;""",
        ("BW0022", "NumGroups: expected groups of more than one value, found 6 groups of N x 6 x 1 x 1"));

    [Fact]
    public Task ANormOfOnePixel() => DeclarationTest.Verify(
        """[Network, Input(6, 4, 4), GlobalAvgPool2d, {|#0:InstanceNorm2d|}] public partial class A;""",
        ("BW0023", "InstanceNorm2d takes a map of more than one pixel; found N x 6 x 1 x 1"));

    [Theory]
    [InlineData("TrackRunningStats = {|#0:false|}")]
    [InlineData("Affine = false, TrackRunningStats = {|#0:false|}")]
    public Task ABatchsNormOfOnePixel(string arguments) => DeclarationTest.Verify(
        $$"""[Network, Input(6, 4, 4), GlobalAvgPool2d, BatchNorm2d(Affine = false), BatchNorm2d({{arguments}})] public partial class A;""",
        ("BW0023", "BatchNorm2d without running statistics takes a map of more than one pixel; found N x 6 x 1 x 1"));

    [Theory]
    [InlineData("{|#0:Reshape(85, \"h*w\")|}", "Sizes: expected 92055 elements in all, as N x 255 x 19 x 19 has, found 30685")]
    [InlineData("{|#0:Reshape(85, 19)|}", "Sizes: expected 92055 elements in all, as N x 255 x 19 x 19 has, found 1615")]
    [InlineData("Reshape({|#0:-1|}, 7, \"h\", \"w\")", "Sizes: expected sizes that divide the 92055 elements of N x 255 x 19 x 19, found 2527")]
    [InlineData("Reshape(-1, 3, {|#0:-1|})", "Sizes: expected one -1, the rest, found a second")]
    [InlineData("Reshape(255, {|#0:\"h*(w+1)\"|})", "Sizes: expected a product of numbers, h and w, found another expression")]
    [InlineData("{|#0:Reshape|}", "Reshape: expected the sizes that come out, without the images, found none")]
    [InlineData("{|#0:Permute(0, 1, 1, 2)|}", "Dims: expected 0, the images, and behind it 1 to 3, the sizes of N x 255 x 19 x 19, in any order, found 0, 1, 1, 2")]
    [InlineData("{|#0:Permute(1, 0, 2, 3)|}", "Dims: expected 0, the images, and behind it 1 to 3, the sizes of N x 255 x 19 x 19, in any order, found 1, 0, 2, 3")]
    [InlineData("Reshape(255, \"h*w\"), {|#0:Permute(0, 2, 1, 3)|}", "Dims: expected 0, the images, and behind it 1 to 2, the sizes of N x 255 x 361, in any order, found 0, 2, 1, 3")]
    [InlineData("Reshape(255, \"h*w\"), Softmax(Dim = {|#0:3|})", "Dim: expected 1 to 2, the sizes of N x 255 x 361, found 3")]
    public Task SizesThatDoNotFit(string layer, string message) => DeclarationTest.Verify($$"""[Network, Input(255, 19, 19), {{layer}}] public partial class A;""", ("BW0022", message));

    /// <summary>Whatever the map's size is.</summary>
    [Theory]
    [InlineData("{|#0:Reshape(85, \"h*w\")|}", "Sizes: expected 10*h*w elements in all, as N x 10 x H x W has, found 85*h*w")]
    [InlineData("Reshape({|#0:-1|}, 3, \"h\")", "Sizes: expected sizes that divide the 10*h*w elements of N x 10 x H x W, found 3*h")]
    public Task SizesThatFitNoMap(string layer, string message) => DeclarationTest.Verify($$"""[Block, Conv1x1(10), {{layer}}] public partial class A;""", ("BW0022", message));

    /// <summary>In a block what becomes another kind of value is always there.</summary>
    [Fact]
    public Task SizesThatDependOnACondition() => DeclarationTest.Verify(
        """[Block, Parameter("n"), Reshape("in", "h*w", If = {|#0:"n > 0"|})] public partial class A;""",
        ("BW0022", "If: expected no condition where N x in x H x W becomes N x in x H*W: what follows takes either, found n > 0"));

    [Theory]
    [InlineData("Flatten, Reshape({|#0:\"h\"|}, -1)", "Reshape with h or w takes N x C x H x W (-1 is the rest); found N x 96")]
    [InlineData("Permute(0, 2, 3, 1), Reshape(-1, {|#0:\"w\"|})", "Reshape with h or w takes N x C x H x W (-1 is the rest); found N x 4 x 4 x 6, whose height and width are not those of a map in this order (a Reshape to three numbers makes one)")]
    [InlineData("Reshape(6, \"h*w\"), ReLU, {|#0:Conv1x1(3)|}", "Conv1x1 takes N x C x H x W or N x F (what a Reshape or Permute gives beside them goes through Reshape, Permute, Softmax, LogSoftmax and activations without weights to the output alone); found N x 6 x 16")]
    [InlineData("Permute(0, 3, 1, 2), {|#0:Split(\"a\", \"b\")|}, Concat(\"a\", \"b\")", "Split takes N x C x H x W or N x F (what a Reshape or Permute gives beside them goes through Reshape, Permute, Softmax, LogSoftmax and activations without weights to the output alone); found N x 4 x 6 x 4, whose height and width are not those of a map in this order (a Reshape to three numbers makes one)")]
    [InlineData("Reshape(-1), {|#0:Linear(3)|}", "Linear takes N x C x H x W or N x F (what a Reshape or Permute gives beside them goes through Reshape, Permute, Softmax, LogSoftmax and activations without weights to the output alone); found N x 96, a number that goes with the map's height and width (Flatten, or the number itself, makes features)")]
    [InlineData("From(\"in\", As = \"y\"), Reshape(6, \"h*w\"), {|#0:Concat(\"in\")|}", "Concat takes N x C x H x W or N x F (what a Reshape or Permute gives beside them goes through Reshape, Permute, Softmax, LogSoftmax and activations without weights to the output alone); found N x 6 x 16")]
    [InlineData("Reshape(6, \"h*w\"), {|#0:Apply<Unit>|}", "Unit takes N x C x H x W; found N x 6 x 16")]
    [InlineData("Reshape(6, \"h*w\"), {|#0:Flatten|}", "Flatten takes N x C x H x W or N x F (what a Reshape or Permute gives beside them goes through Reshape, Permute, Softmax, LogSoftmax and activations without weights to the output alone); found N x 6 x 16")]
    public Task WhatIsNeitherAMapNorFeatures(string layers, string message) => DeclarationTest.Verify(
        $$"""[Block, Conv1x1] public partial class Unit; [Network, Input(6, 4, 4), {{layers}}] public partial class A;""", ("BW0023", message));

    [Fact]
    public Task MapsBeyondInt() => DeclarationTest.Verify(
        """[Network, Input(2, 65536, 8), Upsample({|#0:65536|})] public partial class A;""",
        ("BW0007", "Expected at most 2147483647 channels, and a map of at most 2147483647 x 2147483647, found 2 of 4294967296 x 524288"));

    [Fact]
    public Task FractionAtOneUse() => DeclarationTest.Verify(
        """
        [Block, Conv1x1({|#100:"in/2"|})] public partial class Half;
        [Network, Input(6, 8, 8), {|#0:Stage<Half>("s", Units = 2)|}] public partial class Net;
        """,
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1 (in Half for Net, s.1, with in = 3)"));

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
    [InlineData("""[Network, Input(4, 4, 4), Split("a", "b", Channels = {|#0:4|}), Concat("a", "b")] public partial class A;""", "Split needs two parts of at least one channel; found 4 and 0 of 4")]
    [InlineData("""[Network, Input(4, 4, 4), Parameter("percent", 10), Split("a", "b", Channels = {|#0:"c-c*percent/10"|}), Concat("a", "b")] public partial class A;""", "Split needs two parts of at least one channel; found 0 and 4 of 4")]
    [InlineData("""[Network, Input(4, 4, 4), Split("a", "b", Ratio = {|#0:0.01|}), Concat("a", "b")] public partial class A;""", "Split needs two parts of at least one channel; found 0 and 4 of 4")]
    public Task SplitLeavesNothing(string source, string message) => DeclarationTest.Verify(source, ("BW0012", message));

    [Theory]
    [InlineData("Conv2d(8, {|#0:2|})", "Padding = 0 gives 27 x 27, Padding = 1 gives 29 x 29", "1 x 1")]
    [InlineData("DepthwiseConv2d({|#0:4|}, Stride = 4)", "Padding = 1 gives 7 x 7, Padding = 2 gives 8 x 8", "3 x 3", "")]
    [InlineData("Conv2d(8, {|#0:new[] { 3, 2 }|})", "Padding = new[] { 1, 0 } gives 28 x 27, Padding = 1 gives 28 x 29", "2 x 1")]
    [InlineData("Conv2d(8, {|#0:4|}, Dilation = 3)", "Padding = 4 gives 27 x 27, Padding = 5 gives 29 x 29", "9 x 9")]
    public Task Even_kernel_without_a_padding(string layer, string choices, string reach, string same = "; Padding = \"same\" keeps it with one more on the right or at the bottom") => DeclarationTest.Verify(
        $$"""[Network, Input(3, 28, 28), {{layer}}] public partial class A;""",
        ("BW0007", $"Expected a Padding, since none keeps the size under an even kernel: {choices}{same}, found none: half of the {reach} pixels beside its own leaves a rest"));

    [Fact]
    public Task Even_kernel_at_one_use() => DeclarationTest.Verify(
        """
        [Block, Parameter("k"), Conv2d("in", {|#100:"k"|})] public partial class Unit;
        [Network, Input(3, 28, 28), Apply<Unit>(3), {|#0:Apply<Unit>(2)|}] public partial class A;
        """,
        ("BW0007", "Expected a Padding, since none keeps the size under an even kernel: Padding = 0 gives 27 x 27, Padding = 1 gives 29 x 29; Padding = \"same\" keeps it with one more on the right or at the bottom, found none: half of the 1 x 1 pixels beside its own leaves a rest (in Unit for A, 1, with in = 3, k = 2)"));

    [Theory]
    [InlineData("Conv2d(8, 2, Padding = 0)")]
    [InlineData("Conv2d(8, 2, Padding = \"same\")")]
    [InlineData("Conv2d(8, 2, Dilation = 2)")] // reaches over two, one on each side
    [InlineData("MaxPool2d(2)")] // its padding left out is no promise to keep the size
    public Task Even_kernel_that_says_it(string layer) => DeclarationTest.Verify($"[Network, Input(3, 28, 28), {layer}] public partial class A;");

    [Fact]
    public Task Half_of_an_odd_kernel() => DeclarationTest.Verify(
        """
        [Block, Parameter("k"), Conv2d("in", "k", Padding = {|#100:"k/2"|})] public partial class Unit;
        [Network, Input(3, 28, 28), {|#0:Apply<Unit>(3)|}] public partial class A;
        """,
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1; the padding that keeps the size under a kernel of 3 is (3-1)/2, or left out (in Unit for A, 0, with in = 3, k = 3)"));
}
