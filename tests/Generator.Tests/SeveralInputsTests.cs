using Blockwright.Generator.Tests.Harness;
using Blockwright.Kernels;
using Blockwright.Tests.Shared;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Blockwright.Generator.Tests;

/// <summary>Networks with several inputs: a module of torch's for as many, judged by torch's own layers called by hand.</summary>
public class SeveralInputsTests
{
    // Two stems, each of planes, whose maps are of one size.
    private const string Late = """
        [Network, Input(3, 32, 24, Name = "image"), Input(1, 32, 24, Name = "depth")]
        [From("image", As = "colour", Name = "colour"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
        [From("depth", As = "shape", Name = "shape"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
        [Concat("colour", "shape"), ChannelShuffle(2), Path("both"), Conv2d(6, 3), BatchNorm2d, ReLU]
        public partial class Net;
        """;

    // Both are read pixel by pixel, and one of them again.
    private const string Early = """
        [Network, Input(3, 32, 24, Name = "image"), Input(2, 32, 24, Name = "depth")]
        [From("image", As = "stem8", Name = "stem"), Concat("depth"), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU]
        [From("depth", As = "small", Name = "small"), AvgPool2d(2), Conv1x1(8), From("small"), Add("stem8")]
        public partial class Net;
        """;

    // Inputs of several sizes, one of them larger than the first and one as its half, in which a gate and a map of another size come in.
    private const string Sizes = """
        [Network, Input(3, 16, 24, Name = "search"), Input(3, 8, 12, Name = "template"), Input(2, 32, 48, Name = "flow")]
        [From("template", As = "gate", Name = "gate"), Conv2d(8, 3), BatchNorm2d, ReLU, GlobalAvgPool2d, Sigmoid]
        [From("flow", As = "moved", Name = "moved"), Conv2d(8, 3, Stride = 2), BatchNorm2d]
        [From("template"), Upsample(2), Conv1x1(8, Name = "up")]
        [From("search", As = "all"), Conv1x1(8, Name = "all"), Multiply("gate"), Add("moved"), Concat("template"), Conv2d(5, 3, Name = "last")]
        public partial class Net;
        """;

    public static TheoryData<string> Systems => new(nameof(Late), nameof(Sizes), nameof(Early));

    private static string SourceOf(string system) => system switch
    {
        nameof(Late) => Late,
        nameof(Sizes) => Sizes,
        _ => Early,
    };

    [Theory]
    [MemberData(nameof(Systems))]
    public void ForwardAndItsGradientsAreTorchs(string system)
    {
        using var scope = NewDisposeScope();
        foreach (var training in new[] { true, false })
        {
            manual_seed(3);
            using var network = Make(system);
            network.Module.to(float64);
            network.Module.train(training);
            using var twin = Twin.Of(system, network.Module);
            twin.train(training);
            var inputs = Array.ConvertAll(Images(network, 2), static input => input.to(float64).requires_grad_());
            var others = Array.ConvertAll(inputs, static input => input.detach().clone().requires_grad_());
            var (found, expected) = (network.Results(inputs)[0], twin.Compute(others));
            Tensors.AssertClose(expected, found, 1e-12, system);
            var weights = randn(expected.shape, float64);
            (found * weights).sum().backward();
            (expected * weights).sum().backward();
            for (var i = 0; i < inputs.Length; i++)
                Tensors.AssertClose(others[i].grad!, inputs[i].grad!, 1e-11, $"the gradient of input {i}");
            foreach (var ((name, own), (_, its)) in network.Module.named_parameters().Zip(twin.named_parameters()))
                Tensors.AssertClose(its.grad!, own.grad!, 1e-9, name);
        }
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void SnapshotsGiveWhatForwardGives(string system)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(4);
        using var network = Make(system);
        network.Module.eval();
        using var twin = Twin.Of(system, network.Module);
        twin.eval();
        foreach (var (batch, threads, scale) in new[] { (1, 1, 1), (1, 2, 1), (3, 2, 1), (3, 1, 2), (5, 2, 3) })
        {
            var inputs = Images(network, batch, scale);
            var expected = twin.Compute(inputs);
            foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
            {
                using var kernels = network.TakeSnapshot(new FuseOptions { Threads = threads, InstructionSet = set, BandBytes = threads == 1 ? 1 : new FuseOptions().BandBytes });
                Assert.NotNull(kernels.Kernels);
                AssertSame(expected, kernels.Results(inputs)[0], $"{system}, {set}, {batch} images, {threads} threads, scale {scale}");
                Assert.Equal([0, .. expected.shape[1..]], kernels.Results(Images(network, 0, scale))[0].shape);
            }
            using var torchs = network.TakeSnapshot(new FuseOptions { UseKernels = false });
            Assert.Null(torchs.Kernels);
            AssertSame(expected, torchs.Results(inputs)[0], $"{system}, torch's operations, {batch} images");
            Assert.Equal([0, .. expected.shape[1..]], torchs.Results(Images(network, 0, scale))[0].shape);
        }
    }

    /// <summary>From plain memory inputs lie one behind another, and so they do for a network that a file brings back.</summary>
    [Theory]
    [MemberData(nameof(Systems))]
    public void PlainMemoryHoldsThemOneBehindAnother(string system)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(5);
        using var network = Make(system);
        network.Module.eval();
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".safetensors");
        try
        {
            dynamic fused = network.TakeSnapshot(new FuseOptions { Threads = 2 });
            fused.Save(file);
            fused.Dispose();
            using var loaded = (KernelNetwork)network.GetType().GetMethod("LoadFused")!.Invoke(null, [file, null])!;
            using var torchs = network.TakeSnapshot(new FuseOptions { UseKernels = false });
            foreach (var (batch, scale) in new[] { (1, 1), (3, 2) })
            {
                var inputs = Images(network, batch, scale);
                var expected = network.Results(inputs)[0];
                var (values, output) = (cat([.. inputs.Select(static input => input.flatten())]).data<float>().ToArray(), new float[expected.numel()]);
                var (height, width) = ((int)inputs[0].size(2), (int)inputs[0].size(3));
                loaded.Run(values, output, batch, height, width);
                AssertSame(expected, tensor(output, expected.shape), "loaded");
                if (scale == 1)
                {
                    torchs.Run(values, output, batch);
                    AssertSame(expected, tensor(output, expected.shape), "torch's operations");
                }
                Assert.Equal(inputs.Select(static input => (input.size(1), input.size(2), input.size(3))), loaded.InputsOf(height, width).Select(static input => ((long)input.Channels, (long)input.Height, (long)input.Width)));
                Assert.Contains("one behind another, are", Assert.Throws<ArgumentException>(() => loaded.Run(values.AsSpan(1), output, batch, height, width)).Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void AnOnnxFileTakesThemByTheirNames(string system)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(6);
        using var network = Make(system);
        network.Module.eval();
        var names = network.Plans.Inputs.Select(static input => input.Name).ToList();
        Assert.Contains("leave InputName, 'x', out", Assert.Throws<ArgumentException>(() => OnnxSession.Export(network, new() { InputName = "x" })).Message, StringComparison.Ordinal);
        foreach (var (open, scale) in new[] { (false, 1), (true, 2) })
        {
            var inputs = Images(network, 2, scale);
            using var session = OnnxSession.Load(OnnxSession.Export(network, new() { OpenSize = open }));
            Assert.Equal(names, session.Inputs.Keys);
            Assert.Equal(open ? -1 : (int)inputs[1].size(2), session.Inputs[names[1]][2]);
            AssertSame(network.Results(inputs)[0], session.Run(names.Zip(inputs).ToDictionary(static each => each.First, static each => each.Second), session.Outputs.Keys.Single()), $"{system}, open: {open}");
        }
    }

    /// <summary>Forward and its documentation name them as the declaration does, and torch's hooks see the module called.</summary>
    [Fact]
    public void ForwardIsCalledByTheirNames()
    {
        using var scope = NewDisposeScope();
        var assembly = Compiling.Load(Compiling.Usings + SourceOf(nameof(Late)), """
            using static TorchSharp.torch;
            public static class User
            {
                public static nn.Module<Tensor, Tensor, Tensor> Module(Net net) => net;
                public static nn.IModule<Tensor, Tensor, Tensor> Snapshot(Net net) { Blockwright.FusedNetwork2<Tensor> fused = net.Fuse(); return fused; }
                public static Tensor Call(Net net, Tensor a, Tensor b) => net.forward(depth: b, image: a);
                public static Tensor Colour(Net net, Tensor a) => net.colour[0].call(a);
            }
            """);
        dynamic net = Activator.CreateInstance(assembly.GetType("Net", throwOnError: true)!)!;
        var (image, depth) = (randn(2, 3, 32, 24), randn(2, 1, 32, 24));
        var user = assembly.GetType("User", throwOnError: true)!;
        var module = (Module<Tensor, Tensor, Tensor>)user.GetMethod("Module")!.Invoke(null, [(object)net])!;
        module.eval();
        var seen = 0;
        module.register_forward_hook((_, a, b, result) =>
        {
            seen++;
            return result;
        });
        var expected = module.call(image, depth);
        Assert.Equal(1, seen);
        AssertSame(expected, (Tensor)user.GetMethod("Call")!.Invoke(null, [(object)net, image, depth])!, "by names");
        var fused = (IModule<Tensor, Tensor, Tensor>)user.GetMethod("Snapshot")!.Invoke(null, [(object)net])!;
        AssertSame(expected, fused.call(image, depth), "as an IModule");
        Assert.Equal(new long[] { 2, 8, 16, 12 }, ((Tensor)user.GetMethod("Colour")!.Invoke(null, [(object)net, image])!).shape);
    }

    [Fact]
    public void WhatDoesNotFitIsSaidByItsName()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var network = Make(nameof(Late));
        network.Module.eval();
        using var kernels = network.TakeSnapshot(FuseOptions.Default);
        using var torchs = network.TakeSnapshot(new FuseOptions { UseKernels = false });
        var image = randn(2, 3, 32, 24);
        var disposed = zeros(1);
        disposed.Dispose();
        foreach (var (whose, call) in new (string, Func<Tensor[], Tensor[]>)[] { ("Net", network.Results), ("The snapshot of Net", kernels.Results), ("The snapshot of Net", torchs.Results) })
        {
            Says(randn(2, 3, 32, 24), "takes depth of N x 1 x H x W, and was given 2 x 3 x 32 x 24.");
            Says(randn(1, 32, 24), "takes depth of N x 1 x H x W, and was given 1 x 32 x 24.");
            Says(randn(1, 1, 32, 24), "takes as many images of each input, and was given 2 as image and 1 as depth.");
            Says(randn(2, 1, 16, 24), "takes depth of 32 x 24 beside image of 32 x 24, as it is declared, and was given 16 x 24.");
            Says(randn(2, 1, 32, 24, float64), "takes inputs of one type on one device, and was given Float32 on cpu as image and Float64 on cpu as depth.");
            Says(disposed, "was given a tensor as depth that has been disposed");
            Assert.Equal("depth", Assert.Throws<ArgumentNullException>(() => call([image, null!])).ParamName);

            void Says(Tensor depth, string what)
            {
                var said = Assert.Throws<ArgumentException>(() => call([image, depth]));
                Assert.StartsWith($"{whose} {what}", said.Message, StringComparison.Ordinal);
                Assert.Equal("depth", said.ParamName);
            }
        }
        Assert.Contains("Float64", Assert.ThrowsAny<ArgumentException>(() => network.Results(image.to(float64), randn(2, 1, 32, 24, float64))).Message, StringComparison.Ordinal);
        Assert.Contains("Float64", Assert.ThrowsAny<ArgumentException>(() => kernels.Results(image.to(float64), randn(2, 1, 32, 24, float64))).Message, StringComparison.Ordinal);
        using var sizes = Make(nameof(Sizes));
        Assert.Equal(
            "Net takes no search of 17 x 24: template, declared as 8 x 12 beside 16 x 24, would not be of whole pixels.",
            Assert.Throws<ArgumentException>(() => sizes.Results(randn(1, 3, 17, 24), randn(1, 3, 8, 12), randn(1, 2, 32, 48))).Message);
        Assert.Contains("was built without kernels for a GPU", Assert.Throws<NotSupportedException>(() => sizes.TakeSnapshot(new FuseOptions { Device = FuseDevice.OpenCl })).Message, StringComparison.Ordinal);
        foreach (var call in new Action[] { () => network.Profile(image, 1), () => Comparison.Of(network, network, image, iterations: 1), () => NetworkReport.Of(network, new() { Input = image }) })
            Assert.Contains("takes 2 inputs, image, depth, and was given 1", Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() =>
        {
            network.Module.Dispose();
            network.Results(image, randn(2, 1, 32, 24));
        });
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void FeaturesAreThoseOfTheModule(string system)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(7);
        using var network = Make(system);
        network.Module.eval();
        var inputs = Images(network, 3);
        dynamic module = network;
        Assert.DoesNotContain("image", (IReadOnlyList<string>)module.FeatureNames);
        foreach (var options in new[] { new FuseOptions { Threads = 2 }, new FuseOptions { UseKernels = false } })
        {
            dynamic fused = network.TakeSnapshot(options);
            string[] names = [.. (IReadOnlyList<string>)fused.FeatureNames];
            Assert.NotEmpty(names);
            foreach (var name in names)
                AssertSame(((FeatureTensors)module.Features(inputs, name))[name], ((FeatureTensors)fused.Features(inputs, name))[name], $"{name}, {options}");
            fused.Dispose();
        }
    }

    [Fact]
    public void ReportsSayWhatTheyAre()
    {
        using var scope = NewDisposeScope();
        using var network = Make(nameof(Sizes));
        var inputs = Images(network, 1);
        var shapes = string.Join(", ", network.Plans.Inputs.Select(static input => FormattableString.Invariant($"{input.Name} 1 x {input.Channels} x {input.Height} x {input.Width}")));
        var summary = network.Summary();
        Assert.StartsWith($"Net: {shapes} -> ", summary.ToString(), StringComparison.Ordinal);
        Assert.Contains($"\"{network.Plans.Inputs[1].Name}\"", summary.ToJson(), StringComparison.Ordinal);
        Assert.Equal(inputs.Sum(static input => 4 * input.numel()), summary.Cost.InputBytes);
        Assert.Equal(2 * (int)inputs[1].size(2), summary.Cost.At(1, 2 * (int)inputs[0].size(2), 2 * (int)inputs[0].size(3)).Inputs[1].Layer.OutputShape[2]);
        var mermaid = network.ToMermaid();
        Assert.All(network.Plans.Inputs, input => Assert.Contains($"Input {input.Name}", mermaid, StringComparison.Ordinal));
        Assert.Contains(shapes, NetworkReport.Of(network, new() { Profile = true, Iterations = 2 }).ToHtml(), StringComparison.Ordinal);
        Assert.Contains(shapes, network.Profile(inputs, 2).Title, StringComparison.Ordinal);
        using var fused = network.TakeSnapshot(FuseOptions.Default);
        Assert.Contains(shapes, fused.Profile(inputs, 2).Title, StringComparison.Ordinal);
        Assert.NotEmpty(Comparison.Of(network, network, inputs, 2).Rows);
    }

    /// <summary>As many as torch has modules for, results of which one is an input and one is there in training alone, and an input that only training reads.</summary>
    [Fact]
    public void ThereMayBeSixInputsAndSeveralResults()
    {
        using var scope = NewDisposeScope();
        manual_seed(8);
        var type = Compiling.Load(Compiling.Usings + """
            [Network, Input(3, 8, 8, Name = "a"), Input(3, 8, 8, Name = "b"), Input(3, 4, 4, Name = "params"), Input(3, 8, 8, Name = "inputs"), Input(2, 8, 8, Name = "class"), Input(3, 8, 8, Name = "x1")]
            [Output("b", "sum"), Output("aux", TrainingOnly = true)]
            [From("params", As = "up"), Upsample(2), From("a", As = "sum"), Add("b"), Add("up"), Add("inputs"), Conv1x1(4, Name = "one"), Concat("class"), From("x1", As = "aux"), Conv1x1(2, Name = "aux")]
            public partial class Net;
            """).GetType("Net", throwOnError: true)!;
        var network = (NetworkModule6<(Tensor B, Tensor Sum, Tensor? Aux)>)Activator.CreateInstance(type)!;
        Tensors.Randomize(network);
        Tensor[] inputs = [randn(2, 3, 8, 8), randn(2, 3, 8, 8), randn(2, 3, 4, 4), randn(2, 3, 8, 8), randn(2, 2, 8, 8), randn(2, 3, 8, 8)];
        var state = network.state_dict();
        var sum = cat([functional.conv2d(inputs[0] + inputs[1] + functional.interpolate(inputs[2], scale_factor: [2, 2]) + inputs[3], state["one.weight"], state["one.bias"]), inputs[4]], 1);
        var (b, found, aux) = network.call(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]);
        AssertSame(inputs[1], b, "an input");
        AssertSame(sum, found, "the sum");
        AssertSame(functional.conv2d(inputs[5], state["aux.weight"], state["aux.bias"]), aux!, "the result of training");
        network.eval();
        foreach (var options in new[] { FuseOptions.Default, new() { UseKernels = false } })
        {
            using var fused = network.Fuse(options);
            var (same, its, none) = fused.call(inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]);
            AssertSame(inputs[1], same, "an input");
            AssertSame(sum, its, "the sum");
            Assert.Null(none);
            same.Dispose();
        }
        Assert.False(inputs[1].IsInvalid);
        using var session = OnnxSession.Load(OnnxSession.Export(network));
        Assert.Equal(["a", "b", "params", "inputs", "class", "x1"], session.Inputs.Keys);
    }

    /// <summary>What torch computes between kernels may read an input, and a lone input may have a name.</summary>
    [Fact]
    public void IslandsReadThemToo()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        manual_seed(9);
        var assembly = Compiling.Load(Compiling.Usings + """
            [Network, Input(4, 8, 8, Name = "image"), Input(4, 8, 8, Name = "mask")]
            [From("mask", As = "soft"), BatchNorm2d(TrackRunningStats = false, Name = "n"), From("image", As = "y"), Conv2d(4, 3, Name = "c"), Multiply("soft"), Conv1x1(2, Name = "d")]
            public partial class Net;

            [Network, Input(4, 8, 8, Name = "image"), Conv1x1(4, Name = "c"), Add("image")]
            public partial class One;
            """);
        var network = (NetworkModule2<Tensor>)Activator.CreateInstance(assembly.GetType("Net", throwOnError: true)!)!;
        Tensors.Randomize(network);
        network.eval();
        foreach (var batch in new[] { 1, 3 })
        {
            var (image, mask) = (randn(batch, 4, 8, 8), randn(batch, 4, 8, 8));
            using var fused = network.Fuse(new FuseOptions { Threads = 2 });
            Assert.NotNull(fused.Kernels);
            AssertSame(network.call(image, mask), fused.call(image, mask), $"{batch} images");
        }
        var one = Compiling.Make(assembly, "One");
        var input = randn(2, 4, 8, 8);
        AssertSame(functional.conv2d(input, one.state_dict()["c.weight"], one.state_dict()["c.bias"]) + input, one.call(input), "a lone input by its name");
    }

    private static INetworkModule Make(string system)
    {
        var network = (INetworkModule)Activator.CreateInstance(Compiling.Load(Compiling.Usings + SourceOf(system)).GetType("Net", throwOnError: true)!)!;
        Tensors.Randomize(network.Module);
        return network;
    }

    private static Tensor[] Images(INetworkModule network, int batch, int scale = 1) => [.. network.Plans.Inputs.Select(input => randn(batch, input.Channels, input.Height * scale, input.Width * scale))];

    private static void AssertSame(Tensor expected, Tensor found, string what) => Tensors.AssertClose(expected, found, 1e-5, what);

    /// <summary>Written by hand, with the network's weights.</summary>
    private abstract class Twin(string name) : nn.Module(name)
    {
        public static Twin Of(string system, nn.Module like)
        {
            Twin twin = system switch
            {
                nameof(Late) => new LateTwin(),
                nameof(Sizes) => new SizesTwin(),
                _ => new EarlyTwin(),
            };
            twin.RegisterComponents();
            twin.to(like.parameters().First().dtype);
            twin.load_state_dict(like.state_dict());
            return twin;
        }

        public abstract Tensor Compute(Tensor[] inputs);

        protected static Module<Tensor, Tensor> Stem(int channels, int outChannels, int stride) =>
            Sequential(Conv2d(channels, outChannels, 3, stride: stride, padding: 1, bias: false), BatchNorm2d(outChannels), ReLU());
    }

    private sealed class LateTwin() : Twin(nameof(LateTwin))
    {
        private readonly Module<Tensor, Tensor> colour = Stem(3, 8, 2);
        private readonly Module<Tensor, Tensor> shape = Stem(1, 8, 2);
        private readonly Module<Tensor, Tensor> both = Stem(16, 6, 1);

        public override Tensor Compute(Tensor[] inputs) => both.call(stack([colour.call(inputs[0]), shape.call(inputs[1])], 2).flatten(1, 2));
    }

    private sealed class EarlyTwin() : Twin(nameof(EarlyTwin))
    {
        private readonly Module<Tensor, Tensor> stem = Stem(5, 8, 2);
        private readonly Module<Tensor, Tensor> small = Sequential(AvgPool2d(2), Conv2d(2, 8, 1));

        public override Tensor Compute(Tensor[] inputs) => small.call(inputs[1]) + stem.call(cat([inputs[0], inputs[1]], 1));
    }

    private sealed class SizesTwin() : Twin(nameof(SizesTwin))
    {
        private readonly Module<Tensor, Tensor> gate = Stem(3, 8, 1);
        private readonly Module<Tensor, Tensor> moved = Sequential(Conv2d(2, 8, 3, stride: 2, padding: 1, bias: false), BatchNorm2d(8));
        private readonly Module<Tensor, Tensor> up = Conv2d(3, 8, 1);
        private readonly Module<Tensor, Tensor> all = Conv2d(3, 8, 1);
        private readonly Module<Tensor, Tensor> last = Conv2d(16, 5, 3, padding: 1);

        public override Tensor Compute(Tensor[] inputs)
        {
            var scaled = all.call(inputs[0]) * gate.call(inputs[1]).mean([2, 3], keepdim: true).sigmoid() + moved.call(inputs[2]);
            return last.call(cat([scaled, up.call(functional.interpolate(inputs[1], scale_factor: [2, 2]))], 1));
        }
    }
}
