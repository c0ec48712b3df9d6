using Blockwright.Generator.Tests.Harness;
using Blockwright.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>Values of networks by their names: from forward and from snapshots, judged by the attributes followed step by step.</summary>
public class FeaturesTests
{
    private const double Double = 1e-10;
    private const double Single = 1e-5;

    /// <summary>A block in a block, a part of a split, a concatenation with a name behind which a shuffle follows, a residual with an epilogue, and features.</summary>
    private const string Tangled = """
        [Block]
        [From("in", As = "y", Name = "conv"), Conv2d("out", 3), BatchNorm2d, ReLU]
        public partial class Inner;

        [Block]
        [Split("keep", "work")]
        [From("work"), Apply<Inner>(Name = "inner")]
        [Concat("keep", "work"), ChannelShuffle(2)]
        public partial class Outer;

        [Network, Input(3, 24, 20)]
        [Path("stem"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU, MaxPool2d(2)]
        [Stage<Outer>("body", Channels = 8, Units = 3), Apply<Inner>(Channels = 12, Name = "neck")]
        [Split("left", "right"), From("left", As = "wide"), Concat("right"), ChannelShuffle(3)]
        [From("wide", As = "residual"), Conv1x1(Name = "a"), BatchNorm2d(Name = "b")]
        [From("wide", As = "sum"), Add("residual"), ReLU]
        [From("wide", As = "copy"), Dropout(0.1)]
        [From("sum", As = "joined"), Concat("copy")]
        [From("joined", As = "mixed"), ChannelShuffle(2), GlobalAvgPool2d]
        [Path("head"), Conv1x1(7), Hardswish, Flatten, Linear(5, Name = "/fc")]
        public partial class Net;
        """;

    public static TheoryData<string> Networks => [.. Systems.All.Where(static system => system.Declarations.Contains("[Network", StringComparison.Ordinal)).Select(static system => system.Name)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void EveryNameOfEverySystem(string name)
    {
        using var scope = NewDisposeScope();
        var system = Systems.Find(name);
        var network = (NetworkModule)Zoo.MakeRandom(system);
        AssertAll(network, system.Input, system.Input);
    }

    [Fact]
    public void EveryNameOfATangledNetwork()
    {
        using var scope = NewDisposeScope();
        var network = Make();
        network.to(float64);
        AssertAll(network, [1, 3, 24, 20], [3, 3, 17, 33]);
        Assert.Equal(
            ["stem", "body.0.inner", "body.0", "body.1.inner", "body.1", "body.2.inner", "body", "body.2", "neck", "left", "right", "wide", "residual", "sum", "copy", "joined", "head", "mixed"],
            network.FeatureNames);
    }

    /// <summary>In training a feature is part of the graph of gradients.</summary>
    [Fact]
    public void GradientsFlowThroughThem()
    {
        using var scope = NewDisposeScope();
        var network = Make();
        network.to(float64).train();
        var twin = Twin.Interpreted(network);
        var input = randn(2, 3, 24, 20, dtype: float64);
        twin.Forward(input, training: true);
        using var found = network.Features(input, "body.1", "wide");
        var (body, wide) = found;
        ((body * body).sum() + wide.sum()).backward();
        ((twin.Named["body.1"] * twin.Named["body.1"]).sum() + twin.Named["wide"].sum()).backward();
        foreach (var (key, parameter) in network.named_parameters())
        {
            var expected = twin.State[key].grad;
            Assert.Equal(expected is null, parameter.grad is null);
            if (expected is not null)
                Tensors.AssertClose(expected, parameter.grad!, Double, key);
        }
    }

    /// <summary>They are the caller's, in the dispose scope that he has, and nothing else is left there.</summary>
    [Fact]
    public void TheyAreTheCallers()
    {
        var network = Make();
        network.eval();
        using var input = randn(1, 3, 24, 20);
        using var kernels = network.Fuse();
        using var torchs = network.Fuse(new FuseOptions { UseKernels = false });
        foreach (var features in new Func<Tensor, string[], FeatureTensors>[] { network.Features, kernels.Features, torchs.Features })
        {
            FeatureTensors found;
            using (var scope = NewDisposeScope())
            {
                found = features(input, ["stem", "body"]);
                Assert.Equal(2, scope.DisposablesCount);
                found[0].DetachFromDisposeScope();
            }
            Assert.False(found["stem"].IsInvalid);
            Assert.True(found[1].IsInvalid);
            found[0].Dispose();
            using var unscoped = features(input, ["body"]);
            Assert.Equal(new long[] { 1, 8, 6, 5 }, unscoped["body"].shape);
        }
    }

    [Fact]
    public void MistakesAreSaid()
    {
        using var scope = NewDisposeScope();
        var network = Make();
        network.eval();
        var input = randn(1, 3, 24, 20);
        using var fused = network.Fuse();
        using var torchs = network.Fuse(new FuseOptions { UseKernels = false });
        foreach (var features in new Func<Tensor, string[], FeatureTensors>[] { network.Features, fused.Features, torchs.Features })
        {
            Assert.StartsWith("Net has no value called 'body.3'; did you mean 'body.0'? It has 'stem', 'body.0.inner', 'body.0',", Said(features, "body.3"), StringComparison.Ordinal);
            Assert.StartsWith("Net has no value called 'convolution'. It has 'stem'", Said(features, "convolution"), StringComparison.Ordinal);
            Assert.StartsWith("'body' is asked for twice.", Said(features, "body", "body"), StringComparison.Ordinal);
            Assert.StartsWith("Which values? It has 'stem'", Said(features), StringComparison.Ordinal);
            Assert.Contains("takes N x 3 x H x W, and was given 1 x 4 x 24 x 20", Assert.Throws<ArgumentException>(() => features(randn(1, 4, 24, 20), ["stem"])).Message, StringComparison.Ordinal);
        }
        Assert.StartsWith("A snapshot of Net has no 'residual': it is computed in one pass with what follows", Said(fused.Features, "residual"), StringComparison.Ordinal);
        Assert.DoesNotContain("residual", fused.FeatureNames);
        using var found = network.Features(input, "stem", "residual");
        Assert.Contains("'wide' was not asked for; 'stem', 'residual' were", Assert.Throws<KeyNotFoundException>(() => found["wide"]).Message, StringComparison.Ordinal);
        Assert.Contains("3 values are taken apart, and 2 were asked for", Assert.Throws<InvalidOperationException>(() => { var (a, b, c) = found; }).Message, StringComparison.Ordinal);
        fused.Dispose();
        Assert.Throws<ObjectDisposedException>(() => fused.Features(input, "stem"));

        static string Said(Func<Tensor, string[], FeatureTensors> features, params string[] names)
        {
            using var images = randn(1, 3, 24, 20);
            return Assert.Throws<ArgumentException>(() => features(images, names)).Message;
        }
    }

    /// <summary>A network with several results and a head of training's has them, too; what training alone computes, in training alone.</summary>
    [Fact]
    public void NetworksWithSeveralResultsHaveThem()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var type = Compiling.Load(Compiling.Usings + """
            [Network, Input(3, 16, 16), Output("low", "high"), Output("aux", TrainingOnly = true)]
            [From("in", As = "low", Name = "stem"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
            [From("low", As = "mid", Name = "mid"), Conv2d(8, 3), BatchNorm2d, ReLU]
            [From("mid", As = "high", Name = "top"), Conv2d(4, 3), BatchNorm2d, ReLU]
            [From("mid", As = "aux", Name = "side"), Conv1x1(6), ReLU]
            public partial class Net;
            """).GetType("Net", throwOnError: true)!;
        var network = (NetworkModule<(Tensor Low, Tensor High, Tensor? Aux)>)Activator.CreateInstance(type)!;
        Tensors.Randomize(network);
        var input = randn(2, 3, 16, 16);
        network.train();
        using (var inTraining = network.Features(input, "side", "aux"))
            Tensors.AssertClose(inTraining["side"], inTraining["aux"], 0, "one value with two names");
        network.eval();
        var (low, high, _) = network.call(input);
        Assert.Contains("'aux' of Net is there in training alone", Assert.Throws<ArgumentException>(() => network.Features(input, "aux")).Message, StringComparison.Ordinal);
        using var found = network.Features(input, "high", "low", "mid");
        Tensors.AssertClose(high, found["high"], 0, "high");
        Tensors.AssertClose(low, found["low"], 0, "low");
        foreach (var options in new[] { FuseOptions.Default, new() { UseKernels = false } })
        {
            using var fused = network.Fuse(options);
            Assert.Equal(["low", "stem", "mid", "high", "top"], fused.FeatureNames);
            using var all = fused.Features(input, "mid", "high", "low");
            foreach (var name in all.Names)
                Tensors.AssertClose(found[name], all[name], Single, $"{name}, {options}");
            Assert.Contains("there in training alone", Assert.Throws<ArgumentException>(() => fused.Features(input, "side")).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Threads ask for different values of one module and one snapshot at a time, and of the results.</summary>
    [Fact]
    public void ManyMayAskAtOnce()
    {
        using var scope = NewDisposeScope();
        var network = Make();
        network.eval();
        using var fused = network.Fuse(new FuseOptions { Threads = 2 });
        using var torchs = network.Fuse(new FuseOptions { UseKernels = false });
        using var noGradient = no_grad();
        var inputs = Enumerable.Range(1, 3).Select(static batch => randn(batch, 3, 24, 20)).ToArray();
        var expected = inputs.Select(input => network.Features(input, [.. fused.FeatureNames]).ToArray()).ToArray();
        var results = inputs.Select(network.call).ToArray();
        Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using var inside = no_grad();
            var (which, at) = (i % inputs.Length, i % fused.FeatureNames.Count);
            var name = fused.FeatureNames[at];
            using (var result = fused.call(inputs[which]))
                Tensors.AssertClose(results[which], result, Single, "the result");
            foreach (var features in new Func<Tensor, string[], FeatureTensors>[] { network.Features, fused.Features, torchs.Features })
            {
                using var found = features(inputs[which], [name, .. fused.FeatureNames.Skip(at + 1)]);
                for (var j = 0; j < found.Count; j++)
                    Tensors.AssertClose(expected[which][at + j], found[j], Single, found.Names[j]);
            }
        });
    }

    /// <summary>Without torch's tensors they lie one behind another; a second call of a size allocates nothing but what its names take.</summary>
    [Fact]
    public void PlainMemoryHoldsThem()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var network = Make();
        network.eval();
        var input = randn(2, 3, 32, 20);
        using var fused = network.Fuse();
        using var expected = network.Features(input, "head", "body.1");
        var kernels = fused.Kernels!;
        var shapes = kernels.FeaturesOf(32, 20, "head", "body.1");
        Assert.Equal([("head", 7, 1, 1), ("body.1", 8, 8, 5)], shapes.Select(static shape => (shape.Name, shape.Channels, shape.Height, shape.Width)));
        var output = new float[2 * shapes.Sum(static shape => shape.Values)];
        kernels.Features(input.data<float>().ToArray(), output, 2, 32, 20, "head", "body.1");
        Tensors.AssertClose(expected[0], tensor(output[..14], 2, 7, 1, 1), Single, "head");
        Tensors.AssertClose(expected[1], tensor(output[14..], 2, 8, 8, 5), Single, "body.1");
        kernels.Features([], [], 0, 32, 20, "head");
        Assert.Contains("gives 654 values; the output has room for 3", Assert.Throws<ArgumentException>(() => kernels.Features(input.data<float>().ToArray(), new float[3], 2, 32, 20, "head", "body.1")).Message, StringComparison.Ordinal);
    }

    /// <summary>A network in a module of one's own, and a block of the network's called by others, have no say in it.</summary>
    [Fact]
    public void ANetworkInAnotherModuleHasItsOwn()
    {
        using var scope = NewDisposeScope();
        var network = Make();
        network.eval();
        var input = randn(1, 3, 24, 20);
        using var alone = network.Features(input, "body.1");
        var around = nn.Sequential(("net", network));
        around.eval();
        using var inside = network.Features(input, "body.1");
        Tensors.AssertClose(alone[0], inside[0], 0, "inside another");
        var unit = (BlockModule)network.Layer("body.1");
        var calls = 0;
        network.Layer("neck").register_forward_hook((_, _, result) =>
        {
            if (calls++ == 0)
                unit.call(randn(1, 8, 4, 4)).Dispose();
            return result;
        });
        using var hooked = network.Features(input, "neck", "body.1.inner");
        Assert.Equal(1, calls);
        Assert.Equal(new long[] { 1, 12, 6, 5 }, hooked["neck"].shape);
    }

    private static NetworkModule Make()
    {
        manual_seed(7);
        var network = (NetworkModule)Compiling.Make(Compiling.Load(Compiling.Usings + Tangled), "Net");
        Tensors.Randomize(network);
        return network;
    }

    private static void AssertAll(NetworkModule network, params long[][] shapes)
    {
        network.eval();
        using var noGradient = no_grad();
        var inputs = shapes.Select(static shape => randn(shape, float64)).ToArray();
        var expected = inputs.Select(input =>
        {
            var twin = Twin.Interpreted(network);
            twin.Forward(input, training: false);
            return twin.Named;
        }).ToArray();
        for (var i = 0; i < inputs.Length; i++)
            Features.AssertEqual(expected[i], network, inputs[i]);
        network.to(float32);
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            foreach (var threads in new[] { 1, 2 })
            {
                using var fused = network.Fuse(new FuseOptions { InstructionSet = set, Threads = threads, BandBytes = threads == 1 ? 1 : new FuseOptions().BandBytes });
                for (var i = 0; i < inputs.Length; i++)
                {
                    Features.AssertEqual(expected[i], fused, inputs[i].to(float32), Single);
                    if (inputs[i].size(0) > 1)
                        Features.AssertEqual(expected[i].ToDictionary(static each => each.Key, static each => each.Value[..1]), fused, inputs[i][..1].to(float32), Single);
                }
            }
        }
    }
}
