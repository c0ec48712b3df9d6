using System.Reflection;
using Blockwright.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using Snapshooter.Xunit;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Generator.Tests;

/// <summary>Modules of the user's own in declared blocks and networks.</summary>
public class OwnModuleTests
{
    private const string Usings = """
        using System.Linq;
        using Blockwright;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    private const string Modules = """
        public enum Mode { Nearest, Transposed = 3 }

        /// <summary>N x C x H x W to N x C/2 x 2H x 2W.</summary>
        [Shape("in/2", Height = "h*2", Width = "w*2")]
        public sealed class Up : Module<Tensor, Tensor>
        {
            private readonly ConvTranspose2d up;
            private readonly BatchNorm2d norm;
            private readonly double drop;

            public Up(int channels, Mode mode = Mode.Transposed, double drop = 0, string? name = null) : base(name ?? nameof(Up))
            {
                (up, norm, this.drop) = (ConvTranspose2d(channels, channels / 2, 2, stride: (int)mode - 1), BatchNorm2d(channels / 2), drop);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                using var scope = NewDisposeScope();
                return functional.dropout(norm.call(up.call(x)), drop, training).MoveToOuterDisposeScope();
            }
        }

        public abstract class Filter(string name) : Module<Tensor, Tensor>(name);

        /// <summary>Every other pixel, and as many channels as it is made for.</summary>
        public class Thin : Filter
        {
            private readonly Conv2d reduce;

            public Thin(long[] wanted) : this((int)wanted[0], (int)wanted[1]) { }

            public Thin(int channels, int wanted) : base(nameof(Thin))
            {
                reduce = Conv2d(channels, wanted, 3, stride: 2, padding: 1);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => reduce.call(x);
        }

        /// <summary>Its input itself, in evaluation.</summary>
        public class Noise() : Filter(nameof(Noise))
        {
            public override Tensor forward(Tensor x) => training ? x + 0 * x : x;
        }

        public class Head(int features) : Filter(nameof(Head))
        {
            private readonly Parameter weight = Parameter(randn(features, 5));
            public override Tensor forward(Tensor x) => x.mm(weight);
        }

        """;

    private const string Net = """
        [Block, Parameter("wide"), Module<Thin>("in", "wide", Channels = "wide", Height = "(h-1)/2+1", Width = "(w-1)/2+1"), Conv1x1("out"), Module<Noise>]
        public partial class Down;

        [Network, Input(3, 16, 16)]
        [Path("stem"), Conv2d(8, 3), BatchNorm2d, ReLU, Module<Up>(8, Mode.Transposed, 0.25), ReLU]
        [Apply<Down>(6, Channels = 8, Name = "/down"), Module<Up>(8, Mode.Transposed, 0D, "name", Name = "/up"), BatchNorm2d(Name = "/norm"), GlobalAvgPool2d, Flatten]
        [Linear(4, Name = "/fc"), Module<Head>(4, Channels = 5, Name = "/head")]
        public partial class Net;

        """;

    private const string Twin = """
        public sealed class Written : Module<Tensor, Tensor>
        {
            private readonly Sequential stem = Sequential(Conv2d(3, 8, 3, padding: 1, bias: false), BatchNorm2d(8), ReLU(), new Up(8, drop: 0.25));
            private readonly WrittenDown down = new();
            private readonly Up up = new(8);
            private readonly BatchNorm2d norm = BatchNorm2d(4);
            private readonly Linear fc = Linear(4, 4);
            private readonly Head head = new(4);
            public Written() : base(nameof(Written)) => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                x = norm.call(up.call(down.call(functional.relu(stem.call(x)))));
                return head.call(fc.call(x.mean([2, 3])));
            }
        }

        public sealed class WrittenDown : Module<Tensor, Tensor>
        {
            public WrittenDown() : base(nameof(WrittenDown))
            {
                register_module("0", new Thin(4, 6));
                register_module("1", Conv2d(6, 8, 1));
                register_module("2", new Noise());
            }
            public override Tensor forward(Tensor x) => children().Aggregate(x, static (y, each) => ((Module<Tensor, Tensor>)each).call(y));
        }

        """;

    private static readonly Lazy<Assembly> Loaded = new(() => Compiling.Load(Usings + Modules + Net + Twin));

    [Fact]
    public void TheCodeIsTheSnapshots()
    {
        Compiling.Generate(Compiling.Compilation(Usings + Modules + Net), out var result);
        Snapshot.Match(string.Join("\n", result.Results.Single().GeneratedSources.Select(static source => $"// {source.HintName}\n{source.SourceText}")));
    }

    [Fact]
    public void AStepOfTrainingEqualsTheWrittenModules()
    {
        manual_seed(3);
        using var net = Compiling.Make(Loaded.Value, "Net");
        net.to(float64);
        TrainingStep.AssertEqual(net, Harness.Twin.Written(net, (Module<Tensor, Tensor>)Activator.CreateInstance(Loaded.Value.GetType("Written")!)!), [2, 3, 16, 16]);
    }

    [Fact]
    public void KeysAreTheModulesOwnBehindItsName()
    {
        using var net = Compiling.Make(Loaded.Value, "Net");
        var keys = net.state_dict().Keys.ToList();
        Assert.All(["stem.3.up.weight", "stem.3.norm.running_var", "down.0.reduce.bias", "up.norm.num_batches_tracked", "head.weight"], key => Assert.Contains(key, keys));
        Assert.Equal("Up", net.Layer("up").GetType().Name);
        Assert.Equal("Up", net.GetType().GetProperty("up")!.PropertyType.Name);
    }

    [Fact]
    public void ASnapshotHasItsOwnCopyAtEverySize()
    {
        manual_seed(4);
        using var net = (NetworkModule)Compiling.Make(Loaded.Value, "Net");
        using var scope = NewDisposeScope();
        net.train();
        net.call(randn(4, 3, 16, 16));
        manual_seed(5);
        var next = rand(3);
        manual_seed(5);
        using var fused = net.Fuse();
        Tensors.AssertClose(next, rand(3), 0, "what is drawn behind Fuse()");
        Assert.True(net.training);
        net.eval();
        Assert.NotNull(fused.Kernels);
        foreach (var (height, width) in new[] { (16, 16), (21, 34) })
        {
            var input = randn(2, 3, height, width);
            using (no_grad())
                Tensors.AssertClose(net.call(input), fused.call(input), 1e-5, $"the result at {height} x {width}");
        }
        var one = randn(1, 3, 16, 16);
        var before = fused.call(one);
        using (no_grad())
        {
            foreach (var parameter in net.parameters())
                parameter.add_(1);
        }
        Tensors.AssertClose(before, fused.call(one), 0, "the snapshot of a module that went on");
        Assert.Contains("Module<Up>", Assert.Throws<InvalidOperationException>(() => fused.Save("nowhere")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASnapshotIsOfTheModulesType()
    {
        using var net = (NetworkModule)Compiling.Make(Loaded.Value, "Net");
        net.to(float64);
        net.eval();
        using var scope = NewDisposeScope();
        using var fused = net.Fuse();
        var input = randn([2, 3, 16, 16], float64);
        Tensors.AssertClose(net.call(input).detach(), fused.call(input), 1e-12, "the result");
    }

    [Fact]
    public void WithoutTorchItIsRefusedByItsName()
    {
        using var net = Compiling.Make(Loaded.Value, "Net");
        var load = net.GetType().GetMethod("LoadFused")!;
        var thrown = Assert.Throws<TargetInvocationException>(() => load.Invoke(null, ["nowhere", null])).InnerException;
        Assert.Contains("stem.3: Module<Up>", Assert.IsType<NotSupportedException>(thrown).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ItIsSavedHookedProfiledAndReportedAsAnyLayer()
    {
        using var net = (NetworkModule)Compiling.Make(Loaded.Value, "Net");
        using var other = (NetworkModule)Compiling.Make(Loaded.Value, "Net");
        using var scope = NewDisposeScope();
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".safetensors");
        try
        {
            net.SaveWeights(file);
            other.LoadWeights(file);
        }
        finally
        {
            File.Delete(file);
        }
        net.eval();
        other.eval();
        var input = randn(1, 3, 16, 16);
        Tensors.AssertClose(net.call(input), other.call(input), 0, "the result with the weights that were saved");

        long[]? seen = null;
        net.Layer("up").register_forward_hook((_, _, result) =>
        {
            seen = result.shape;
            return result;
        });
        net.call(input);
        Assert.Equal("1 4 32 32", string.Join(" ", seen ?? []));
        Assert.Contains(net.Profile(input, iterations: 3).Steps, static row => row.Name.StartsWith("up", StringComparison.Ordinal));
        Assert.Contains("Up", NetworkReport.Of(net).ToHtml(), StringComparison.Ordinal);
    }

    /// <summary>A class with a declared base becomes a module by what the build writes.</summary>
    [Fact]
    public void ItsBaseMayBeDeclared()
    {
        var assembly = Compiling.Load(Usings + """
            [Block, Conv1x1(6, Name = "conv")] public partial class Basic;
            [Shape(6)] public class More(int channels) : Basic(channels) { public int Twice => 2 * InChannels; }
            [Network, Input(3, 4, 4), Module<More>(3, Name = "more"), ReLU] public partial class N { public int Twice => more.Twice; }
            """);
        using var net = Compiling.Make(assembly, "N");
        Assert.Equal(6, net.GetType().GetProperty("Twice")!.GetValue(net));
        Assert.Equal(["more.conv.weight", "more.conv.bias"], net.state_dict().Keys);
        using var scope = NewDisposeScope();
        Assert.Equal([1, 6, 4, 4], net.call(randn(1, 3, 4, 4)).shape);
    }

    /// <summary>In is the block's input wherever it stands, c what comes into the module; a parameter of that name goes before.</summary>
    [Fact]
    public void CIsWhatComesIn()
    {
        var assembly = Compiling.Load(Usings + Modules + """
            [Block, Conv1x1("in*2"), Module<Thin>("c", "c+in", Channels = "c+in", Height = "(h-1)/2+1", Width = "(w-1)/2+1")] public partial class Own;
            [Block, Parameter("c"), Conv1x1("in*2"), Module<Thin>("in*2", "c", Channels = "c", Height = "(h-1)/2+1", Width = "(w-1)/2+1")] public partial class Given;
            [Network, Input(3, 16, 16), Conv2d(4, 3), Apply<Own>, Apply<Given>(5), Flatten, Linear(10), Module<Head>(4, Channels = "c-5", If = "in == 5")] public partial class N;
            """);
        using var scope = NewDisposeScope();
        using var net = Compiling.Make(assembly, "N");
        Assert.Equal([1, 10], net.call(randn(1, 3, 16, 16)).shape);
        using var block = Compiling.Make(assembly, "Own", 7);
        Assert.Equal([1, 21, 4, 4], block.call(randn(1, 7, 8, 8)).shape);
        using var given = Compiling.Make(assembly, "Given", 7, 2);
        Assert.Equal([1, 2, 4, 4], given.call(randn(1, 7, 8, 8)).shape);
    }

    [Fact]
    public void OnnxRefusesItByItsKey()
    {
        using var net = (NetworkModule)Compiling.Make(Loaded.Value, "Net");
        using var stream = new MemoryStream();
        var message = Assert.Throws<NotSupportedException>(() => net.ExportOnnx(stream)).Message;
        Assert.StartsWith("Net cannot be written in ONNX: stem.3 is Up, a module of your own", message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void TheSummarySaysWhatIsNotCounted()
    {
        using var net = (NetworkModule)Compiling.Make(Loaded.Value, "Net");
        var summary = net.Summary().ToString();
        Assert.Contains("Not counted: stem.3 (Up), down.0 (Thin), down.2 (Noise), up (Up), head (Head): of a module of one's own the build knows neither parameters nor multiply-adds.", summary, StringComparison.Ordinal);
        Assert.Contains("are not in the table: members beside the declaration, modules of one's own, and", summary, StringComparison.Ordinal);
        Assert.Equal(net.parameters().Sum(static parameter => parameter.numel()), net.Summary().Parameters);
        Assert.Equal([2, 4, 40, 40], net.GetCost().At(2, 20, 20).Layers.Single(static layer => layer.Key == "norm").OutputShape);
        Assert.True(net.GetCost().Layers.Single(static layer => layer.Key == "head").IsUncounted);
    }

    [Theory]
    [InlineData("Module<Up>(4, Name = \"up\")", "N: up: Up made 2 x 2 x 16 x 16 of 2 x 4 x 8 x 8; expected 2 x 4 x 16 x 16. Say what comes out by [Shape(...)] on Up, or by Channels, Height and Width of its [Module<Up>], which go before it.", "Channels = 4")]
    [InlineData("Module<Thin>(4, 4)", "N: 0: Thin made 2 x 4 x 4 x 4 of 2 x 4 x 8 x 8; expected 2 x 4 x 8 x 8. Say what comes out by [Shape(...)] on Thin, or by Channels, Height and Width of its [Module<Thin>], which go before it.")]
    [InlineData("Module<Thin>(4, 4)", "N: 0: Thin made 2 x 4 x 4 x 4 of 2 x 4 x 8 x 8; expected 2 x 4 x 4 x 8. Say what comes out by [Shape(...)] on Thin, or by Channels, Height and Width of its [Module<Thin>], which go before it.", "Height = \"h/2\"")]
    [InlineData("Flatten, Module<Head>(256)", "N: 1: Head made 2 x 5 of 2 x 256; expected 2 x 256. Say what comes out by [Shape(...)] on Head, or by Channels, Height and Width of its [Module<Head>], which go before it.")]
    public void AnotherShapeThanDeclaredIsRefused(string words, string message, string named = "")
    {
        words = named.Length == 0 ? words : words[..^1] + ", " + named + ")";
        var assembly = Compiling.Load(Usings + Modules + $"[Network, Input(4, 8, 8), {words}] public partial class N;");
        using var net = (NetworkModule)Compiling.Make(assembly, "N");
        using var scope = NewDisposeScope();
        net.eval();
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => net.call(randn(2, 4, 8, 8))).Message);
        using var fused = net.Fuse();
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => fused.call(randn(2, 4, 8, 8))).Message);
    }

    /// <summary>A tensor that a scope has freed says nothing but that its handle is empty.</summary>
    [Theory]
    [InlineData("{ using var s = NewDisposeScope(); return x * 2; }", "returned a tensor that has been disposed")]
    [InlineData("=> null!;", "returned null")]
    [InlineData("{ using (x) return x * 2; }", "disposed its input, which is not its own")]
    public void WhatIsGoneIsRefusedByName(string body, string what)
    {
        var assembly = Compiling.Load(Usings + $$"""
            public class Other() : Module<Tensor, Tensor>("") { public override Tensor forward(Tensor x) {{body}} }
            [Network, Input(4, 8, 8), Conv1x1(4), Module<Other>(Name = "other")] public partial class N;
            """);
        using var scope = NewDisposeScope();
        using var net = (NetworkModule)Compiling.Make(assembly, "N");
        net.eval();
        using var fused = net.Fuse();
        var message = $"N: other: Other {what}. Its forward returns a tensor of its own; what is made within a NewDisposeScope() leaves it by MoveToOuterDisposeScope().";
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => net.call(randn(2, 4, 8, 8))).Message);
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => fused.call(randn(2, 4, 8, 8))).Message);
    }

    /// <summary>Torch's words name no layer; what else a module throws is its own.</summary>
    [Fact]
    public void WhatTorchRefusesInsideNamesTheLayer()
    {
        var assembly = Compiling.Load(Usings + """
            public class Other(bool isTorchs) : Module<Tensor, Tensor>("") { public override Tensor forward(Tensor x) => isTorchs ? x.mm(x) : throw new System.TimeoutException("mine"); }
            [Block, Module<Other>(true)] public partial class B;
            [Network, Input(4, 8, 8), Conv1x1(4), Apply<B>] public partial class N;
            [Network, Input(4, 8, 8), Conv1x1(4), Module<Other>(false)] public partial class M;
            """);
        using var scope = NewDisposeScope();
        using var net = (NetworkModule)Compiling.Make(assembly, "N");
        net.eval();
        using var fused = net.Fuse();
        foreach (var call in (Action[])[() => net.call(randn(2, 4, 8, 8)), () => fused.call(randn(2, 4, 8, 8))])
        {
            var thrown = Assert.Throws<InvalidOperationException>(call);
            Assert.Equal("B: 0: Other, given Float32 of 2 x 4 x 8 x 8: self must be a matrix", thrown.Message);
            Assert.IsAssignableFrom<System.Runtime.InteropServices.ExternalException>(thrown.InnerException);
        }

        using var own = (NetworkModule)Compiling.Make(assembly, "M");
        Assert.Equal("mine", Assert.Throws<TimeoutException>(() => own.call(randn(2, 4, 8, 8))).Message);
    }

    [Theory]
    [InlineData("x.to(float64)", "Float64 on cpu")]
    [InlineData("x.to(new Device(DeviceType.META))", "Float32 on meta")]
    public void AnotherTypeOrDeviceThanItsInputsIsRefused(string forward, string made)
    {
        var assembly = Compiling.Load(Usings + $$"""
            public class Other() : Module<Tensor, Tensor>("") { public override Tensor forward(Tensor x) => {{forward}}; }
            [Network, Input(4, 8, 8), Conv1x1(4), Module<Other>, Conv1x1(4)] public partial class N;
            """);
        using var net = (NetworkModule)Compiling.Make(assembly, "N");
        using var scope = NewDisposeScope();
        net.eval();
        var message = $"N: 1: Other made {made} of Float32 on cpu; expected Float32 on cpu. Tensors that it keeps go along with net.to(...) where it registers them, and .to(Float32) in its forward takes a result back.";
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => net.call(randn(2, 4, 8, 8))).Message);
        using var fused = net.Fuse();
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(() => fused.call(randn(2, 4, 8, 8))).Message);
    }

    [Fact]
    public void AConditionHoldsForItToo()
    {
        var assembly = Compiling.Load(Usings + Modules + """
            [Block, Parameter("thin"), Path("p"), Module<Thin>("in", "out", If = "thin > 0", Channels = "out", Height = "(h+1)/2", Width = "(w+1)/2"), Conv1x1("out")]
            public partial class Maybe;
            [Network, Input(4, 8, 8), Apply<Maybe>(1, Channels = 6, Name = "a"), Apply<Maybe>(0, Channels = 6, Name = "b")]
            public partial class N;
            """);
        using var scope = NewDisposeScope();
        foreach (var (thin, size) in new[] { (0, 8L), (1, 4L) })
        {
            using var maybe = Compiling.Make(assembly, "Maybe", 4, 6, thin);
            Assert.Equal([2, 6, size, size], maybe.call(randn(2, 4, 8, 8)).shape);
            using var fused = maybe.Fuse();
            Assert.Equal([2, 6, size, size], fused.call(randn(2, 4, 8, 8)).shape);
        }
        using var net = Compiling.Make(assembly, "N");
        Assert.Equal([2, 6, 4, 4], net.call(randn(2, 4, 8, 8)).shape);
        Assert.Equal(["a.p.0.reduce.weight", "a.p.1.weight", "b.p.0.weight"], net.state_dict().Keys.Where(static key => key.EndsWith("weight", StringComparison.Ordinal)));
    }

    /// <summary>C# chooses among constructors; what they are given comes as it is written.</summary>
    [Theory]
    [InlineData("1", "int 1")]
    [InlineData("1L", "long 1")]
    [InlineData("(byte)1", "int 1")]
    [InlineData("'a'", "int 97")]
    [InlineData("0.1", "double 0.1")]
    [InlineData("0.1f", "double 0.10000000149011612")]
    [InlineData("float.PositiveInfinity", "double Infinity")]
    [InlineData("true", "bool True")]
    [InlineData("Kind.Two", "Kind 1")]
    [InlineData("(Kind)(-7)", "Kind -7")]
    [InlineData("null, 1", "text  1")]
    [InlineData("typeof(int)", "Type System.Int32")]
    [InlineData("typeof(System.Collections.Generic.List<>)", "Type System.Collections.Generic.List`1[T]")]
    [InlineData("new[] { 1, 2 }", "numbers 1 2")]
    [InlineData("\"text\", \"in*2\"", "text text 8")]
    [InlineData("\"in\", \"in*2\", \"out\"", "numbers 4 8 6")]
    [InlineData("\"in\"", "int 4")]
    [InlineData("\"out-in\", 2L", "longs 2 2")]
    [InlineData("", "nothing")]
    public void TheConstructorIsTheOneThatCSharpChooses(string given, string expected)
    {
        var assembly = Compiling.Load(Usings + $$"""
            public enum Kind { One, Two }
            public class Told : Module<Tensor, Tensor>
            {
                public string Text { get; }
                public Told() : base("") => Text = "nothing";
                public Told(int x) : base("") => Text = $"int {x}";
                public Told(long x) : base("") => Text = $"long {x}";
                public Told(double x) : base("") => Text = System.FormattableString.Invariant($"double {x}");
                public Told(bool x) : base("") => Text = $"bool {x}";
                public Told(Kind x) : base("") => Text = System.FormattableString.Invariant($"Kind {(int)x}");
                public Told(System.Type x) : base("") => Text = $"Type {x}";
                public Told(string? x, int n) : base("") => Text = $"text {x} {n}";
                public Told(long x, long y) : base("") => Text = $"longs {x} {y}";
                public Told(params int[] x) : base("") => Text = $"numbers {string.Join(" ", x)}";
                public override Tensor forward(Tensor x) => x;
            }
            [Block, Module<Told>({{given}}), Conv1x1("out")] public partial class B
            {
                public string Text => ((Told)this.Layer("0")).Text;
            }
            """);
        using var block = Compiling.Make(assembly, "B", 4, 6);
        Assert.Equal(expected, block.GetType().GetProperty("Text")!.GetValue(block));
    }

    [Fact]
    public void AnotherAssemblysBlockIsAppliedWithItsModules()
    {
        var library = MetadataReference.CreateFromImage(Compiling.Emit(Compiling.Generate(Compiling.Compilation(Usings + """
            internal class Widen : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv;
                internal Widen(int channels, int wanted) : base(nameof(Widen))
                {
                    conv = Conv2d(channels, wanted, 1);
                    RegisterComponents();
                }
                public override Tensor forward(Tensor x) => conv.call(x);
            }
            [Block, Module<Widen>("in", "out*2", Channels = "2*out", Name = "wide"), Conv1x1("out")] public partial class Wide;
            """))));
        var output = Compiling.Generate(Compiling.Compilation([Compiling.Parse(Usings + "[Network, Input(3, 4, 4), Conv1x1(4), Apply<Wide>(Channels = 6, Name = \"w\")] public partial class N;")], Compiling.References.Add(library)));
        Compiling.AssertClean(output.GetDiagnostics());
        Assert.Contains(output.SyntaxTrees.Select(static tree => tree.ToString()), static text => text.Contains("new global::Wide(4, 6)", StringComparison.Ordinal) && text.Contains("wide Widen : 12xg0 uncounted", StringComparison.Ordinal));
    }

    [Fact]
    public void AClassThatOthersMayNotNameIsAnyModule()
    {
        var assembly = Compiling.Load(Usings + """
            internal class Own() : Module<Tensor, Tensor>("") { public override Tensor forward(Tensor x) => x; }
            [Block, Module<Own>(Name = "own"), Path("p"), Module<Own>, Conv1x1] public partial class B;
            [Block, Module<Own>(Name = "own")] internal partial class C;
            [Block, Module<Nested>(Name = "own")] public partial class D { private class Nested() : Module<Tensor, Tensor>("") { public override Tensor forward(Tensor x) => x; } }
            """);
        Assert.Equal(["Module`2", "Own", "Module`2"], new[] { "B", "C", "D" }.Select(name => assembly.GetType(name)!.GetProperty("own")!.PropertyType.Name));
    }

    [Fact]
    public void WhatIsMadeOtherwiseCannotBeCopied()
    {
        var assembly = Compiling.Load(Usings + """
            public class Late() : Module<Tensor, Tensor>(nameof(Late))
            {
                public void Grow() => register_buffer("late", ones(1));
                public override Tensor forward(Tensor x) => x;
            }
            [Block, Module<Late>] public partial class B;
            """);
        using var block = Compiling.Make(assembly, "B", 3);
        var late = block.Layer("0");
        late.GetType().GetMethod("Grow")!.Invoke(late, null);
        Assert.Equal(["0.late"], block.state_dict().Keys);
        Assert.Contains("Late cannot be copied for a snapshot", Assert.Throws<InvalidOperationException>(block.Fuse).Message, StringComparison.Ordinal);
    }

    /// <summary>A layer that the first forward makes is another one in a copy; whether the module or its copy ran first, and whether it is registered.</summary>
    [Theory]
    [InlineData("Conv2d", "late ??= nn.Conv2d(3, 3, 1); return late.call(x);")]
    [InlineData("Conv2d", "if (late is null) register_module(nameof(late), late = nn.Conv2d(3, 3, 1)); return late.call(x);")]
    [InlineData("Parameter", "late ??= new TorchSharp.Modules.Parameter(ones(1)); return x * late;")]
    [InlineData("Sequential", "late ??= Sequential(ReLU(), nn.Conv2d(3, 3, 1)); return late.call(x);")]
    public void ALayerThatTheFirstForwardMakesIsNotCopied(string type, string forward)
    {
        var assembly = Compiling.Load(Usings + $$"""
            public class Late() : Module<Tensor, Tensor>(nameof(Late))
            {
                private TorchSharp.Modules.{{type}}? late;
                public override Tensor forward(Tensor x) { {{forward}} }
            }
            [Block, Module<Late>] public partial class B;
            """);
        using var block = Compiling.Make(assembly, "B", 3);
        using var input = randn(1, 3, 4, 4);
        using var fresh = block.Fuse();
        AssertRefused(() => fresh.call(input));
        using var result = block.call(input);
        AssertRefused(block.Fuse);

        static void AssertRefused(Func<object> use) => Assert.Contains("Late cannot be copied for a snapshot: its constructor leaves late null, ", Assert.Throws<InvalidOperationException>(use).Message, StringComparison.Ordinal);
    }

    /// <summary>What a forward keeps that is no weight is nobody's concern.</summary>
    [Fact]
    public void WhatTheFirstForwardKeepsIsNoWeight()
    {
        var assembly = Compiling.Load(Usings + """
            public class Keeping() : Module<Tensor, Tensor>(nameof(Keeping))
            {
                private Tensor? grid;
                private TorchSharp.Modules.ReLU? act;
                public override Tensor forward(Tensor x) { grid ??= ones_like(x).DetachFromDisposeScope(); act ??= nn.ReLU(); using var y = act.call(x); return y + grid; }
            }
            [Block, Module<Keeping>] public partial class B;
            """);
        using var block = Compiling.Make(assembly, "B", 3);
        using var input = randn(1, 3, 4, 4);
        using var expected = block.call(input);
        using var fused = block.Fuse();
        using var found = fused.call(input);
        Assert.True(expected.equal(found).all().item<bool>());
    }
}
