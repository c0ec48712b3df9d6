using Blockwright.Generator.Tests.Harness;
using Blockwright.Kernels;
using Blockwright.Tests.Shared;
using static TorchSharp.torch;
using Five = (TorchSharp.torch.Tensor C3, TorchSharp.torch.Tensor P4, TorchSharp.torch.Tensor Work, TorchSharp.torch.Tensor Joined, TorchSharp.torch.Tensor Scores);

namespace Blockwright.Generator.Tests;

/// <summary>Networks with several results: a tuple from forward and from snapshots, judged by torch's own layers called by hand.</summary>
public class SeveralResultsTests
{
    // A map that others read on, one that nobody does, a part of a split, parts that a shuffle scattered, and features.
    private const string Pyramid = """
        [Network, Input(3, 32, 24), Output("c3", "p4"), Output("work", "joined", "scores")]
        [From("in", As = "c3", Name = "s3"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
        [From("c3", As = "c4", Name = "s4"), Conv2d(12, 3, Stride = 2), BatchNorm2d, ReLU]
        [From("c4", As = "p4", Name = "l4"), Conv1x1(5, Bias = true)]
        [From("c4", As = "half"), Split("keep", "work")]
        [From("work", As = "inner"), ReLU, From("keep", As = "joined"), Concat("inner"), ChannelShuffle(2), Concat("c4")]
        [From("c4", As = "scores"), GlobalAvgPool2d, Linear(7, Name = "/fc")]
        public partial class Net;
        """;

    private const string Auxiliary = """
        [Network, Input(3, 16, 16), Output("aux", TrainingOnly = true)]
        [From("in", As = "x", Name = "stem"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
        [From("x", As = "aux", Name = "aux"), Conv1x1(6), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(4)]
        [From("x", Name = "rest"), Conv2d(8, 3), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(4, Name = "/fc")]
        public partial class Net;
        """;

    [Fact]
    public void ForwardGivesATupleWithTheValuesNames()
    {
        var type = Load(Pyramid);
        var forward = type.GetMethod("Compute", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!;
        var names = (System.Runtime.CompilerServices.TupleElementNamesAttribute)forward.ReturnTypeCustomAttributes.GetCustomAttributes(typeof(System.Runtime.CompilerServices.TupleElementNamesAttribute), false)[0];
        Assert.Equal(["C3", "P4", "Work", "Joined", "Scores"], names.TransformNames);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ForwardAndItsGradientsAreTorchs(bool training)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = Make(Pyramid);
        network.train(training);
        using var twin = new Twin(network);
        twin.train(training);
        Tensor input = randn(2, 3, 32, 24, requires_grad: true), other = input.detach().clone().requires_grad_(true);
        var (found, expected) = (List(network.call(input)), List(twin.call(other)));
        for (var i = 0; i < found.Length; i++)
            Tensors.AssertClose(expected[i], found[i], 1e-6, $"result {i}");
        Step(found);
        Step(expected);
        Tensors.AssertClose(other.grad!, input.grad!, 1e-5, "the input's gradient");
        foreach (var ((name, own), (_, its)) in network.named_parameters().Zip(twin.named_parameters()))
            Tensors.AssertClose(its.grad!, own.grad!, 1e-5, name);

        static void Step(Tensor[] results) => results.Select(static (result, i) => (result * result).sum() * (i + 1)).Aggregate(static (sum, each) => sum + each).backward();
    }

    [Theory]
    [InlineData(1, 1, 32, 24)]
    [InlineData(1, 2, 32, 24)]
    [InlineData(3, 2, 20, 36)]
    [InlineData(5, 1, 17, 9)]
    public void SnapshotsGiveWhatForwardGives(int batch, int threads, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(4);
        using var network = Make(Pyramid);
        network.eval();
        var input = randn(batch, 3, height, width);
        var expected = List(network.call(input));
        foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
        {
            using var fused = network.Fuse(new FuseOptions { Threads = threads, InstructionSet = set });
            Assert.NotNull(fused.Kernels);
            AssertSame(expected, List(fused.call(input)), set.ToString());
        }
        using (var torchs = network.Fuse(new FuseOptions { UseKernels = false }))
        {
            Assert.Null(torchs.Kernels);
            AssertSame(expected, List(torchs.call(input)), "torch's operations");
            AssertSame(expected, Plain(torchs.Run, expected, input), "torch's operations on plain memory");
        }
        using var kernels = network.Fuse(new FuseOptions { Threads = threads });
        AssertSame(expected, Plain(kernels.Run, expected, input), "plain memory");
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".safetensors");
        try
        {
            kernels.Save(file);
            using var loaded = (KernelNetwork)network.GetType().GetMethod("LoadFused")!.Invoke(null, [file, null])!;
            AssertSame(expected, Plain(loaded.Run, expected, input), "loaded");
            Assert.Equal(["C3", "P4", "Work", "Joined", "Scores"], loaded.ResultsOf(height, width).Select(static result => result.Name));
            Assert.Equal(expected.Select(static result => result.numel() / result.size(0)), loaded.ResultsOf(height, width).Select(static result => result.Values));
        }
        finally
        {
            File.Delete(file);
        }
        var profile = kernels.Profile(input, 2);
        Assert.True(profile.Steps.Count > 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnOnnxFileHasThemAll(bool openSize)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(5);
        using var network = Make(Pyramid);
        network.eval();
        var input = randn(2, 3, openSize ? 40 : 32, 24);
        var expected = List(network.call(input));
        Assert.Contains("leave OutputName, 'y', out", Assert.Throws<ArgumentException>(() => OnnxSession.Export(network, new() { OutputName = "y" })).Message, StringComparison.Ordinal);
        using var session = OnnxSession.Load(OnnxSession.Export(network, new() { OpenSize = openSize }));
        Assert.Equal(["C3", "P4", "Work", "Joined", "Scores"], session.Outputs.Keys);
        for (var i = 0; i < expected.Length; i++)
            Tensors.AssertClose(expected[i], session.Run(input, session.Outputs.Keys.ElementAt(i)), 1e-6, session.Outputs.Keys.ElementAt(i));
    }

    /// <summary>A summary, a report and a comparison say what all results are.</summary>
    [Fact]
    public void ReportsSayWhatTheyAre()
    {
        using var scope = NewDisposeScope();
        using var network = Make(Pyramid);
        Assert.StartsWith("Net: 1 x 3 x 32 x 24 -> C3 1 x 8 x 16 x 12, P4 1 x 5 x 8 x 6, Work 1 x 6 x 8 x 6, Joined 1 x 24 x 8 x 6, Scores 1 x 7", network.Summary().ToString(), StringComparison.Ordinal);
        Assert.Matches("(?m)^Net +Net +5 results ", network.Summary().ToString());
        Assert.Contains("\"Joined\"", network.Summary().ToJson(), StringComparison.Ordinal);
        Assert.Contains("P4 1 x 5 x 8 x 6", NetworkReport.Of(network).ToHtml(), StringComparison.Ordinal);
        var input = randn(1, 3, 32, 24);
        Assert.NotEmpty(network.Profile(input, 2).Steps);
        Assert.NotEmpty(Comparison.Of(network, network, input, iterations: 2).Rows);
        Assert.Contains("several results", Assert.Throws<ArgumentException>(() => Comparison.Of(network, network, input, [(input, zeros(1, dtype: ScalarType.Int64))], 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAuxiliaryHeadIsThereInTrainingAlone()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        var network = (NetworkModule<(Tensor Result, Tensor? Aux)>)Activator.CreateInstance(Load(Auxiliary))!;
        Tensors.Randomize(network);
        var input = randn(4, 3, 16, 16);
        var seen = 0;
        var layers = network.named_modules().ToDictionary(static each => each.name, static each => each.module);
        ((nn.Module<Tensor, Tensor>)layers["aux.0"]).register_forward_hook((_, _, result) =>
        {
            seen++;
            return result;
        });
        network.train();
        var (result, aux) = network.call(input);
        Assert.Equal(new long[] { 4, 4 }, result.shape);
        Assert.Equal(new long[] { 4, 4 }, aux!.shape);
        (result.sum() + aux.sum()).backward();
        Assert.All(network.named_parameters(), static each => Assert.NotNull(each.parameter.grad));
        Assert.Equal(1, seen);
        network.eval();
        using var noGradient = no_grad();
        (result, aux) = network.call(input);
        Assert.Null(aux);
        Assert.Equal(1, seen);
        foreach (var options in new[] { FuseOptions.Default, new() { UseKernels = false } })
        {
            using var fused = network.Fuse(options);
            var (fusedResult, fusedAux) = fused.call(input);
            Assert.Null(fusedAux);
            Tensors.AssertClose(result, fusedResult, 1e-5, options.ToString());
        }
        // Nothing is planned for it, and its weights are the module's all the same.
        Assert.DoesNotContain(network.GetCost().Layers, static layer => layer.Key.StartsWith("aux", StringComparison.Ordinal));
        Assert.Contains(network.state_dict().Keys, static key => key.StartsWith("aux.0", StringComparison.Ordinal));
        using var session = OnnxSession.Load(OnnxSession.Export(network));
        Assert.Single(session.Outputs);
        Tensors.AssertClose(result, session.Run(input), 1e-6, "ONNX");
    }

    /// <summary>A value that is there always may be one of training's results, too, wherever what only training needs is computed.</summary>
    [Fact]
    public void AResultOfTrainingMayBeWhatIsThereAlways()
    {
        using var scope = NewDisposeScope();
        var type = Load("""
            [Network, Input(3, 9, 9), Output("x", "y", TrainingOnly = true)]
            [From("in", As = "x"), Conv1x1(4, Name = "a"), From("in", As = "y"), Conv1x1(5, Name = "b")]
            public partial class Net;
            """);
        var network = (NetworkModule<(Tensor Result, Tensor? X, Tensor? Y)>)Activator.CreateInstance(type)!;
        network.train();
        var (result, x, y) = network.call(randn(1, 3, 9, 9));
        Assert.Equal(new long[] { 1, 4, 9, 9 }, x!.shape);
        Tensors.AssertClose(result, y!, 0, "the running value");
        network.eval();
        (result, x, y) = network.call(randn(1, 3, 9, 9));
        Assert.Equal(new long[] { 1, 5, 9, 9 }, result.shape);
        Assert.Null(x);
        Assert.Null(y);
    }

    /// <summary>One result that is named is a tensor, and the network is a module like any other.</summary>
    [Fact]
    public void OneResultIsATensor()
    {
        using var scope = NewDisposeScope();
        var module = Compiling.Make(Compiling.Load(Compiling.Usings + """
            [Network, Input(3, 8, 8), Output("y"), From("in", As = "y"), Conv1x1(4, Name = "a"), ReLU]
            public partial class Net;
            """), "Net");
        Assert.Equal(new long[] { 1, 4, 8, 8 }, module.call(randn(1, 3, 8, 8)).shape);
    }

    /// <summary>The same value twice, and the input itself, are tensors that one may dispose without the others.</summary>
    [Fact]
    public void ResultsAreTensorsOfTheirOwn()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var type = Load("""
            [Network, Input(3, 8, 8), Output("in", "a", "b")]
            [From("in", As = "a"), Conv1x1(4, Name = "a"), From("a", As = "b"), Dropout(0.5)]
            public partial class Net;
            """);
        var network = (NetworkModule<(Tensor In, Tensor A, Tensor B)>)Activator.CreateInstance(type)!;
        network.eval();
        var input = randn(1, 3, 8, 8);
        using var kernels = network.Fuse();
        using var torchs = network.Fuse(new FuseOptions { UseKernels = false });
        foreach (var call in new Func<Tensor, (Tensor In, Tensor A, Tensor B)>[] { network.call, kernels.call, torchs.call })
        {
            var (same, a, b) = call(input);
            a.Dispose();
            Assert.Equal(new long[] { 1, 4, 8, 8 }, b.clone().shape);
            Tensors.AssertClose(input, same.clone(), 0, "the input");
            same.Dispose();
            Assert.False(input.IsInvalid);
        }
    }

    private static Type Load(string source) => Compiling.Load(Compiling.Usings + source).GetType("Net", throwOnError: true)!;

    private static NetworkModule<Five> Make(string source)
    {
        var network = (NetworkModule<Five>)Activator.CreateInstance(Load(source))!;
        Tensors.Randomize(network);
        return network;
    }

    private static Tensor[] List(Five results) => [results.C3, results.P4, results.Work, results.Joined, results.Scores];

    private static void AssertSame(Tensor[] expected, Tensor[] found, string what)
    {
        for (var i = 0; i < expected.Length; i++)
            Tensors.AssertClose(expected[i], found[i], 1e-5, $"result {i}, {what}");
    }

    private delegate void Running(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width);

    /// <summary>One behind another.</summary>
    private static Tensor[] Plain(Running run, Tensor[] like, Tensor input)
    {
        var values = new float[like.Sum(static result => result.numel())];
        run(input.data<float>().ToArray(), values, (int)input.size(0), (int)input.size(2), (int)input.size(3));
        var at = 0;
        return Array.ConvertAll(like, result =>
        {
            var length = (int)result.numel();
            at += length;
            return tensor(values[(at - length)..at], result.shape);
        });
    }

    /// <summary>Written by hand, with the network's weights.</summary>
    private sealed class Twin : nn.Module<Tensor, Five>
    {
        private readonly nn.Module<Tensor, Tensor> s3 = nn.Sequential(nn.Conv2d(3, 8, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(8), nn.ReLU());
        private readonly nn.Module<Tensor, Tensor> s4 = nn.Sequential(nn.Conv2d(8, 12, 3, stride: 2, padding: 1, bias: false), nn.BatchNorm2d(12), nn.ReLU());
        private readonly nn.Module<Tensor, Tensor> l4 = nn.Sequential(nn.Conv2d(12, 5, 1));
        private readonly nn.Module<Tensor, Tensor> fc = nn.Linear(12, 7);

        public Twin(nn.Module like)
            : base("Twin")
        {
            RegisterComponents();
            load_state_dict(like.state_dict());
        }

        public override Five forward(Tensor input)
        {
            var c3 = s3.call(input);
            var c4 = s4.call(c3);
            var parts = c4.chunk(2, 1);
            var inner = cat([parts[0], parts[1].relu()], 1).reshape(c4.size(0), 2, 6, c4.size(2), c4.size(3)).transpose(1, 2).reshape(c4.shape);
            return (c3, l4.call(c4), parts[1], cat([inner, c4], 1), fc.call(c4.mean([2, 3])));
        }
    }
}
