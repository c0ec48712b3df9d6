using Blockwright.Generator.Tests.Harness;
using Microsoft.CodeAnalysis;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Generator.Tests;

/// <summary>A declared class's layers are members by their keys, for who calls them and who hangs hooks into them.</summary>
public class LayerMembersTests
{
    private const string Unit = """
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        [Block, Split("keep", "work"), From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Concat("keep", "work"), ChannelShuffle(2)]
        public partial class Basic;
        [Block]
        [From("in", As = "left", Name = "branch1"), DepthwiseConv2d(3, Stride = 2), BatchNorm2d, Conv1x1("out/2"), ReLU]
        [From("in", As = "right", Name = "branch2"), Conv1x1("out/2", Stride = 2), BatchNorm2d, ReLU]
        [Concat("left", "right")]
        public partial class Down;

        """;

    private const string Net = """
        [Network, Input(3, 32, 32)]
        [Path("conv1"), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, Conv1x1(24)]
        [Stage<Down, Basic>("stage2", Channels = 32, Units = 3), Stage<Basic>("stage3", Units = 2)]
        [Path("tail.0"), Conv1x1(16), BatchNorm2d, Path("tail.1"), Conv1x1(8), ReLU]
        [Apply<Basic>(Name = "/last"), Conv1x1, Conv1x1(Name = "/a-b"), Scale(Name = "/gain")]
        [Path("head.mixed"), Conv1x1(8), Path("head", FirstIndex = 1), Conv1x1(8)]
        [GlobalAvgPool2d, Linear(10, Name = "/fc")]
        public partial class Net;

        """;

    /// <summary>What a user writes, which the compiler has to understand: each member has the type that he expects.</summary>
    private const string Use = """
        public static class Use
        {
            public static Linear Fc(Net net) => net.fc;
            public static Tensor Stem(Net net, Tensor x) => net.conv1[0].call(x);
            public static Module<Tensor, Tensor> Third(Net net) => net.conv1[3];
            public static Module<Tensor, Tensor> Deep(Net net) => net.stage2[1].branch2[0];
            public static BatchNorm2d Norm(Net net) => (BatchNorm2d)net.stage2.First.branch1["1"];
            public static Basic Alike(Net net) => net.stage3[1];
            public static Conv2d Inner(Net net) => (Conv2d)net.tail[1][0];
            public static Basic Last(Net net) => net.last;
            public static Module<Tensor, Tensor> Root(Net net) => net["a-b"];
            public static Module<Tensor, Tensor> Whole(Net net) => net.Layer("stage2.1.branch2.3");
            public static Module<Tensor, Tensor> Mixed(Net net) => net.head["mixed.0"];
            public static int Units(Net net) { var n = 0; foreach (BlockModule unit in net.stage2) n += unit.InChannels; return n + net.stage2.Count; }
        }
        """;

    [Fact]
    public void AMemberIsTheLayerOfItsKey()
    {
        var assembly = Compiling.Load(Compiling.Usings + Unit + Net + Use);
        using var net = Compiling.Make(assembly, "Net");
        var modules = net.named_modules().ToDictionary(static each => each.name, static each => each.module);
        object? Called(string name) => assembly.GetType("Use", throwOnError: true)!.GetMethod(name)!.Invoke(null, [net]);

        foreach (var (name, key) in new[]
        {
            ("Fc", "fc"), ("Third", "conv1.3"), ("Deep", "stage2.1.branch2.0"), ("Norm", "stage2.0.branch1.1"), ("Alike", "stage3.1"), ("Inner", "tail.1.0"), ("Last", "last"), ("Root", "a-b"),
            ("Whole", "stage2.1.branch2.3"), ("Mixed", "head.mixed.0"),
        })
        {
            Assert.Same(modules[key], Called(name));
            Assert.Same(modules[key], net.Layer(key));
        }
        Assert.Equal(24 + 32 + 32 + 3, Called("Units"));
        net.to(float64);
        Assert.All(net.parameters(), static parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        // No module is there twice for the members' sake.
        Assert.Equal(modules.Keys.Count, modules.Values.Distinct().Count());
        Assert.Equal(["0", "1", "3"], ((LayerGroup)modules["conv1"]).Keys);
        Assert.StartsWith("(\n  (0): Conv2d(3, 24", modules["conv1"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AKeyThatIsNotThereIsAnsweredWithWhatIs()
    {
        var assembly = Compiling.Load(Compiling.Usings + Unit + Net);
        using var net = Compiling.Make(assembly, "Net");
        dynamic open = net;

        Assert.Equal("conv1 has no layer '2'; it has '0', '1', '3'.", Assert.Throws<KeyNotFoundException>(() => open.conv1[2]).Message);
        Assert.Equal("conv1 has no layer 'x'; it has '0', '1', '3'.", Assert.Throws<KeyNotFoundException>(() => open.conv1["x"]).Message);
        Assert.Equal("head.mixed is no layer; it has '0'.", Assert.Throws<KeyNotFoundException>(() => open.head["mixed"]).Message);
        Assert.Equal("stage2.0 is the first unit, Down, and those behind it are Basic: it is stage2.First.", Assert.Throws<KeyNotFoundException>(() => open.stage2[0]).Message);
        Assert.Equal("stage2 has no layer '3'; it has '0', '1', '2'.", Assert.Throws<KeyNotFoundException>(() => open.stage2[3]).Message);
        Assert.Equal("Net.stage2.1 has no layer 'branch1'; it has 'branch2'.", Assert.Throws<KeyNotFoundException>(() => net.Layer("stage2.1.branch1.0")).Message);
        Assert.StartsWith("Net has no layer 'gain'; it has 'conv1', 'stage2',", Assert.Throws<KeyNotFoundException>(() => open["gain"]).Message, StringComparison.Ordinal);
    }

    /// <summary>While a declaration has a mistake, its users' code shows only its own.</summary>
    [Theory]
    [InlineData("Conv1x1(\"in/0\"), ", "")]
    [InlineData("", "[From(\"nowhere\")] ")]
    public void AClassWithMistakesHasTheMembersThatItsWordsTell(string inNet, string inBlock)
    {
        var source = (Compiling.Usings + Unit + Net + Use).Replace("[Path(\"conv1\"), ", $"[Path(\"conv1\"), {inNet}", StringComparison.Ordinal).Replace("[Block, Split", $"{inBlock}[Block, Split", StringComparison.Ordinal)
            // What a layer is nobody knows before the graph does.
            .Replace("Linear Fc", "Module<Tensor, Tensor> Fc", StringComparison.Ordinal);
        var output = Compiling.Generate(Compiling.Compilation(source));
        Assert.Contains("cannot be made: its declaration has errors", string.Concat(output.SyntaxTrees.Where(static tree => tree.FilePath.EndsWith("Net.g.cs", StringComparison.Ordinal))), StringComparison.Ordinal);
        Compiling.AssertClean(output.GetDiagnostics());
    }

    private const string Grouped = """
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;
        [Block, Conv1x1, BatchNorm2d] public partial class Inner;
        [Block, Conv1x1(Name = "keys"), Conv1x1(Name = "Keys"), Parameter("key"), Path("body"), Conv1x1("key*in/key"), ReLU, Conv1x1(Name = "se"), Scale(Name = "gain"), Path("body.deep.0"), Conv1x1, Conv1x1(Name = "class"), Apply<Inner>(Name = "unit")]
        [Conv1x1(Name = "/body.may", If = "in > 100"), Conv1x1(Name = "/body.Count"), Conv1x1(Name = "/body.training"), Conv1x1(Name = "/_body_Group")]
        public partial class Unit;
        [Network, Input(4, 8, 8), Apply<Unit>(1, Name = "p"), Stage<Inner>("features.stage1", Units = 2), Stage<Inner>("named", Units = 2, UnitName = "unit{1}"), Path("features"), Conv1x1, BatchNorm2d(Name = "norm"), Apply<Inner>, Path("tail.0"), Conv1x1(Name = "only")]
        public partial class Net;

        """;

    private const string GroupedUse = """
        public static class Use
        {
            public static Module<Tensor, Tensor> Numbered(Net net) => net.p.body[0];
            public static Conv2d Named(Net net) => net.p.body.se;
            public static Module<Tensor, Tensor> Keyed(Net net) => net.p.body["se"];
            public static Module<Tensor, Tensor> Deep(Net net) => net.p.body.deep[0][0];
            public static Conv2d Keyword(Net net) => net.p.body.deep[0].@class;
            public static Module<Tensor, Tensor> Unit(Net net) => net.p.body.deep[0].unit[1];
            public static Module<Tensor, Tensor> OfStage(Net net) => net.features.stage1[1];
            public static Inner NamedUnit(Net net) => net.named["unit2"];
            public static BatchNorm2d Beside(Net net) => net.features.norm;
            public static Conv2d Only(Net net) => net.tail[0].only;
            public static Module<Tensor, Tensor> Taken(Net net) => net.p.body["Count"];
            public static int Count(Net net) => net.p.body.Count + net.p.body.Keys.Count;
            public static Conv2d? May(Net net) => net.p.body.may;
        }
        """;

    [Fact]
    public void AGroupHasMembersForItsNames()
    {
        var assembly = Compiling.Load("#nullable enable\n" + Compiling.Usings + Grouped + GroupedUse);
        using var net = Compiling.Make(assembly, "Net");
        var modules = net.named_modules().ToDictionary(static each => each.name, static each => each.module);
        object? Called(string name) => assembly.GetType("Use", throwOnError: true)!.GetMethod(name)!.Invoke(null, [net]);

        foreach (var (name, key) in new[]
        {
            ("Numbered", "p.body.0"), ("Named", "p.body.se"), ("Keyed", "p.body.se"), ("Deep", "p.body.deep.0.0"), ("Keyword", "p.body.deep.0.class"), ("Unit", "p.body.deep.0.unit.1"),
            ("OfStage", "features.stage1.1"), ("NamedUnit", "named.unit2"), ("Beside", "features.norm"), ("Only", "tail.0.only"), ("Taken", "p.body.Count"),
        })
        {
            Assert.Same(modules[key], Called(name));
            Assert.Same(modules[key], net.Layer(key));
        }
        Assert.Null(Called("May"));
        Assert.Equal(4 + 5, Called("Count")); // Convolutions, and with them the group.
        Assert.Equal(["0", "se", "deep", "Count", "training"], ((LayerGroup)modules["p.body"]).Keys);
        Assert.Equal(modules.Keys.Count, modules.Values.Distinct().Count());
        net.to(float64);
        Assert.All(net.parameters(), static parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        using var x = randn(2, 4, 8, 8, dtype: float64);
        using var y = net.call(x);
        Assert.Equal([2, 4, 8, 8], y.shape);
    }

    [Fact]
    public void AGroupOfAClassWithMistakesHasThemToo()
    {
        var output = Compiling.Generate(Compiling.Compilation(("#nullable enable\n" + Compiling.Usings + Grouped + GroupedUse)
            .Replace("Path(\"body\"), ", "Path(\"body\"), Conv1x1(\"in/0\"), ", StringComparison.Ordinal)
            // What a layer is nobody knows before the graph does.
            .Replace("Conv2d? May", "Module<Tensor, Tensor>? May", StringComparison.Ordinal).Replace("Conv2d ", "Module<Tensor, Tensor> ", StringComparison.Ordinal).Replace("BatchNorm2d Beside", "Module<Tensor, Tensor> Beside", StringComparison.Ordinal)));
        Compiling.AssertClean(output.GetDiagnostics());
    }

    /// <summary>Each layer and block in each system, where the forward frees values and writes over them: a hook sees living tensors of the right size, and what it clones outlives the call.</summary>
    [Theory]
    [MemberData(nameof(Systems.Names), MemberType = typeof(Systems))]
    public void HooksSeeLivingTensors(string name)
    {
        var system = Systems.Find(name);
        using var module = Compiling.Make(Compiling.Load(system.Source), system.RootType, system.Arguments);
        module.eval();
        var seen = new Dictionary<string, (Tensor Output, float Sum)>(StringComparer.Ordinal);
        var layers = module.named_modules().Where(static each => each.module is Module<Tensor, Tensor>).ToList();
        foreach (var (key, layer) in layers)
        {
            Assert.Same(layer, module.Layer(key));
            module.Layer(key).register_forward_hook((_, input, output) =>
            {
                Assert.False(input.IsInvalid || output.IsInvalid, key);
                Assert.True(input.numel() > 0 && output.numel() > 0, key);
                seen[key] = (output.clone().DetachFromDisposeScope(), output.sum().ToSingle());
                return output;
            });
        }
        using var x = randn(system.Input);
        using (no_grad())
        {
            using var result = module.call(x);
        }

        Assert.Equal(layers.Select(static each => each.name).Order(StringComparer.Ordinal), seen.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, (output, sum)) in seen)
        {
            Assert.True(Math.Abs(output.sum().ToSingle() - sum) <= 1e-3f * Math.Max(1, Math.Abs(sum)), key);
            output.Dispose();
        }
    }

    /// <summary>A hook on what an activation overwrites sees the layer's own result; and it may give another, which then goes on.</summary>
    [Fact]
    public void AHookIsInFrontOfWhatOverwrites()
    {
        var assembly = Compiling.Load(Compiling.Usings + "[Network, Input(3, 8, 8), Conv1x1(4, Name = \"conv\"), BatchNorm2d(Name = \"norm\"), ReLU, GlobalAvgPool2d, Linear(2, Name = \"fc\")] public partial class Net;");
        using var net = Compiling.Make(assembly, "Net");
        net.eval();
        dynamic open = net;
        Tensor? before = null, into = null;
        ((Module<Tensor, Tensor>)open.norm).register_forward_hook((_, _, y) => { before = y.clone().DetachFromDisposeScope(); return y; });
        var last = ((Module<Tensor, Tensor>)open.fc).register_forward_hook((_, x, y) => { into = x.clone().DetachFromDisposeScope(); return y; });
        using var input = randn(2, 3, 8, 8);
        using (no_grad())
        {
            using var result = net.call(input);
            using var relu = functional.relu(before!);
            using var mean = relu.mean([2, 3]);
            Assert.True(before!.min().ToSingle() < 0);
            Tensors.AssertClose(mean, into!, 1e-5, "what comes into fc");
            last.remove();
            ((Module<Tensor, Tensor>)open.fc).register_forward_hook(static (_, _, y) => y * 2);
            using var doubled = net.call(input);
            using var twice = result * 2;
            Tensors.AssertClose(twice, doubled, 1e-5, "what a hook gives");
        }
        before.Dispose();
        into!.Dispose();
    }

    /// <summary>A name that is taken stays what it is, and the compiler has nothing to say of what is written.</summary>
    [Theory]
    [InlineData("parameters", "")] // inherited from torch's module
    [InlineData("training", "")]
    [InlineData("call", "")]
    [InlineData("Fuse", "")]
    [InlineData("Cost", "")]
    [InlineData("ToString", "")]
    [InlineData("Net", "")]
    [InlineData("_conv", "")] // another layer's field
    [InlineData("_", "")]
    [InlineData("Item", "")]
    [InlineData("Mine", "public int Mine => 3;")]
    [InlineData("Mine", "public int Mine() => 3;")]
    [InlineData("Mine", "private class Mine { }")]
    [InlineData("Mine", "public const int Mine = 3;")]
    [InlineData("Bw_Build", "")]
    [InlineData("Bw_", "")]
    [InlineData("class", "")]
    [InlineData("record", "")]
    [InlineData("value", "")]
    [InlineData("input", "")]
    [InlineData("x", "public int this[string key] => 3;")]
    [InlineData("x", "public int Item => 3;")]
    [InlineData("x", "[System.Runtime.CompilerServices.IndexerName(\"Other\")] public int this[int a, int b] => 3;")]
    public void ANameThatIsTakenStaysWhatItIs(string key, string own)
    {
        foreach (var layer in new[] { $"Conv1x1(4, Name = \"{key}\")", $"Path(\"{key}\"), Conv1x1(4)", $"Apply<Inner>(Name = \"{key}\")", $"Stage<Inner>(\"{key}\", Units = 2)", "Apply<Whole>(Name = \"\")" })
        {
            var assembly = Compiling.Load(Compiling.Usings + $$"""
                [Block, Conv1x1, BatchNorm2d] public partial class Inner;
                [Block, Conv1x1(4, Name = "{{key}}")] public partial class Whole;
                [Network, Input(3, 8, 8), Conv1x1(4, Name = "conv"), {{layer}}, Conv1x1] public partial class Net { {{own}} }
                """);
            using var net = Compiling.Make(assembly, "Net");
            var name = net.named_parameters().ElementAt(2).name;
            Assert.StartsWith(key, name, StringComparison.Ordinal);
            Assert.NotNull(net.Layer(name[..name.LastIndexOf('.')]));
        }
    }

    /// <summary>Blocks that not everybody may name are blocks to who reaches them.</summary>
    [Theory]
    [InlineData("public", "internal", "BlockModule")]
    [InlineData("internal", "internal", "Inner")]
    [InlineData("internal", "public", "Inner")]
    [InlineData("public", "public", "Inner")]
    public void AMembersTypeIsAsOpenAsItsClass(string net, string block, string expected)
    {
        var assembly = Compiling.Load(Compiling.Usings + $$"""
            [Block, Conv1x1, BatchNorm2d] {{block}} partial class Inner;
            [Network, Input(4, 8, 8), Apply<Inner>(Name = "unit"), Stage<Inner>("stage", Units = 2)] {{net}} partial class Net;
            """ + "\npublic partial class Outer { [Block, Conv1x1] private partial class Hidden; [Network, Input(4, 8, 8), Apply<Hidden>(Name = \"hidden\")] public partial class Net; }");
        var type = assembly.GetType("Net", throwOnError: true)!;
        Assert.Equal(expected, type.GetProperty("unit")!.PropertyType.Name);
        Assert.Equal(expected, type.GetProperty("stage")!.PropertyType.GetGenericArguments()[0].Name);
        Assert.Equal("BlockModule", assembly.GetType("Outer+Net", throwOnError: true)!.GetProperty("hidden")!.PropertyType.Name);
    }
}
