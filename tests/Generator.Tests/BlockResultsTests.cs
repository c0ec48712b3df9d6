using Blockwright.Generator.Tests.Harness;
using Blockwright.Kernels;
using static TorchSharp.torch;
using Pair = (TorchSharp.torch.Tensor High, TorchSharp.torch.Tensor Low);

namespace Blockwright.Generator.Tests;

/// <summary>Blocks with several results: a tuple from each, whose values their users name; judged by torch's own layers called by hand.</summary>
public class BlockResultsTests
{
    private const string Blocks = """
        [Block, Parameter("mid"), Output("high", "low")]
        [From("in", As = "x", Name = "lead"), Conv2d("mid", 3, Stride = 2), BatchNorm2d, ReLU]
        [From("x", As = "high", Name = "up"), Conv1x1("mid/2"), Upsample(2)]
        [From("x", As = "low", Name = "down"), Conv2d("out", 3), BatchNorm2d]
        public partial class Fork;

        [Block, Output("in", "low", "half")]
        [Split("half", "rest"), From("rest", As = "x"), Conv1x1("in"), Apply<Fork>(6, Channels = 9, Name = "fork", As = new[] { "_", "low" })]
        public partial class Around;

        """;

    private const string Net = Blocks + """
        [Network, Input(3, 16, 12)]
        [From("in", As = "stem", Name = "stem"), Conv2d(8, 3), BatchNorm2d, ReLU]
        [Apply<Fork>(4, Channels = 5, Name = "/fork")]
        [From("high"), Sigmoid, From("low"), Upsample(SizeOf = "stem"), Concat("low", "high", "stem", As = "all")]
        [Conv1x1(10, Name = "mix"), Apply<Around>(Name = "around", As = new[] { "same", "small", "half" })]
        [From("same", As = "y"), Conv2d(9, 3, Stride = 2, Name = "last"), Add("small"), From("half", As = "h"), AvgPool2d(2), Concat("y", "h"), GlobalAvgPool2d, Linear(7, Name = "fc")]
        public partial class Net;
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ForwardAndItsGradientsAreTorchs(bool training)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = Make(Net);
        using var twin = new Twin(network);
        network.train(training);
        twin.train(training);
        Tensor input = randn(2, 3, 16, 12, requires_grad: true), other = input.detach().clone().requires_grad_(true);
        Tensor found = network.call(input), expected = twin.call(other);
        Tensors.AssertClose(expected, found, 1e-6, "the result");
        (found * found).sum().backward();
        (expected * expected).sum().backward();
        Tensors.AssertClose(other.grad!, input.grad!, 1e-5, "the input's gradient");
        foreach (var ((name, own), (_, its)) in network.named_parameters().Zip(twin.named_parameters()))
            Assert.True(its.grad is null ? own.grad is null : Close(its.grad, own.grad!), name);
    }

    [Theory]
    [InlineData(1, 1, 16, 12)]
    [InlineData(3, 2, 20, 36)]
    public void SnapshotsGiveWhatForwardGives(int batch, int threads, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(4);
        using var network = (NetworkModule)Make(Net);
        network.eval();
        using var twin = new Twin(network);
        twin.eval();
        var input = randn(batch, 3, height, width);
        var expected = twin.call(input);
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            using var fused = network.Fuse(new FuseOptions { Threads = threads, InstructionSet = set });
            Assert.NotNull(fused.Kernels);
            Tensors.AssertClose(expected, fused.call(input), 1e-5, set.ToString());
        }
        using var torchs = network.Fuse(new FuseOptions { UseKernels = false });
        Tensors.AssertClose(expected, torchs.call(input), 1e-5, "torch's operations");
    }

    /// <summary>By itself such a block is a module of a tuple, and so is its snapshot.</summary>
    [Fact]
    public void ABlockByItselfGivesATuple()
    {
        using var scope = NewDisposeScope();
        var type = Load(Blocks).GetType("Fork", throwOnError: true)!;
        var block = (BlockModule<Pair>)Activator.CreateInstance(type, 4, 9, 6)!;
        Tensors.Randomize(block);
        block.eval();
        var input = randn(2, 4, 8, 8);
        var (high, low) = block.call(input);
        Assert.Equal(new long[] { 2, 3, 8, 8 }, high.shape);
        Assert.Equal(new long[] { 2, 9, 4, 4 }, low.shape);
        using var fused = block.Fuse();
        var (fusedHigh, fusedLow) = fused.call(input);
        Tensors.AssertClose(high, fusedHigh, 1e-5, "high");
        Tensors.AssertClose(low, fusedLow, 1e-5, "low");
        Assert.Contains("Fork takes N x 4 x H x W", Assert.Throws<ArgumentException>(() => block.call(randn(2, 5, 8, 8))).Message, StringComparison.Ordinal);
        block.Dispose();
        Assert.Throws<ObjectDisposedException>(() => block.call(input));
        Assert.Equal(new long[] { 2, 3, 8, 8 }, fused.call(input).High.shape);
    }

    /// <summary>Its values are asked for by the names that its user gives them, and it is a member by its key as any block is.</summary>
    [Fact]
    public void ItsValuesAreFeatures()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var network = (NetworkModule)Make(Net);
        network.eval();
        var input = randn(2, 3, 16, 12);
        Assert.Equal(["stem", "high", "low", "all", "same", "half", "small", "y", "h"], network.FeatureNames.Where(static name => !name.Contains('.', StringComparison.Ordinal)));
        using var fused = network.Fuse();
        var names = network.FeatureNames.Intersect(fused.FeatureNames).ToArray();
        Assert.Contains("high", names);
        var (found, kernels) = (network.Features(input, names), fused.Features(input, names));
        foreach (var name in names)
            Tensors.AssertClose(found[name], kernels[name], 1e-5, name);
        var member = (BlockModule<Pair>)network.GetType().GetProperty("fork")!.GetValue(network)!;
        var (high, low) = member.call(found["stem"]);
        Tensors.AssertClose(found["high"], high.sigmoid(), 1e-6, "high");
        Assert.Equal(5, low.size(1));
        Assert.Equal("(fork): Fork(", network.ToString().Split('\n').First(static line => line.Contains("(fork)", StringComparison.Ordinal)).Trim());
    }

    /// <summary>What nobody wants costs nothing in a snapshot, and is freed at once in a module.</summary>
    [Fact]
    public void WhatIsNotWantedIsNotPlanned()
    {
        using var scope = NewDisposeScope();
        var network = (NetworkModule)Make(Net);
        Assert.DoesNotContain(network.GetCost().Layers, static layer => layer.Key == "around.fork.up.0");
        Assert.Contains(network.GetCost().Layers, static layer => layer.Key == "fork.up.0");
        Assert.Contains(network.state_dict().Keys, static key => key == "around.fork.up.0.weight");
        var source = Compiling.Generate(Compiling.Compilation(Compiling.Usings + Net)).SyntaxTrees.Select(static tree => tree.ToString()).First(static text => text.Contains("partial class Around", StringComparison.Ordinal) && text.Contains("auto-generated", StringComparison.Ordinal));
        Assert.StartsWith("(var high, var low) = _fork.call(x); x.Dispose(); high.Dispose(); // High N x 3", source.Split((char)10).First(static line => line.Contains("= _fork.call", StringComparison.Ordinal)).Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public void ItsLayersMayBecomeItsUsersOwn()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(6);
        using var apart = (NetworkModule)Make(Blocks + One("Name = \"fork\""));
        using var inline = (NetworkModule)Make(Blocks + One("Name = \"\""));
        apart.eval();
        inline.eval();
        foreach (var (key, value) in inline.state_dict())
            value.copy_(apart.state_dict()["fork." + key]);
        var input = randn(2, 4, 8, 8);
        using var fused = inline.Fuse();
        Tensors.AssertClose(apart.call(input), inline.call(input), 1e-6, "forward");
        Tensors.AssertClose(apart.call(input), fused.call(input), 1e-5, "fused");

        static string One(string name) => $$"""[Network, Input(4, 8, 8), Apply<Fork>(4, Channels = 5, {{name}}), From("high"), AvgPool2d(2), Concat("low", "high")] public partial class Net;""";
    }

    private static System.Reflection.Assembly Load(string source) => Compiling.Load(Compiling.Usings + source);

    private static BlockModule Make(string source)
    {
        var network = Compiling.Make(Load(source), "Net");
        Tensors.Randomize(network);
        return network;
    }

    private static bool Close(Tensor expected, Tensor found)
    {
        Tensors.AssertClose(expected, found, 1e-5, "a gradient");
        return true;
    }

    /// <summary>Written by hand, with the network's weights.</summary>
    private sealed class Twin : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding: 1, bias: false), nn.BatchNorm2d(8));
        private readonly TwinFork fork = new(8, 5, 4);
        private readonly nn.Module<Tensor, Tensor> mix = nn.Conv2d(15, 10, 1);
        private readonly TwinAround around = new();
        private readonly nn.Module<Tensor, Tensor> last = nn.Conv2d(10, 9, 3, stride: 2, padding: 1);
        private readonly nn.Module<Tensor, Tensor> fc = nn.Linear(14, 7);

        public Twin(nn.Module like)
            : base("Twin")
        {
            RegisterComponents();
            load_state_dict(like.state_dict());
        }

        public override Tensor forward(Tensor input)
        {
            var first = stem.call(input).relu();
            var (high, low) = fork.call(first);
            var all = cat([nn.functional.interpolate(low, [first.size(2), first.size(3)]), high.sigmoid(), first], 1);
            var (same, small, half) = around.call(mix.call(all));
            return fc.call(cat([last.call(same) + small, nn.functional.avg_pool2d(half, 2)], 1).mean([2, 3]));
        }
    }

    private sealed class TwinFork : nn.Module<Tensor, (Tensor High, Tensor Low)>
    {
        private readonly nn.Module<Tensor, Tensor> lead, up, down;

        public TwinFork(int channels, int outChannels, int mid)
            : base("TwinFork")
        {
            lead = nn.Sequential(nn.Conv2d(channels, mid, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(mid));
            up = nn.Sequential(nn.Conv2d(mid, mid / 2, 1));
            down = nn.Sequential(nn.Conv2d(mid, outChannels, 3, padding: 1, bias: false), nn.BatchNorm2d(outChannels));
            RegisterComponents();
        }

        public override (Tensor High, Tensor Low) forward(Tensor input)
        {
            var x = lead.call(input).relu();
            return (nn.functional.interpolate(up.call(x), scale_factor: [2, 2]), down.call(x));
        }
    }

    private sealed class TwinAround : nn.Module<Tensor, (Tensor Same, Tensor Low, Tensor Half)>
    {
        private readonly TwinFork fork = new(10, 9, 6);

        public TwinAround()
            : base("TwinAround")
        {
            register_module("0", nn.Conv2d(5, 10, 1));
            RegisterComponents();
        }

        public override (Tensor Same, Tensor Low, Tensor Half) forward(Tensor input)
        {
            var parts = input.chunk(2, 1);
            return (input, fork.call(((nn.Module<Tensor, Tensor>)named_children().First(static each => each.name == "0").module).call(parts[1])).Low, parts[0]);
        }
    }
}
