namespace Blockwright.Analyzers.Tests.Declared;

public class BlockErrors
{
    private const string Bottleneck = """[Block, Parameter("expand"), Parameter("stride"), Conv2d("out*expand", 3, Stride = "stride"), Conv1x1("out")] public partial class Bottleneck;""";

    [Theory]
    [InlineData("{|#0:Apply<Bottleneck>()|}", "0")]
    [InlineData("{|#0:Apply<Bottleneck>(6)|}", "1")]
    [InlineData("Apply<Bottleneck>(6, 1, {|#0:2|}, 3)", "4")]
    public Task ArgumentCount(string apply, string found) => DeclarationTest.Verify(
        $$"""
        {{Bottleneck}}
        [Block, {{apply}}] public partial class A;
        """,
        ("BW0008", $"Bottleneck takes 2 (expand, stride); found {found}"));

    [Fact]
    public Task ArgumentsOfABlockWithoutParameters() => DeclarationTest.Verify(
        """
        [Block, ReLU] public partial class Plain;
        [Block, Stage<Plain>("s", {|#0:3|})] public partial class A;
        """,
        ("BW0008", "Plain takes no arguments; found 1"));

    [Fact]
    public Task TheRestOfAStageTakesTheFirstOnesArgumentsByName() => DeclarationTest.Verify(
        $$"""
        {{Bottleneck}}
        [Block, Parameter("width"), Conv1x1("width"), Conv1x1("out")] public partial class Other;
        [Block, {|#0:Stage<Bottleneck, Other>("s", 6, 2, Units = 2)|}] public partial class A;
        """,
        ("BW0008", "Other takes a value for 'width'; found no parameter of that name in Bottleneck"));

    [Fact]
    public Task AnArgumentThatDoesNotParse() => DeclarationTest.Verify(
        $$"""
        {{Bottleneck}}
        [Block, Apply<Bottleneck>(6, {|#0:"in**2"|})] public partial class A;
        """,
        ("BW0005", "'in**2' is no expression: expected a number, a name or '(' at character 4"));

    [Fact]
    public Task Recursion() => DeclarationTest.Verify(
        """
        [Block, {|#0:Apply<B>|}] public partial class A;
        [Block, ReLU, {|#1:Apply<A>|}] public partial class B;
        """,
        ("BW0013", "A contains itself: A -> B -> A"),
        ("BW0013", "B contains itself: B -> A -> B"));

    [Fact]
    public Task RecursionOfOne() => DeclarationTest.Verify(
        """[Block, {|#0:Apply<A>(Name = "")|}] public partial class A;""",
        ("BW0013", "A contains itself: A -> A"));

    [Theory]
    [InlineData("string")]
    [InlineData("Plain")]
    [InlineData("System.Collections.Generic.List<int>")]
    public Task TypeThatIsNoBlock(string type) => DeclarationTest.Verify(
        $$"""
        public class Plain;
        [Block, Apply<{|#0:{{type}}|}>] public partial class A;
        """,
        ("BW0019", $"'{(type.StartsWith("System", StringComparison.Ordinal) ? "List" : type == "string" ? "String" : type)}' is no block: expected a class declared with [Block], not generic"));

    /// <summary>There is a word for it, whatever it is made of.</summary>
    [Theory]
    [InlineData("Up", "Up")]
    [InlineData("Down", "Down")]
    [InlineData("Of<int>", "Of")]
    public Task ModuleThatIsNoBlock(string type, string name) => DeclarationTest.Verify(
        $$"""
        using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;
        public abstract class Up() : TorchModule("Up");
        public abstract class Down : Up;
        public abstract class Of<T>() : TorchModule("Of");
        [Block, Apply<{|#0:{{type}}|}>] public partial class A;
        """,
        ("BW0019", $"'{name}' is no block: expected Module<{name}>, for a module of one's own"));

    [Theory]
    [InlineData("Stage<{|#0:Up|}>(\"s\", Units = 2)")]
    [InlineData("Stage<Plain, {|#0:Up|}>(\"s\", Units = 2)")]
    public Task ModuleThatIsNoUnit(string stage) => DeclarationTest.Verify(
        $$"""
        public abstract class Up() : TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>("Up");
        [Block, ReLU] public partial class Plain;
        [Block, {{stage}}] public partial class A;
        """,
        ("BW0019", "'Up' is no block: expected a [Block] with [Module<Up>] in it, since a stage's units are blocks"));

    [Fact]
    public Task SecondTypeThatIsNoBlock() => DeclarationTest.Verify(
        """
        [Block, ReLU] public partial class Plain;
        [Block, Stage<Plain, {|#0:object|}>("s", Units = 2)] public partial class A;
        """,
        ("BW0019", "'Object' is no block: expected a class declared with [Block], not generic"));

    [Theory]
    [InlineData("""[Block, Conv1x1(Name = "a"), Conv1x1(Name = {|#0:"a"|})] public partial class A;""", "a", "a key that no other layer of this module has, or leads through")]
    [InlineData("""[Block, Conv1x1(Name = "a.b"), Conv1x1(Name = {|#0:"a"|})] public partial class A;""", "a", "a key that no other layer of this module has, or leads through")]
    [InlineData("""[Block, Conv1x1(Name = "a"), Conv1x1(Name = {|#0:"a.b"|})] public partial class A;""", "a.b", "a key that no other layer of this module has, or leads through")]
    [InlineData("""[Block, Conv1x1(Name = {|#0:"a b"|})] public partial class A;""", "a b", "letters from a to z, digits and _ - + : @, in parts that dots separate")]
    [InlineData("""[Block, Path({|#0:""|}), Conv1x1] public partial class A;""", "", "letters from a to z, digits and _ - + : @, in parts that dots separate")]
    [InlineData("""[Block, From("in", Name = {|#0:"a..b"|}), Conv1x1] public partial class A;""", "a..b", "letters from a to z, digits and _ - + : @, in parts that dots separate")]
    [InlineData("""[Block, Path("p"), Conv1x1(Name = "a"), Conv1x1(Name = {|#0:"/p.a"|})] public partial class A;""", "p.a", "a key that no other layer of this module has, or leads through")]
    [InlineData("""[Block, Path("p"), Conv1x1, Conv1x1(Name = {|#0:"0"|})] public partial class A;""", "p.0", "a key that no other layer of this module has, or leads through")]
    [InlineData("""[Block, Conv1x1(Name = {|#0:"//a"|})] public partial class A;""", "/a", "letters from a to z, digits and _ - + : @, in parts that dots separate")]
    [InlineData("""[Block, Path({|#0:"/a"|}), Conv1x1] public partial class A;""", "/a", "letters from a to z, digits and _ - + : @, in parts that dots separate")]
    public Task UnsuitableKey(string source, string key, string expected) => DeclarationTest.Verify(source, ("BW0021", $"'{key}' cannot be a key here: expected {expected}"));

    [Theory]
    [InlineData("""[Block, Dropout({|#0:1.5|})] public partial class A;""", "P: expected a number from 0, below 1, found 1.5")]
    [InlineData("""[Block, BatchNorm2d(Eps = {|#0:0|})] public partial class A;""", "Eps: expected a number above 0, found 0")]
    [InlineData("""[Block, Dropout2d({|#0:-0.5|})] public partial class A;""", "P: expected a number from 0, below 1, found -0.5")]
    [InlineData("""[Block, Factor({|#0:double.NaN|})] public partial class A;""", "Value: expected a finite number other than 0, found NaN")]
    [InlineData("""[Block, StochasticDepth({|#0:1|})] public partial class A;""", "P: expected a number from 0, below 1, found 1")]
    [InlineData("""[Block, StochasticDepth(0.1, Mode = {|#0:"image"|})] public partial class A;""", "Mode: expected \"row\" or \"batch\", found \"image\"")]
    [InlineData("""[Block, StochasticDepth(0.1, Layer = {|#0:3|})] public partial class A;""", "Layer: expected Layers beside it, found none")]
    [InlineData("""[Block, StochasticDepth(0.1, Layers = {|#0:3|})] public partial class A;""", "Layers: expected Layer beside it, found none")]
    [InlineData("""[Block, StochasticDepth(0.1, Layer = {|#0:"in+1"|}, Layers = "in")] public partial class A;""", "Layer: expected at most in, found in + 1")]
    [InlineData("""[Block, StochasticDepth(0.1, Layer = {|#0:5|}, Layers = 4)] public partial class A;""", "Layer: expected at most 4, found 5")]
    [InlineData("""[Block, Softplus(Beta = {|#0:0|})] public partial class A;""", "Beta: expected a number above 0, found 0")]
    [InlineData("""[Block, Softplus(Threshold = {|#0:double.NaN|})] public partial class A;""", "Threshold: expected a finite number, found NaN")]
    [InlineData("""[Block, Hardtanh(MinVal = 2, MaxVal = {|#0:2|})] public partial class A;""", "MaxVal: expected more than MinVal, 2, found 2")]
    [InlineData("""[Block, Hardtanh(MinVal = {|#0:1|})] public partial class A;""", "MinVal: expected less than MaxVal, 1, found 1")]
    [InlineData("""[Block, Hardtanh(MaxVal = {|#0:-3.5|})] public partial class A;""", "MaxVal: expected more than MinVal, -1, found -3.5")]
    [InlineData("""[Block, Hardtanh(MaxVal = {|#0:double.PositiveInfinity|})] public partial class A;""", "MaxVal: expected a finite number, found Infinity")]
    [InlineData("""[Block, {|#0:Clamp|}] public partial class A;""", "Clamp: expected Min, Max or both, found neither")]
    [InlineData("""[Block, Clamp(Max = {|#0:0|}, Min = 0.5)] public partial class A;""", "Max: expected more than Min, 0.5, found 0")]
    [InlineData("""[Block, Clamp(Min = {|#0:double.NegativeInfinity|})] public partial class A;""", "Min: expected a finite number, found -Infinity")]
    [InlineData("""[Block, PReLU(Init = {|#0:double.NaN|})] public partial class A;""", "Init: expected a finite number, found NaN")]
    [InlineData("""[Block, Softmax(Dim = {|#0:0|})] public partial class A;""", "Dim: expected 1 (channels), 2 (height) or 3 (width), found 0")]
    [InlineData("""[Block, LogSoftmax(Dim = {|#0:-1|})] public partial class A;""", "Dim: expected 1 (channels), 2 (height) or 3 (width), found -1")]
    [InlineData("""[Network, Input(3, 4, 4), Flatten, Softmax(Dim = {|#0:2|})] public partial class A;""", "Dim: expected 1, the features, found 2")]
    [InlineData("""[Block, {|#0:Upsample|}] public partial class A;""", "Upsample: expected one of a factor, Size and SizeOf, found none")]
    [InlineData("""[Block, Upsample(2, Size = {|#0:14|})] public partial class A;""", "Upsample: expected one of a factor, Size and SizeOf, found ScaleFactor and Size")]
    [InlineData("""[Block, Upsample(2, Mode = {|#0:"bicubic"|})] public partial class A;""", "Mode: expected \"nearest\" or \"bilinear\", found \"bicubic\"")]
    [InlineData("""[Block, Upsample(2, AlignCorners = {|#0:true|})] public partial class A;""", "AlignCorners: expected Mode = \"bilinear\" beside it, found \"nearest\"")]
    [InlineData("""[Block, Upsample({|#0:new[] { 1, 2, 3 }|})] public partial class A;""", "ScaleFactor: expected one number, or two: height, width, found 3 numbers")]
    [InlineData("""[Block, Upsample({|#0:1.5|})] public partial class A;""", "ScaleFactor: expected an integer, or an expression in a string, found 1.5")]
    [InlineData("""[Block, ZeroPad2d({|#0:new[] { 1, 2 }|})] public partial class A;""", "Padding: expected one number, or four: left, right, top, bottom, found 2 numbers")]
    [InlineData("""[Network, Input(3, 4, 6), ReflectionPad2d({|#0:4|})] public partial class A;""", "Padding: expected on each side less than the map has pixels, 4 x 6, found 4, 4, 4, 4")]
    [InlineData("""[Network, Input(3, 4, 6), ReflectionPad2d({|#0:new[] { 0, 6, 0, 0 }|})] public partial class A;""", "Padding: expected on each side less than the map has pixels, 4 x 6, found 0, 6, 0, 0")]
    [InlineData("""[Network, Input(3, 8, 6), PixelUnshuffle({|#0:4|})] public partial class A;""", "DownscaleFactor: expected a number that divides the map's height and width, 8 x 6, found 4")]
    [InlineData("""[Block, Scale(Init = {|#0:double.NegativeInfinity|})] public partial class A;""", "Init: expected a finite number, found -Infinity")]
    [InlineData("""[Block, GroupNorm(1, Eps = {|#0:0|})] public partial class A;""", "Eps: expected a number above 0, found 0")]
    [InlineData("""[Block, InstanceNorm2d(Eps = {|#0:-1|})] public partial class A;""", "Eps: expected a number above 0, found -1")]
    [InlineData("""[Block, LayerNorm2d(Eps = {|#0:double.PositiveInfinity|})] public partial class A;""", "Eps: expected a number above 0, found Infinity")]
    [InlineData("""[Block, LocalResponseNorm(5, Alpha = {|#0:-0.1|})] public partial class A;""", "Alpha: expected a number of at least 0, found -0.1")]
    [InlineData("""[Block, LocalResponseNorm(5, Beta = {|#0:double.NaN|})] public partial class A;""", "Beta: expected a finite number, found NaN")]
    [InlineData("""[Block, LocalResponseNorm(5, K = {|#0:0|})] public partial class A;""", "K: expected a number above 0, found 0")]
    [InlineData("""[Block, Conv2d(8, {|#0:new[] { 3, 3, 3 }|})] public partial class A;""", "KernelSize: expected one number, or two: height, width, found 3 numbers")]
    [InlineData("""[Block, Conv2d(8, {|#0:2.5|})] public partial class A;""", "KernelSize: expected an integer, or an expression in a string, found 2.5")]
    [InlineData("""[Block, Conv2d({|#0:1.0|}, 3)] public partial class A;""", "OutChannels: expected an integer, or an expression in a string, found 1.0")]
    [InlineData("""[Block, Conv1x1({|#0:null!|})] public partial class A;""", "OutChannels: expected an integer, or an expression in a string, found null")]
    [InlineData("""[Block, Conv2d(8, 3, Padding = {|#0:new[] { 1, 1, 1 }|})] public partial class A;""", "Padding: expected one number, two: height, width, or four: left, right, top, bottom, found 3 numbers")]
    [InlineData("""[Block, Conv2d(8, 3, Padding = new object[] { 0, {|#0:1.5|}, 0, 1 })] public partial class A;""", "Padding: expected an integer, or an expression in a string, found 1.5")]
    [InlineData("""[Block, AvgPool2d(3, Padding = {|#0:new[] { 0, 1, 0, 2 }|})] public partial class A;""", "Padding: expected at most half of the window of 3 x 3, found left 0, right 1, top 0, bottom 2")]
    [InlineData("""[Block, AvgPool2d(3, Padding = new[] { 0, 1, 0, 0 }, CeilMode = {|#0:true|})] public partial class A;""", "CeilMode: expected false beside a padding that is another on two sides, found true")]
    [InlineData("""[Block, MaxPool2d(3, Padding = {|#0:2|})] public partial class A;""", "Padding: expected at most half of the window of 3 x 3, found 2 x 2")]
    [InlineData("""[Block, {|#0:Split("a")|}, From("a"), ReLU] public partial class A;""", "Split: expected at least two names, found 1")]
    [InlineData("""[Block, Split("a", "b", Ratio = {|#0:1|}), Concat("a", "b")] public partial class A;""", "Ratio: expected two parts and a ratio above 0 and below 1, found 2 parts and 1")]
    [InlineData("""[Block, Split("a", "b", "c", Ratio = {|#0:0.5|}), Concat("a", "b", "c")] public partial class A;""", "Ratio: expected two parts and a ratio above 0 and below 1, found 3 parts and 0.5")]
    [InlineData("""[Block, {|#0:Concat|}] public partial class A;""", "Concat: expected the names of the values to join, found none")]
    [InlineData("""[Block, Parameter({|#0:"in"|}), ReLU] public partial class A;""", "Name: expected a C# identifier other than in, out, inChannels, outChannels, found in")]
    [InlineData("""[Network, Input(3, {|#0:0|}, 4), ReLU] public partial class A;""", "Height: expected at least 1, found 0")]
    [InlineData("""[Network, Input(3, 4, 4, Name = "a"), {|#0:Input(3, 4, 4)|}, ReLU] public partial class A;""", "Input: expected a Name, as each of several inputs has: forward's parameter, and the value that a From or a join reads, found none")]
    [InlineData("""[Network, Input(3, 4, 4, Name = {|#0:"in"|}), ReLU] public partial class A;""", "Name: expected a C# identifier other than in and out, found in")]
    [InlineData("""[Network, Input(3, 4, 4, Name = "a"), Input(3, 4, {|#0:-1|}, Name = "b"), Add("b")] public partial class A;""", "Width: expected at least 1, found -1")]
    [InlineData("""[Network, Input(3, 4, 4, Name = "a"), Input(3, 4, 4, Name = "b"), Input(3, 4, 4, Name = "c"), Input(3, 4, 4, Name = "d"), Input(3, 4, 4, Name = "e"), Input(3, 4, 4, Name = "f"), {|#0:Input(3, 4, 4, Name = "g")|}, Add("a", "b", "c", "d", "e", "f", "g")] public partial class A;""", "Input: expected at most 6 inputs, as a TorchSharp module takes (a Split cuts one into parts), found 7")]
    [InlineData("""[Network, Input(3, 4, 4), Parameter({|#0:"p"|}), ReLU] public partial class A;""", "Parameter: expected what it is where nobody gives it, as [Parameter(\"p\", 10)]: a network is planned and judged at that, found [Parameter(\"p\")]")]
    [InlineData("""[Network, Input(3, 4, 4), Parameter("p", {|#0:-1|}), Conv1x1("p+2")] public partial class A;""", "Default: expected at least 0, found -1")]
    [InlineData("""[Network, Input(3, 4, 4), Parameter("p", @default: {|#0:-1|}), Conv1x1("p+2")] public partial class A;""", "Default: expected at least 0, found -1")]
    [InlineData("""[Network, Input(3, 4, 4), Parameter("p", 1, 2, {|#0:-3|}), Conv1x1("p+2")] public partial class A;""", "Others: expected at least 0, found -3")]
    [InlineData("""[Block, Parameter("p", {|#0:3|}), Conv1x1("p")] public partial class A;""", "Default: expected none for a block's parameter, which each of its users gives, found 3")]
    [InlineData("""[Network, Input(3, 4, 4), Parameter("act", Kind = {|#0:ParameterKind.Activation|}), Conv1x1, ReLU] public partial class A;""", "Kind: expected a number: a network's activations are layers, which its plan has to know (a block's users may give one), found Activation")]
    [InlineData("""[Network, Input(4, 4, 4), Split("a", "b", Ratio = 0.5, Channels = {|#0:2|}), Concat("a", "b")] public partial class A;""", "Channels: expected two parts, and no Ratio beside, found a Ratio")]
    [InlineData("""[Block, Split("a", "b", "c", Channels = {|#0:"c/2"|}), Concat("a", "b", "c")] public partial class A;""", "Channels: expected two parts, and no Ratio beside, found 3 parts")]
    [InlineData("""[Block, {|#0:Input(3, 4, 4)|}, ReLU] public partial class A;""", "Input: expected no [Input] on a block: its users give it one, found [Input]")]
    public Task UnsuitableArgument(string source, string message) => DeclarationTest.Verify(source, ("BW0022", message));

    [Theory]
    [InlineData("5000", "at most 1000, found 5000")]
    [InlineData("\"n\"", "a constant, since each Grow changes the channels, found n")]
    public Task UnsuitableUnits(string units, string message) => DeclarationTest.Verify(
        $$"""
        [Block, Conv1x1("in+1")] public partial class Grow;
        [Block, Parameter("n"), Stage<Grow>("s", Units = {|#0:{{units}}|}), Stage<Grow>("t", Units = 2), Conv1x1("n")] public partial class A;
        """,
        ("BW0022", $"Units: expected {message}"));

    [Fact]
    public Task UnitNameWithoutANumber() => DeclarationTest.Verify(
        """
        [Block, ReLU] public partial class Plain;
        [Block, Stage<Plain>("s", Units = 2, UnitName = {|#0:"unit"|})] public partial class A;
        """,
        ("BW0022", "UnitName: expected a name with one {n}, where the numbers start: unit{0}, found unit"));

    [Fact]
    public Task UnitNameThatIsNoKey() => DeclarationTest.Verify(
        """
        [Block, ReLU] public partial class Plain;
        [Block, Stage<Plain>("s", Units = 2, UnitName = {|#0:"unit {0}"|})] public partial class A;
        """,
        ("BW0021", "'s.unit 0' cannot be a key here: expected letters from a to z, digits and _ - + : @, in parts that dots separate"));

    [Theory]
    [InlineData("""[Network, Input(3, 4, 4), {|#0:Linear(10)|}] public partial class A;""", "Linear takes N x F or N x F x 1 x 1 (put GlobalAvgPool2d or Flatten before it, or say PerPixel = true); found N x 3 x 4 x 4")]
    [InlineData("""[Network, Input(3, 4, 4), Flatten, {|#0:Linear(10, PerPixel = true)|}] public partial class A;""", "Linear takes N x C x H x W; found N x 48")]
    [InlineData("""[Network, Input(3, 4, 4), Flatten, {|#0:Conv1x1(10)|}] public partial class A;""", "Conv1x1 takes N x C x H x W; found N x 48")]
    [InlineData("""[Network, Input(3, 4, 4), Flatten, {|#0:BatchNorm2d|}] public partial class A;""", "BatchNorm2d takes N x C x H x W; found N x 48")]
    [InlineData("""[Block, {|#0:Flatten|}] public partial class A;""", "Flatten takes a map of known size (in a block: after GlobalAvgPool2d; else flatten in the network); found N x in x H x W")]
    public Task WrongRank(string source, string message) => DeclarationTest.Verify(source, ("BW0023", message));

    [Fact]
    public Task BlockThatDoesNotGiveTheChannelsAskedFor() => DeclarationTest.Verify(
        """
        [Block, Conv1x1("in*2")] public partial class Twice;
        [Network, Input(4, 4, 4), {|#0:Stage<Twice>("s", Channels = 12)|}] public partial class A;
        """,
        ("BW0024", "Twice is asked for 12 channels and gives 8"));

    [Fact]
    public Task MistakeInAReferencedBlockStandsAtItsUse() => DeclarationTest.Verify(
        """[Network, Input(3, 4, 4), {|#0:Apply<Half>|}] public partial class A;""",
        Microsoft.CodeAnalysis.CSharp.LanguageVersion.CSharp12,
        withTorch: true,
        library: """[Block, Conv1x1("in/2")] public partial class Half;""",
        ("BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1 (in A, 0, with in = 3)"));

    /// <summary>Each unit's number is known, and has a meaning in a stage's arguments alone.</summary>
    [Theory]
    [InlineData("""[Block, Parameter("n"), Stage<Of>("s", "unit+1", Units = {|#0:"n"|})]""", "BW0022", "Units: expected a constant, since an argument names unit, found n")]
    [InlineData("""[Network, Input(8, 9, 9), Stage<Of>("s", {|#0:"2-unit"|}, Units = 4)]""", "BW0007", "Expected a whole number of at least 0, found -1")]
    [InlineData("""[Network, Input(8, 9, 9), Stage<Of>("s", {|#0:"units"|}, Units = 2)]""", "BW0006", "The expression names 'units'; expected one of: in, unit; 'unit' is nearest")]
    [InlineData("""[Network, Input(8, 9, 9), Stage<Of>("s", 1, Channels = {|#0:"unit"|}, Units = 2)]""", "BW0006", "The expression names 'unit'; expected one of: in; 'unit' is the unit's number in a Stage's arguments alone")]
    [InlineData("""[Network, Input(8, 9, 9), Apply<Of>({|#0:"unit"|})]""", "BW0006", "The expression names 'unit'; expected one of: in; 'unit' is the unit's number in a Stage's arguments alone")]
    public Task CountsUnits(string declaration, string id, string message) => DeclarationTest.Verify($$"""{{OfNumber}} {{declaration}} public partial class A;""", (id, message));

    /// <summary>A parameter of that name is what it was.</summary>
    [Theory]
    [InlineData("""[Block, Parameter("unit"), Parameter("n"), Stage<Of>("s", "unit+1", Units = "n")]""")]
    [InlineData("""[Block, Stage<Of>("s", "unit+1", Units = 3)]""")]
    [InlineData("""[Block, Parameter("k"), Stage<Of>("s", "k*unit", Units = 3)]""")]
    public Task CountsUnitsWell(string declaration) => DeclarationTest.Verify($$"""{{OfNumber}} {{declaration}} public partial class A;""");

    private const string OfNumber = """
        [Block, Parameter("number"), Conv2d("in", "2*number+1")] public partial class Of;
        """;

    /// <summary>A second stage goes on under the key with other numbers; a member of one's own is registered by its name.</summary>
    [Theory]
    [InlineData("""[Block, Stage<Same>("s", Units = 2), Stage<Same>({|#0:"s"|}, Units = 2)] public partial class A;""", "s.0", "a key that no other layer of this module has, or leads through (a second Stage under one key numbers on with FirstIndex)")]
    [InlineData("""[Block, Conv1x1(Name = "fc")] public partial class A { private readonly TorchSharp.Modules.Linear {|#0:fc|} = TorchSharp.torch.nn.Linear(4, 4); }""", "fc", "another name for this member, since a layer of the declaration has the key under which what it holds would be registered")]
    [InlineData("""[Block, Path("head"), Conv1x1] public partial class A { private TorchSharp.torch.Tensor {|#0:head|}; }""", "head", "another name for this member, since a layer of the declaration has the key under which what it holds would be registered")]
    public Task AKeyThatIsTaken(string source, string key, string expected) => DeclarationTest.Verify($"{Units} {source}", ("BW0021", $"'{key}' cannot be a key here: expected {expected}"));

    /// <summary>A member that holds nothing that is registered may have it.</summary>
    [Fact]
    public Task AMemberWithALayersKey() => DeclarationTest.Verify("""[Block, Conv1x1(Name = "fc")] public partial class A { private readonly int fc = 4; public int Fc => fc; }""");

    private const string Units = """
        [Block, Conv2d("out", 3, Stride = 2)] public partial class Down;
        [Block, DepthwiseConv2d(3)] public partial class Same;
        [Block, Conv2d("out", 3)] public partial class Wide;
        """;

    /// <summary>What all units of a stage give has a name, and is used as any value; the last one's need not be.</summary>
    [Theory]
    [InlineData("""Stage<Same>("s", Units = 3, Collect = "all"), Concat("in", "all")""")]
    [InlineData("""Stage<Down, Same>("s", Channels = 4, Units = 3, Collect = "all"), From("all"), Conv1x1(4)""")]
    [InlineData("""Stage<Same>("s", Units = 3, Collect = "all"), ReLU""", "'all'")]
    public Task Collected(string steps, string? unused = null) => unused is null
        ? DeclarationTest.Verify($$"""{{Units}} [Network, Input(8, 9, 9), {{steps}}] public partial class A;""")
        : DeclarationTest.Verify($$"""{{Units}} [Network, Input(8, 9, 9), {{steps.Replace("Collect = \"all\"", "Collect = {|#0:\"all\"|}", StringComparison.Ordinal)}}] public partial class A;""", ("BW0002", $"{unused}, which [Output(\"all\")] would give as a result, is never used"));

    [Theory]
    [InlineData("""Stage<Down>("s", Channels = 8, Units = 2, Collect = {|#0:"all"|}), Concat("all")""", "BW0004", "Collect takes values of one height and width; found N x 8 x 5 x 5 and N x 8 x 3 x 3")]
    [InlineData("""Stage<Same>("s", Units = 2, Collect = {|#0:"in"|}), Concat("in")""", "BW0003", "The name 'in' is taken: expected a new one")]
    public Task CollectsWhatItCannot(string steps, string id, string message) => DeclarationTest.Verify($$"""{{Units}} [Network, Input(8, 9, 9), {{steps}}] public partial class A;""", (id, message));

    /// <summary>Behind a From without As a name is what the last unit gave, which the collection has, too.</summary>
    [Fact]
    public Task CollectsWhatIsJoinedAgain() => DeclarationTest.Verify(
        $$"""{{Units}} [Block, Split("a", "b"), From("b"), Stage<Same>("s", Units = 2, Collect = "all"), Concat("a", {|#0:"b"|}, "all")] public partial class A;""",
        ("BW0022", "Concat: expected another value than what the stage's last unit gave, which is in \"all\" too (a From with As in front of the stage leaves the value that it starts from as it was), found \"b\""));

    /// <summary>So it is without a name.</summary>
    [Theory]
    [InlineData("""Stage<Same>("s", Units = 2, Collect = "all"), Concat({|#0:"all"|})""", "Concat")]
    [InlineData("""Stage<Same>("s", Units = 1, Collect = "all"), Add({|#0:"all"|})""", "Add")]
    public Task CollectsTheRunningValue(string steps, string join) => DeclarationTest.Verify(
        $"{Units} [Block, {steps}] public partial class A;",
        ("BW0022", $"{join}: expected another value than \"all\", which ends with the running one, what the stage's last unit gave (From(\"all\") goes on with all that was collected), found \"all\""));

    [Theory]
    [InlineData("""Stage<Same>("s", Units = 2, Collect = "all"), ReLU, Concat("all")""")]
    [InlineData("""Split("a", "b"), From("b", As = "y"), Stage<Same>("s", Units = 2, Collect = "all"), Concat("a", "b", "all")""")]
    [InlineData("""Split("a", "b"), From("b"), Stage<Same>("s", Units = 2, Collect = "all"), ReLU, Concat("a", "b", "all")""")]
    public Task CollectsWhatIsJoinedOnce(string steps) => DeclarationTest.Verify($"{Units} [Block, {steps}] public partial class A;");

    /// <summary>Left out, there would be nothing that has the name.</summary>
    [Fact]
    public Task CollectsPerhaps() => DeclarationTest.Verify(
        $$"""{{Units}} [Block, Stage<Same>("s", Units = 2, Collect = "all", If = {|#0:"in > 8"|}), Concat("all")] public partial class A;""",
        ("BW0022", "If: expected no condition on a Stage that collects: left out, it would leave no \"all\", found in > 8"));
}
