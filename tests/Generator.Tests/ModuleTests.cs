using System.Reflection;
using Blockwright.Generator.Tests.Harness;
using Blockwright.Tests.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests;

/// <summary>The emitted module is a TorchSharp module like any other.</summary>
public class ModuleTests
{
    private const string Source = """
        using Blockwright;
        namespace Zoo;

        [Block]
        [Split("keep", "work")]
        [From("work", Name = "branch"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, SiLU]
        [Concat("keep", "work"), ChannelShuffle(4)]
        public partial class Unit;

        [Block]
        [From("in", As = "gate"), GlobalAvgPool2d, Conv1x1, Hardsigmoid]
        [From("in", As = "left"), Multiply("gate")]
        [Add("left", "in")]
        public partial class Attention;

        [Network, Input(3, 8, 8)]
        [Path("stem"), Conv2d(8, 3), BatchNorm2d, ReLU, MaxPool2d(2)]
        [Stage<Unit>("stage", Units = 2), Apply<Attention>(Name = "attention")]
        [GlobalAvgPool2d, Dropout(0.2), Linear(5, Name = "fc")]
        public partial class Network;

        [Block]
        [Path("stem"), Conv2d(8, 3), BatchNorm2d, ReLU, AvgPool2d(2)]
        [Stage<Unit>("stage", Units = 2), Apply<Attention>(Name = "attention")]
        [Split("a", "b", Ratio = 0.3)]
        [Concat("b", "a"), ChannelShuffle(2)]
        public partial class Whole;

        [Block, Parameter("groups"), Parameter("kernel"), Parameter("units"), Parameter("hidden")]
        [From("in", As = "y"), Conv2d("out*2", "kernel", Groups = "groups"), Conv1x1("hidden/3")]
        [From("y"), Conv1x1("out"), Stage<Unit>("stage", Units = "units")]
        [Add("in", "y")]
        public partial class Particular;

        [Block]
        [Split("a", "b", Ratio = 0.9)]
        [Concat("a", "b")]
        public partial class Uneven;

        [Block, From("in")]
        public partial class Nothing;
        """;

    private static readonly Lazy<Assembly> Compiled = new(static () => Compiling.Load(Source));

    /// <summary>A copy of each part into its place would spread a smaller one, where a concatenation refuses it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PartsOfSeveralSizesAreRefused(bool hasGradient)
    {
        var assembly = Compiling.Load("""
            using Blockwright;
            [Network, Input(4, 8, 8), From("in", As = "a", Name = "a"), Conv2d(4, 3, Stride = 2), From("in", As = "b", Name = "b"), Conv2d(2, 3), AdaptiveAvgPool2d(4), Concat("b", "a"), ChannelShuffle(3)] public partial class N;
            """);
        using var net = Compiling.Make(assembly, "N");
        using var scope = NewDisposeScope();
        using var mode = set_grad_enabled(hasGradient);
        Assert.Contains("Sizes of tensors must match", Assert.Throws<InvalidOperationException>(() => net.call(randn(1, 4, 2, 2))).Message, StringComparison.Ordinal);
        Assert.Equal([1, 6, 4, 4], net.call(randn(1, 4, 8, 8)).shape);
    }

    /// <summary>A weight that somebody took away has not been disposed; and no number divides by 0.</summary>
    [Fact]
    public void WhatIsNullOrDividesByNoneIsSaid()
    {
        using var network = Make("Network");
        ((TorchSharp.Modules.Linear)network.Layer("fc")).bias = null!;
        Assert.Contains("Network: fc.bias is null, and the layer was declared with one.", Assert.Throws<ObjectDisposedException>(network.Fuse).Message, StringComparison.Ordinal);
        Assert.Contains("expected a divisor above 0 of ", Assert.Throws<ArgumentException>(() => Require.Divides("Pick", "in", 0, 4)).Message, StringComparison.Ordinal);
    }

    /// <summary>Torch would end the process where a padding takes away all that a small map gives. Where none can, nothing is asked.</summary>
    [Fact]
    public void OfAMapThatATransposedConvolutionLeavesNothingOfIsSaidWhose()
    {
        const string Declared = """
            using Blockwright;
            [Block, Parameter("p"), ConvTranspose2d("in", 2, Stride = 3, Padding = "p", Dilation = 2, OutputPadding = 0, Name = "up")] public partial class Any;
            [Network, Input(4, 5, 5), Apply<Any>(2, Name = "any"), ConvTranspose2d(4, 3, Padding = new[] { 0, 2 }, OutputPadding = 0, Name = "wide")] public partial class Net;
            [Network, Input(4, 5, 5), ConvTranspose2d(4, 3, Padding = 1, OutputPadding = 0)] public partial class Safe;
            """;
        var output = Compiling.Generate(Compiling.Compilation(Declared));
        Assert.Equal(["Any", "Net"], output.SyntaxTrees.Where(static tree => tree.ToString().Contains("TensorOps.Leaving(", StringComparison.Ordinal)).Select(static tree => Path.GetFileName(tree.FilePath).Split('.')[0]).Order(StringComparer.Ordinal));
        var assembly = Compiling.Load(output);
        using var scope = NewDisposeScope();
        using var any = Compiling.Make(assembly, "Any", 3, 2);
        AssertSays("Any: up: of 1 x 3 x 1 x 9 the padding of ConvTranspose2d leaves nothing.", () => any.call(randn(1, 3, 1, 9)), () => any.Fuse().call(randn(1, 3, 1, 9)));
        Assert.Equal([1, 3, 2, 23], any.call(randn(1, 3, 2, 9)).shape);
        using var net = (NetworkModule)Compiling.Make(assembly, "Net");
        AssertSays("Any: up: of 1 x 4 x 1 x 1", () => net.call(randn(1, 4, 1, 1)), () => net.Fuse(new FuseOptions { UseKernels = false }).call(randn(1, 4, 1, 1)));
        Assert.Throws<ArgumentException>(() => net.Fuse().call(randn(1, 4, 1, 1)));
        net.eval();
        using var two = net.Fuse();
        Assert.True(net.call(ones(1, 4, 2, 3)).allclose(two.call(ones(1, 4, 2, 3)), 1e-4, 1e-5));

        static void AssertSays(string message, params Func<object>[] uses) =>
            Assert.All(uses, use => Assert.StartsWith(message, Assert.Throws<InvalidOperationException>(use).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void TenThousandForwardsLeaveNoTensorBehind()
    {
        using var network = Make("Network");
        using var block = Make("Whole", 3);
        // On one thread: several wait for each other where others use the cores.
        using var ofNetwork = (FusedModule)network.GetType().GetMethod("Fuse", [typeof(FuseOptions)])!.Invoke(network, [new FuseOptions { Threads = 1 }])!;
        using var ofBlock = block.Fuse();
        network.eval();
        block.eval();
        using var noGradient = no_grad();
        using var input = rand(1, 3, 8, 8);

        AssertFlat(10_000, () => network.call(input).Dispose());
        AssertFlat(10_000, () => block.call(input).Dispose());
        AssertFlat(10_000, () => ofNetwork.call(input).Dispose());
        AssertFlat(10_000, () => ofBlock.call(input).Dispose());
    }

    [Fact]
    public void StepsOfTrainingLeaveNoTensorBehind()
    {
        using var module = Make("Network");
        module.train();
        using var input = rand(2, 3, 8, 8);

        AssertFlat(500, () =>
        {
            using var result = module.call(input);
            using var loss = result.sum();
            loss.backward();
        });
    }

    [Fact]
    public void TakingASnapshotLeavesNothingBehindWhenItIsDisposed()
    {
        using var network = Make("Network");
        using var block = Make("Whole", 3);

        AssertFlat(200, () => network.Fuse().Dispose());
        AssertFlat(200, () => block.Fuse().Dispose());
    }

    [Theory]
    [InlineData("Network", false)]
    [InlineData("Network", true)]
    [InlineData("Whole", false)]
    [InlineData("Whole", true)]
    [InlineData("Nothing", false)]
    [InlineData("Nothing", true)]
    public void InsideADisposeScopeTheResultBelongsToIt(string name, bool fuse)
    {
        using var module = name == "Network" ? Make(name) : Make(name, 3);
        using var fused = module.Fuse();
        module.eval();
        using var input = rand(2, 3, 8, 8);
        using var before = input.clone();
        using var alone = fuse ? fused.call(input) : module.call(input);

        Tensor inside;
        Tensor kept;
        using (NewDisposeScope())
        {
            inside = fuse ? fused.call(input) : module.call(input);
            kept = inside.clone().DetachFromDisposeScope();
            Assert.False(inside.IsInvalid);
        }

        Assert.True(inside.IsInvalid);
        Assert.False(alone.IsInvalid);
        Tensors.AssertClose(alone, kept, 0, "the result in a scope");
        Tensors.AssertClose(before, input, 0, "the input");
        kept.Dispose();
    }

    [Theory]
    [InlineData("Network")]
    [InlineData("Whole")]
    public void WhatIsMadeInsideADisposeScopeOutlivesIt(string name)
    {
        BlockModule module;
        FusedModule fused;
        using (NewDisposeScope())
        {
            module = name == "Network" ? Make(name) : Make(name, 3);
            fused = module.Fuse();
        }

        using var input = rand(1, 3, 8, 8);
        using var result = module.Infer(input);
        using var again = fused.call(input);

        Tensors.AssertClose(result, again, 1e-5, "the snapshot's result");
        fused.Dispose();
        module.Dispose();
    }

    [Fact]
    public void AWrongInputIsRefused()
    {
        using var module = Make("Whole", 3);
        using var fused = module.Fuse();
        foreach (var call in new Func<Tensor, Tensor>[] { module.call, fused.call })
        {
            var channels = Assert.Throws<ArgumentException>(() => call(zeros(1, 4, 8, 8)));
            Assert.Contains("Whole", channels.Message, StringComparison.Ordinal);
            Assert.Contains("N x 3 x H x W", channels.Message, StringComparison.Ordinal);
            Assert.Contains("1 x 4 x 8 x 8", channels.Message, StringComparison.Ordinal);
            Assert.Contains("3 x 8 x 8", Assert.Throws<ArgumentException>(() => call(zeros(3, 8, 8))).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentNullException>(() => call(null!));
        }
        fused.Dispose();
        Assert.Throws<ObjectDisposedException>(() => fused.call(zeros(1, 3, 8, 8)));
        fused.Dispose(); // Again does nothing.
    }

    [Theory]
    [InlineData("Unit", new[] { 7 }, "Unit: Split: the channels: expected a multiple of 2, found 7.")]
    [InlineData("Unit", new[] { 6 }, "Unit: ChannelShuffle: the channels: expected a multiple of 4, found 6.")]
    [InlineData("Uneven", new[] { 2 }, "Uneven: Split: the second part's channels: expected at least 1, found 0.")]
    [InlineData("Particular", new[] { 8, 8, 3, 3, 1, 12 }, "Particular: Conv2d: the input channels: expected a multiple of 3, found 8.")]
    [InlineData("Particular", new[] { 8, 8, 0, 3, 1, 12 }, "Particular: Groups: expected at least 1, found 0.")]
    [InlineData("Particular", new[] { 8, 8, 4, 0, 1, 12 }, "Particular: KernelSize: expected at least 1, found 0.")]
    [InlineData("Particular", new[] { 8, 8, 4, 3, 0, 12 }, "Particular: Units: expected at least 1, found 0.")]
    [InlineData("Particular", new[] { 8, 8, 4, 3, 1, 10 }, "Particular: OutChannels: hidden: expected a multiple of 3, found 10.")]
    [InlineData("Particular", new[] { 8, 12, 4, 3, 1, 12 }, "Particular: Add: the channels of the values: expected 8, found 12.")]
    [InlineData("Whole", new[] { 0 }, "inChannels ('0') must be greater than or equal to '1'.")]
    public void AConstructorSaysWhatDoesNotFit(string type, int[] arguments, string message)
    {
        var thrown = Assert.Throws<TargetInvocationException>(() => Compiling.Make(Compiled.Value, "Zoo." + type, arguments));

        Assert.Contains(message, Assert.IsType<ArgumentException>(thrown.InnerException, exactMatch: false).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainAndEvalReachEveryLayer()
    {
        using var module = Make("Network");

        module.eval();
        Assert.All(module.modules(), static each => Assert.False(each.training));
        module.train();
        Assert.All(module.modules(), static each => Assert.True(each.training));
    }

    [Fact]
    public void ATypeReachesEveryParameterAndStatistic()
    {
        using var module = Make("Network");

        module.to(float64);

        Assert.All(module.state_dict(), static entry => Assert.Equal(entry.Key.EndsWith("num_batches_tracked", StringComparison.Ordinal) ? ScalarType.Int64 : ScalarType.Float64, entry.Value.dtype));
        using var result = module.call(rand([2, 3, 8, 8], float64));
        Assert.Equal(ScalarType.Float64, result.dtype);
        using var fused = module.Fuse();
        using var again = fused.call(rand([2, 3, 8, 8], float64));
        Assert.Equal(ScalarType.Float64, again.dtype);
    }

    [Fact]
    public void TorchsOwnFilesKeepIt()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var module = Make("Network");
        Tensors.Randomize(module);
        using var other = Make("Network");
        try
        {
            module.save(file);
            other.load(file);
        }
        finally
        {
            File.Delete(file);
        }

        foreach (var (key, value) in module.state_dict())
            Tensors.AssertClose(value, other.state_dict()[key], 0, key);
        using var input = rand(2, 3, 8, 8);
        using var one = module.Infer(input);
        using var two = other.Infer(input);
        Tensors.AssertClose(one, two, 0, "the result");
    }

    [Theory]
    [InlineData("Network")]
    [InlineData("Whole")]
    public void ASnapshotStaysWhileItsModuleTrainsOn(string name)
    {
        using var module = name == "Network" ? Make(name) : Make(name, 3);
        using var fused = module.Fuse();
        using var input = rand(4, 3, 8, 8);
        using var before = fused.call(input);
        using var optimizer = optim.SGD(module.parameters(), 0.1);

        module.train();
        for (var step = 0; step < 3; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            module.call(input).square().sum().backward();
            optimizer.step();
        }

        using var after = fused.call(input);
        Tensors.AssertClose(before, after, 0, "the snapshot's result");
        using var trained = module.Infer(input);
        Assert.NotEqual(0, (trained - before).abs().max().item<float>());
        module.Dispose();
        using var alone = fused.call(input);
        Tensors.AssertClose(before, alone, 0, "the snapshot's result without its module");
    }

    [Theory]
    [InlineData("Network")]
    [InlineData("Whole")]
    public void SeveralThreadsMayTakeAndCallSnapshots(string name)
    {
        using var module = name == "Network" ? Make(name) : Make(name, 3);
        Tensors.Randomize(module);
        module.eval();
        using var shared = module.Fuse();
        var inputs = Enumerable.Range(0, 4).Select(static _ => rand(2, 3, 8, 8)).ToArray();
        var expected = inputs.Select(input => module.call(input).detach()).ToArray();

        var results = new Tensor[inputs.Length][];
        var threads = inputs.Select((input, i) => new Thread(() =>
        {
            using var own = module.Fuse();
            results[i] = [.. Enumerable.Range(0, 50).SelectMany(_ => new[] { shared.call(input), own.call(input) })];
        })).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());

        for (var i = 0; i < inputs.Length; i++)
            Assert.All(results[i], result => Tensors.AssertClose(expected[i], result, 1e-5, "a result"));
    }

    [Fact]
    public void ResultsOfInferenceHaveNoGradient()
    {
        using var module = Make("Whole", 3);
        using var fused = module.Fuse();
        using var input = rand(1, 3, 8, 8).requires_grad_();

        using var result = fused.call(input);

        Assert.False(result.requires_grad);
        Assert.True(is_grad_enabled());
        Assert.True(module.call(input).requires_grad);
    }

    private static BlockModule Make(string type, params int[] arguments) => Compiling.Make(Compiled.Value, "Zoo." + type, arguments);

    /// <summary>Fails where tensors, or the process's memory, grow with the calls.</summary>
    private static void AssertFlat(int calls, Action call)
    {
        const long Most = 12 << 20; // a thread of the runtime, with the 8 MB of its stack, may have come; tensors are counted besides
        // As often once before: what is compiled and kept by then is there. What leaks, leaks the second time too.
        for (var i = 0; i < calls; i++)
            call();
        var held = HeldMemory.Bytes();
        var alive = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (var i = 0; i < calls; i++)
            call();

        Assert.Equal(alive, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        var grown = HeldMemory.Bytes() - held;
        Assert.True(grown < Most, $"The process grew by {grown:N0} bytes in {calls:N0} calls.");
    }
}

internal static class InferenceExtensions
{
    /// <summary>The result in evaluation mode, without a gradient.</summary>
    public static Tensor Infer(this BlockModule module, Tensor input)
    {
        module.eval();
        using var noGradient = no_grad();
        return module.call(input);
    }
}
