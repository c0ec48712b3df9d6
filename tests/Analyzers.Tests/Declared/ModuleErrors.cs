namespace Blockwright.Analyzers.Tests.Declared;

/// <summary>Mistakes with modules of the user's own.</summary>
public class ModuleErrors
{
    private const string Usings = """
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    private const string Up = """
        public class Up : Module<Tensor, Tensor>
        {
            public Up(int channels, bool bilinear = true) : base("") { }
            private Up() : base("") { }
            public override Tensor forward(Tensor x) => x;
        }

        """;

    private const string OfAnother = "it does not derive from torch.nn.Module<Tensor, Tensor>, as every layer does";
    private const string Expected = "expected a class that derives from torch.nn.Module<Tensor, Tensor>";

    [Theory]
    [InlineData("string", "public class Plain;", "String", OfAnother)]
    [InlineData("Plain", "public class Plain;", "Plain", OfAnother)]
    [InlineData("int[]", "", "", $"it is no class: {Expected}")]
    [InlineData("IPlain", "public interface IPlain;", "IPlain", $"it is no class: {Expected}")]
    [InlineData("Plain", "public class Plain() : Module<Tensor, Tensor, Tensor>(\"\") { public override Tensor forward(Tensor x, Tensor y) => x; }", "Plain", OfAnother)]
    [InlineData("Plain", "public abstract class Plain() : Module<Tensor, Tensor>(\"\");", "Plain", "it is abstract: expected a class that can be made")]
    [InlineData("Plain", "[Block, ReLU] public partial class Plain;", "Plain", "it is declared: expected Apply<Plain>, which takes a class with [Block]")]
    [InlineData("Plain", "public class Plain() : Module<Tensor, Tensor>(\"\") { public required int Width { get; set; } public override Tensor forward(Tensor x) => x; }", "Plain", "it has a required member, 'Width', which a declaration cannot set: let the constructor set it")]
    public Task ClassThatIsNoModule(string type, string declared, string name, string reason) => DeclarationTest.Verify(
        $"{Usings}{declared}\n[Block, Module<{{|#0:{type}|}}>] public partial class A;",
        ("BW0028", $"'{name}' cannot be a module in a declaration: {reason}"));

    [Fact]
    public Task ShapeOfADeclaredClass() => DeclarationTest.Verify(
        """[Block, ReLU, Shape("in")] public partial class {|#0:A|};""",
        ("BW0022", "Shape: expected a class that is written by hand; of a declared one its attributes say what comes out, found A"));

    [Fact]
    public Task FileLocalClass() => DeclarationTest.Verify(
        $$"""
        {{Usings}}file class Own() : Module<Tensor, Tensor>("") { public override Tensor forward(Tensor x) => x; }
        [Block, Module<{|#0:Own|}>] public partial class A;
        """,
        ("BW0028", "'Own' cannot be a module in a declaration: it is file-local, and what the build writes stands in another file: leave 'file' out"));

    [Theory]
    [InlineData("{|#0:Module<Up>|}", "no arguments", "those of Up.Up(int channels, bool bilinear = true)")]
    [InlineData("Module<Up>({|#0:0.5|})", "(0.5D)", "int channels of Up.Up(int channels, bool bilinear = true) there")]
    [InlineData("Module<Up>(8, {|#0:\"yes\"|})", "(8, \"yes\")", "bool bilinear of Up.Up(int channels, bool bilinear = true) there")]
    [InlineData("Module<Up>(8, {|#0:null|})", "(8, null)", "bool bilinear of Up.Up(int channels, bool bilinear = true) there")]
    [InlineData("{|#0:Module<Up>(8, true, 3)|}", "(8, true, 3)", "those of Up.Up(int channels, bool bilinear = true)")]
    [InlineData("Module<Up>({|#0:new[] { 1, 2 }|})", "(new int[] { 1, 2 })", "int channels of Up.Up(int channels, bool bilinear = true) there")]
    [InlineData("{|#0:Module<Two>(null)|}", "(null)", "arguments that one constructor fits better than all others")]
    [InlineData("Module<{|#0:Hidden|}>(1)", "(1)", "a constructor that can be called from here, and it has none")]
    [InlineData("Module<{|#0:TorchSharp.Modules.ReLU|}>(true)", "(true)", "a constructor that can be called from here, and it has none; of a layer of torch's a class of your own can make one")]
    public Task NoConstructor(string word, string given, string expected) => DeclarationTest.Verify(
        $$"""
        {{Usings}}{{Up}}
        public class Two : Up
        {
            public Two(string x) : base(1) { }
            public Two(System.Type x) : base(1) { }
        }
        public class Hidden : Up
        {
            protected Hidden(int x) : base(x) { }
        }
        [Block, {{word}}] public partial class A;
        """,
        ("BW0029", $"No constructor of '{(word.Contains("Two", StringComparison.Ordinal) ? "Two" : word.Contains("Hidden", StringComparison.Ordinal) ? "Hidden" : word.Contains("ReLU", StringComparison.Ordinal) ? "ReLU" : "Up")}' takes {given}: expected {expected}"));

    [Theory]
    [InlineData("Module<Up>({|#0:\"in/\"|})", "BW0005", "'in/' is no expression: expected a number, a name or '(' at character 4")]
    [InlineData("Module<Up>({|#0:\"width\"|})", "BW0006", "The expression names 'width'; expected one of: out, p, in, c")]
    [InlineData("Module<Up>(1, Channels = {|#0:0|})", "BW0007", "Expected a whole number of at least 1, found 0")]
    [InlineData("Module<Up>(1, Channels = {|#0:true|})", "BW0022", "Channels: expected an integer, or an expression in a string, found something else")]
    [InlineData("Module<Up>(1, Height = {|#0:\"h*h\"|})", "BW0022", "Height: expected h times a number, plus a number, divided by a number, as (h-1)/2+1, found another expression")]
    [InlineData("Module<Up>(1, Width = {|#0:\"w/2*2\"|})", "BW0022", "Width: expected w times a number, plus a number, divided by a number, as (w-1)/2+1, found another expression")]
    [InlineData("Module<Up>(1, Width = {|#0:\"min(w, 3)\"|})", "BW0022", "Width: expected w times a number, plus a number, divided by a number, as (w-1)/2+1, found another expression")]
    [InlineData("Module<Up>(1, Width = {|#0:\"h\"|})", "BW0006", "The expression names 'h'; expected one of: w, p")]
    [InlineData("Module<Up>(1, Height = {|#0:\"in*2\"|})", "BW0006", "The expression names 'in'; expected one of: h, p")]
    [InlineData("Module<Up>(1, Height = {|#0:\"h+out\"|})", "BW0006", "The expression names 'out'; expected one of: h, p")]
    [InlineData("Module<Up>(1, Height = {|#0:\"height\"|})", "BW0006", "The expression names 'height'; expected one of: h, p")]
    [InlineData("Module<Up>(1, Height = {|#0:\"h/0\"|})", "BW0022", "Height: expected h times a number, plus a number, divided by a number, as (h-1)/2+1, found another expression")]
    [InlineData("GlobalAvgPool2d, Module<Up>(1, Height = {|#0:\"h-1\"|})", "BW0007", "Expected a map of at least 1 x 1, found 0 x 1")]
    [InlineData("GlobalAvgPool2d, Flatten, Module<Up>(1, Height = {|#0:2|})", "BW0023", "Module<Up> with a Height takes N x C x H x W; found N x in")]
    [InlineData("Conv1x1(3), {|#0:Module<Half>(1)|}", "BW0007", "Expected a whole number, found 3/2, which leaves a rest of 1 (in Channels of [Shape] on Half)")]
    [InlineData("{|#0:Module<Named>(1)|}", "BW0006", "The expression names 'in'; expected one of: h (in Height of [Shape] on Named)")]
    [InlineData("{|#0:Module<Wide>(1)|}", "BW0022", "Width: expected w times a number, plus a number, divided by a number, as (w-1)/2+1, found another expression (in Width of [Shape] on Wide)")]
    [InlineData("{|#0:Module<Unread>(1)|}", "BW0005", "'in*' is no expression: expected a number, a name or '(' at character 4 (in Channels of [Shape] on Unread)")]
    [InlineData("Module<Up>(1, Name = {|#0:\"a b\"|})", "BW0021", "'a b' cannot be a key here: expected letters from a to z, digits and _ - + : @, in parts that dots separate")]
    public Task UnsuitableArgument(string words, string id, string message) => DeclarationTest.Verify(
        $$"""
        {{Usings}}{{Up}}
        [Shape("in/2")] public class Half(int x) : Up(x);
        [Shape(Height = "in")] public class Named(int x) : Up(x);
        [Shape(Width = "w*w")] public class Wide(int x) : Up(x);
        [Shape("in*")] public class Unread(int x) : Up(x);
        [Block, Parameter("p"), {{words}}] public partial class A;
        """,
        (id, message));

    [Fact]
    public Task ANetworkHasNoChannelsInASize() => DeclarationTest.Verify(
        $$"""
        {{Usings}}{{Up}}
        [Network, Input(3, 8, 8), Module<Up>(1, Width = {|#0:"in"|})] public partial class A;
        """,
        ("BW0006", "The expression names 'in'; expected one of: w"));

    /// <summary>What torch has and declarations have not, or by another name. The compiler marks the same word.</summary>
    [Theory]
    [InlineData("MultiheadAttention", "a class of your own that holds the layer, in a Module<T>")]
    [InlineData("Softshrink", "a class of your own that holds the layer, in a Module<T>")]
    [InlineData("LayerNorm", "LayerNorm2d, over the channels")]
    [InlineData("Identity", "nothing in its place: a value goes on as it is")]
    [InlineData("Relu", "ReLU")]
    [InlineData("Swish", "SiLU")]
    [InlineData("BatchNorm", "BatchNorm2d")]
    [InlineData("Dense", "Linear")]
    [InlineData("ConvTranspose", "ConvTranspose2d")]
    [InlineData("UpsamplingNearest2d", "Upsample, which is this where no mode is said")]
    public Task WordOfTorch(string word, string expected) => DeclarationTest.Verify(
        $"[Block, {{|CS0246:{{|CS0246:{{|#0:{word}|}}|}}|}}, ReLU] public partial class A;",
        ("BW0030", $"Declarations have no '{word}': expected {expected}"));

    [Fact]
    public Task WordOfNobody() => DeclarationTest.Verify("[Block, {|CS0246:{|CS0246:Rely|}|}, ReLU] public partial class A;");

    /// <summary>What nobody can know nobody says: neither rules nor errors.</summary>
    [Fact]
    public Task SoundOnes() => DeclarationTest.Verify(
        $$"""
        {{Usings}}{{Up}}
        [Shape("in/2", Height = "h*2", Width = "w*2")] public class Half(int x) : Up(x);
        public class Inherits(int x) : Half(x);
        [Block, Parameter("p"), Module<Up>("in", If = "p > 0"), Module<Inherits>("p", Channels = "out", Height = "(h+p-1)/p", Name = "half")] public partial class A;
        """);
}
