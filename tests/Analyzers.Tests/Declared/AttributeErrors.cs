namespace Blockwright.Analyzers.Tests.Declared;

/// <summary>Arguments that no attribute takes: beside what the compiler says there, an editor shows what there is.</summary>
public class AttributeErrors
{
    private const string OfConv2d = "Groups, Stride, Padding, Dilation, Bias, Name, If";

    [Theory]
    [InlineData("{|CS0246:{|#0:Strid|}|} = 2", $"Stride, if that is meant (there are {OfConv2d})", "Strid")]
    [InlineData("{|CS0246:{|#0:Transposed|}|} = true", OfConv2d, "Transposed")]
    [InlineData("{|CS0617:{|#0:KernelSize|}|} = 3", OfConv2d, "KernelSize")]
    public Task NoSuchProperty(string argument, string expected, string found) => DeclarationTest.Verify(
        $"[Network, Input(3, 8, 8), Conv2d(8, 3, {argument})] public partial class A;",
        ("BW0022", $"Conv2d: expected {expected}, found {found}"));

    [Theory]
    [InlineData("{|#0:{|CS1739:stride|}:|} 2", "Stride = ...", "stride:")]
    [InlineData("{|#0:{|CS1739:depth|}:|} 2", "outChannels, kernelSize", "depth:")]
    public Task NoSuchParameter(string argument, string expected, string found) => DeclarationTest.Verify(
        $"[Network, Input(3, 8, 8), Conv2d(8, 3, {argument})] public partial class A;",
        ("BW0022", $"Conv2d: expected {expected}, found {found}"));

    [Theory]
    [InlineData("{|CS1729:Conv2d{|#0:(3, 64, 3)|}|}", $"Conv2d: expected Conv2d(outChannels, kernelSize), and by name {OfConv2d}; the channels that come in are known, found 3 arguments")]
    [InlineData("{|CS1729:LeakyReLU{|#0:(0.2)|}|}", "LeakyReLU: expected by name NegativeSlope, Name, If; the channels that come in are known, found 1 argument")]
    [InlineData("{|CS1729:Budget{|#0:(140)|}|}", "Budget: expected by name MFlops, Parameters, ActivationBytes, MemoryAccessBytes, found 1 argument")]
    public Task TooMany(string layer, string message) => DeclarationTest.Verify($"[Network, Input(3, 8, 8), {layer}] public partial class A;", ("BW0022", message));

    [Fact]
    public Task ABatchIsNotDeclared() => DeclarationTest.Verify("[Network, {|CS1729:Input{|#0:(1, 3, 8, 8)|}|}] public partial class A;", ("BW0022", "Input: expected Input(channels, height, width), and by name Name, found 4 arguments"));

    [Theory]
    [InlineData("Conv2d(8, 3, Stride = 2, If = \"in > 2\")")]
    [InlineData("Conv2d(kernelSize: 3, outChannels: 8)")]
    [InlineData("Conv2d(8, 3, Padding = \"same\"), Conv2d(8, 3, Padding = \"valid\"), DepthwiseConv2d(5, Dilation = 2, Padding = \"same\")")]
    [InlineData("Conv2d(8, 4, Padding = \"same\"), Conv2d(8, 3, Stride = 2, Padding = new[] { 0, 1, 0, 1 }), MaxPool2d(3, Stride = 2, Padding = new object[] { 0, \"1\", 0, 1 })")]
    public Task Fit(string layer) => DeclarationTest.Verify($"[Network, Input(3, 28, 28), {layer}] public partial class A;");

    [Theory]
    [InlineData("Conv2d(8, 3, Stride = 2, Padding = {|#0:\"same\"|})", "BW0022", "Padding: expected a number beside a stride, as torch does (left out it is 1 x 1), found \"same\"")]
    public Task SameIsTorchs(string layer, string id, string message) => DeclarationTest.Verify($"[Network, Input(3, 28, 28), {layer}] public partial class A;", (id, message));

    /// <summary>A parameter may be called so.</summary>
    [Fact]
    public Task SameMayBeANumber() => DeclarationTest.Verify("""[Block, Parameter("same"), Conv2d("in", 2, Padding = "same")] public partial class A;""");

    [Theory]
    [InlineData("0")]
    [InlineData("double.NaN")]
    [InlineData("double.PositiveInfinity")]
    public Task AFactorThatLeavesNothing(string value) => DeclarationTest.Verify(
        $$"""[Network, Input(3, 8, 8), Conv1x1, Factor({|#0:{{value}}|})] public partial class A;""",
        ("BW0022", $"Value: expected a finite number other than 0, found {(value == "0" ? "0" : value.EndsWith("NaN", StringComparison.Ordinal) ? "NaN" : "Infinity")}"));

    /// <summary>What comes in is not known behind a mistake, and what is wrong whatever comes in is said all the same.</summary>
    [Theory]
    [InlineData("Upsample(2, Mode = {|#1:\"cubic\"|})", "BW0022", "Mode: expected \"nearest\" or \"bilinear\", found \"cubic\"")]
    [InlineData("Conv2d({|#1:\"wide\"|}, 3)", "BW0006", "The expression names 'wide'; expected one of: in")]
    [InlineData("GlobalAvgPool2d, Linear({|#1:\"wide\"|})", "BW0006", "The expression names 'wide'; expected one of: in")]
    [InlineData("Upsample(SizeOf = {|#1:\"skip\"|})", "BW0001", "No value is called 'skip' here; there are \"in\"")]
    [InlineData("Apply<Two>({|#1:\"wide\"|}, 3)", "BW0006", "The expression names 'wide'; expected one of: in")]
    [InlineData("{|#1:Stage<Two>(\"s\", 3)|}", "BW0008", "Two takes 2 (a, b); found 1")]
    public Task MistakesBehindAMistake(string steps, string id, string message) => DeclarationTest.Verify(
        $$"""
        [Block, Parameter("a"), Parameter("b"), Conv2d("a", "b")] public partial class Two;
        [Network, Input(3, 28, 28), Conv2d({|#0:0|}, 3), {{steps}}] public partial class A;
        """,
        Zero, (id, message));

    /// <summary>Nothing is said there that hangs on what comes in.</summary>
    [Theory]
    [InlineData("Linear(10)")]
    [InlineData("Conv2d(\"in*2\", 3, Groups = 4), BatchNorm2d, GroupNorm(3), PixelShuffle(5), ReflectionPad2d(40), Softmax(Dim = 3), MaxPool2d(2), Flatten, Linear(3), Softmax")]
    [InlineData("Stage<Two>(\"s\", 4, 0), Add(\"in\")")]
    [InlineData("Stage<Two>(\"s\", 4, 3, Units = 3, Collect = \"all\"), From(\"all\"), Conv1x1(4), Concat(\"all\")")]
    [InlineData("Stage<Two>(\"s\", \"unit+4\", \"2*unit\", Units = 3)")]
    [InlineData("Split(\"p\", \"q\"), From(\"p\"), Conv1x1, Concat(\"q\"), ChannelShuffle(7), Upsample(SizeOf = \"q\")")]
    [InlineData("Reshape(7, \"h\", \"2*w\"), Conv2d(4, 3)")]
    [InlineData("Reshape(5, -1), Softmax(Dim = 2), Permute(0, 2, 1), Reshape(\"h*w\", 5)")]
    [InlineData("Permute(0, 2, 3, 1), Permute(0, 1), Reshape(11)")]
    public Task NothingElseBehindAMistake(string steps) => DeclarationTest.Verify(
        $$"""
        [Block, Parameter("a"), Parameter("b"), Conv2d("a", "b + 1")] public partial class Two;
        [Network, Input(3, 28, 28), Conv2d({|#0:0|}, 3), {{steps}}] public partial class A;
        """,
        Zero);

    private static readonly (string, string) Zero = ("BW0007", "Expected a whole number of at least 1, found 0");

    [Fact]
    public Task AShapeOfNoModule() => DeclarationTest.Verify(
        """[{|#0:Shape("in/2")|}] public class Up;""",
        ("BW0028", "'Up' cannot be a module in a declaration: it does not derive from torch.nn.Module<Tensor, Tensor>, as every layer does"));

    [Fact]
    public Task AShapeOfABaseClass() => DeclarationTest.Verify("""[Shape("in/2")] public abstract class Up(string name) : TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>(name);""");
}
