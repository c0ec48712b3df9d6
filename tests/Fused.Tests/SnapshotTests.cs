using ShuffleNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>What a snapshot promises beside its numbers.</summary>
public class SnapshotTests
{
    private static readonly FuseOptions OneThread = new() { Threads = 1 };

    [Fact]
    public void TrainingTheModuleOnLeavesTheSnapshotAsItWas()
    {
        using var network = (AdaptiveSplit)Networks.Make("AdaptiveSplit");
        using var fused = network.Fuse(OneThread);
        using var torchs = network.Fuse(new FuseOptions { UseKernels = false });
        using var input = randn(2, 3, 32, 32);
        using var before = fused.call(input);
        using var beforeOfTorch = torchs.call(input);

        network.train();
        var optimizer = optim.SGD(network.parameters(), 0.1);
        network.forward(input).square().sum().backward();
        optimizer.step();
        network.eval();

        Assert.True(fused.call(input).equal(before).all().item<bool>());
        Assert.True(torchs.call(input).equal(beforeOfTorch).all().item<bool>());
        Assert.False(network.forward(input).allclose(before));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void NonFiniteInputsGiveWhatTorchGives(float value)
    {
        foreach (var name in Networks.Names)
        {
            using var network = Networks.Make(name);
            using var fused = Networks.Fuse(network, OneThread);
            using var direct = Networks.Fuse(network, new FuseOptions { Threads = 1, Exact = true });
            var (channels, height, width) = fused.Kernels!.Input;
            using var noGradient = no_grad();
            using var input = randn(2, channels, height, width);
            input[0, 0, height / 2, width / 2] = value;
            using var expected = network.forward(input);
            using var found = fused.call(input);
            using var exact = direct.call(input);

            // Folding changes the order of operations, and with it which of NaN and infinity an overflow becomes; which values are finite, it does not. By tiles a whole tile is not.
            Assert.True(exact.isfinite().equal(expected.isfinite()).all().item<bool>(), $"{name}: {value}");
            Assert.True(expected.isfinite().logical_or(found.isfinite().logical_not()).all().item<bool>(), $"{name}: {value}, by tiles");
            Assert.True(found[1].allclose(expected[1], 1e-4, 1e-5), $"{name}: the other image");
        }
    }

    [Fact]
    public void WrongInputsAreRefused()
    {
        using var network = (AdaptiveSplit)Networks.Make("AdaptiveSplit");
        var fused = network.Fuse(OneThread);
        var output = new float[10];

        Assert.Contains("takes N x 3 x H x W, and was given 2 x 4 x 32 x 32", Assert.Throws<ArgumentException>(() => fused.call(randn(2, 4, 32, 32))).Message, StringComparison.Ordinal);
        Assert.Contains("was given Float64 on cpu", Assert.Throws<ArgumentException>(() => fused.call(randn(2, 3, 32, 32, ScalarType.Float64))).Message, StringComparison.Ordinal);
        Assert.Contains("1 x 3 x 32 x 32 are 3072 values; the input has 5", Assert.Throws<ArgumentException>(() => fused.Run(new float[5], output, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("gives 20 values; the output has room for 10", Assert.Throws<ArgumentException>(() => fused.Run(new float[2 * 3072], output, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => fused.Run([], output, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => fused.Run([], output, 1, 0, 9));
        Assert.Contains("an input of 0 x 9 has no pixel", Assert.Throws<ArgumentException>(() => fused.call(randn(1, 3, 0, 9))).Message, StringComparison.Ordinal);

        fused.Dispose();
        fused.Dispose();
        foreach (var use in new Action[] { () => fused.Run(new float[3072], output, 1), () => fused.call(randn(2, 3, 32, 32)), () => fused.Save("nowhere"), () => fused.Kernels!.Run(new float[3072], output, 1) })
            Assert.StartsWith("This snapshot of AdaptiveSplit was disposed: take or load another", Assert.Throws<ObjectDisposedException>(use).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWeightOfAnotherShapeIsRefusedByItsKey()
    {
        using var network = (SqueezeNet)Networks.Make("SqueezeNet");
        var (key, layer) = network.named_modules().First(static each => each.module is TorchSharp.Modules.Conv2d);
        ((TorchSharp.Modules.Conv2d)layer).weight = new TorchSharp.Modules.Parameter(randn(5, 3, 1, 1));

        Assert.StartsWith($"SqueezeNet: {key}.weight is 5 x 3 x 1 x 1, and was declared as ", Assert.Throws<InvalidOperationException>(() => network.Fuse(OneThread)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<TorchSharp.Modules.Conv2d, TorchSharp.Modules.BatchNorm2d>> Settings => new()
    {
        { "0.stride is 2 x 2, and was declared as 1 x 1", static (conv, _) => conv.stride = [2, 2] },
        { "0.dilation is 2 x 2, and was declared as 1 x 1", static (conv, _) => conv.dilation = [2, 2] },
        { "0.padding_mode is Reflect, and was declared as Zeros", static (conv, _) => conv.padding_mode = PaddingModes.Reflect },
        { "0.bias is 8, and was declared as none", static (conv, _) => conv.bias = new TorchSharp.Modules.Parameter(ones(8)) },
        { "1.eps is 0.001, and was declared as 1E-05", static (_, norm) => norm.eps = 1e-3 },
    };

    /// <summary>A plan and a file hold what was declared. Torch's operations compute what the module has become.</summary>
    [Theory]
    [MemberData(nameof(Settings))]
    public void ANumberThatWasSetOnALayerIsRefusedByItsKey(string change, Action<TorchSharp.Modules.Conv2d, TorchSharp.Modules.BatchNorm2d> set)
    {
        using var network = new Small();
        network.eval();
        network.Fuse(OneThread).Dispose();
        set((TorchSharp.Modules.Conv2d)network.Layer("0"), (TorchSharp.Modules.BatchNorm2d)network.Layer("1"));

        Assert.StartsWith($"Small: {change}: kernels compute the network as it is declared.", Assert.Throws<InvalidOperationException>(() => network.Fuse(OneThread)).Message, StringComparison.Ordinal);
        using var torchs = network.Fuse(OneThread with { UseKernels = false });
        using var input = randn(1, 3, 12, 12);
        Assert.True(torchs.call(input).allclose(network.call(input), 1e-4, 1e-5));
    }

    /// <summary>Weights are of one type and on one device; an odd one is named by its key.</summary>
    [Theory]
    [InlineData(FuseDevice.Auto)]
    [InlineData(FuseDevice.Cpu)]
    public void AWeightOfAnotherTypeIsRefusedByItsKey(FuseDevice device)
    {
        var options = OneThread with { Device = device };
        using var network = (SqueezeNet)Networks.Make("SqueezeNet");
        var (key, layer) = network.named_modules().Last(static each => each.module is TorchSharp.Modules.Conv2d);
        layer.to(ScalarType.Float64);
        AssertRefused($"SqueezeNet: {key}.weight is Float64 on cpu, and the other weights are Float32 on cpu.");
        layer.to(ScalarType.Float32).to(META);
        AssertRefused($"SqueezeNet: {key}.weight is Float32 on meta, and the other weights are Float32 on cpu.");
        network.to(META);
        AssertRefused("SqueezeNet is on the meta device, where weights have shapes and no values.");

        void AssertRefused(string message) => Assert.StartsWith(message, Assert.Throws<InvalidOperationException>(() => network.Fuse(options)).Message, StringComparison.Ordinal);
    }

    /// <summary>What runs on torch's operations cannot be saved, and the cause is said.</summary>
    [Fact]
    public void WhyASnapshotIsNotSavedIsSaid()
    {
        using var network = (SqueezeNet)Networks.Make("SqueezeNet");
        AssertRefused(OneThread with { UseKernels = false }, "since UseKernels is false.");
        network.to(ScalarType.Float64);
        AssertRefused(OneThread, "since SqueezeNet is Float64: net.to(torch.float32) makes it float32.");

        void AssertRefused(FuseOptions options, string cause)
        {
            using var fused = network.Fuse(options);
            Assert.Contains(cause, Assert.Throws<InvalidOperationException>(() => fused.Save("nowhere.safetensors")).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NoImagesGiveNoResults(bool useKernels)
    {
        foreach (var name in Networks.Names)
        {
            using var network = Networks.Make(name);
            using var fused = Networks.Fuse(network, new FuseOptions { Threads = 2, UseKernels = useKernels });
            var (channels, height, width) = Networks.InputOf(network);
            using var noGradient = no_grad();
            using var one = network.forward(randn(1, channels, height, width));
            using var found = fused.call(empty([0, channels, height, width]));

            Assert.Equal([0, .. one.shape[1..]], found.shape);
            fused.Run([], [], 0);
        }
    }

    [Fact]
    public void TooSmallImagesAreRefusedByName()
    {
        using var network = (SqueezeNet)Networks.Make("SqueezeNet");
        using var fused = network.Fuse(OneThread);

        var e = Assert.Throws<ArgumentException>(() => fused.call(randn(1, 3, 2, 2)));

        Assert.Contains("SqueezeNet: an input of 2 x 2 is too small", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ANetworkOfAnotherTypeRunsOnTorchsOperations()
    {
        using var network = (AdaptiveSplit)Networks.Make("AdaptiveSplit");
        network.to(ScalarType.Float64);
        using var fused = network.Fuse();
        using var input = randn(2, 3, 32, 32, ScalarType.Float64);
        using var noGradient = no_grad();

        Assert.Null(fused.Kernels);
        Assert.True(fused.call(input).allclose(network.forward(input), 1e-12, 1e-12));
        Assert.Throws<InvalidOperationException>(() => fused.Save("nowhere"));
        Assert.Contains("was taken of a Float64 network on cpu, and was given Float32 on cpu", Assert.Throws<ArgumentException>(() => fused.call(randn(2, 3, 32, 32))).Message, StringComparison.Ordinal);
    }

    /// <summary>Plain memory is float32: it is converted, and the result back.</summary>
    [Theory]
    [InlineData(ScalarType.Float64, 1e-6)]
    [InlineData(ScalarType.BFloat16, 0.1)]
    public void ANetworkOfAnotherTypeTakesPlainMemory(ScalarType type, double tolerance)
    {
        using var network = (AdaptiveSplit)Networks.Make("AdaptiveSplit");
        using var noGradient = no_grad();
        using var input = randn(2, 3, 32, 32);
        var expected = network.forward(input).data<float>().ToArray();
        network.to(type);
        using var fused = network.Fuse();
        var found = new float[20];
        fused.Run(input.data<float>().ToArray(), found, 2);

        for (var i = 0; i < found.Length; i++)
            Assert.InRange(found[i] - expected[i], -tolerance, tolerance);
    }

    [Fact]
    public void AFileOfAnotherNetworkIsRefused()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        try
        {
            using var network = (AdaptiveSplit)Networks.Make("AdaptiveSplit");
            using var fused = network.Fuse(OneThread);
            fused.Save(file);
            Assert.Contains("expected blockwright.network = Hybrid, found AdaptiveSplit", Assert.Throws<WeightsException>(() => Hybrid.LoadFused(file)).Message, StringComparison.Ordinal);

            network.SaveWeights(file);
            Assert.Contains("It holds weights, and is no snapshot, which Fuse() folds: the module whose weights they are reads it by LoadWeights(path)", Assert.Throws<WeightsException>(() => AdaptiveSplit.LoadFused(file)).Message, StringComparison.Ordinal);

            // What torch.save writes begins as a zip archive does.
            File.WriteAllBytes(file, [.. "PK\x03\x04"u8, .. new byte[60]]);
            Assert.Contains("the file is what torch.save writes, and a safetensors file is expected here", Assert.Throws<WeightsException>(() => AdaptiveSplit.LoadFused(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(4, 2)]
    public void ARunAllocatesNoManagedMemoryOnceItHasRun(int batch, int threads)
    {
        using var network = (ShuffleNetV2_x0_5)Networks.Make("ShuffleNetV2");
        using var fused = network.Fuse(new FuseOptions { Threads = threads });
        var (input, output) = (new float[batch * 3 * 224 * 224], new float[batch * 1000]);
        for (var i = 0; i < 3; i++)
            fused.Run(input, output, batch);

        // The runtime allocates now and then, for a lock that is waited for the first time: what a run allocates comes each time.
        Assert.Contains(0, Enumerable.Range(0, 10).Select(_ => Allocated()));

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 5; i++)
                fused.Run(input, output, batch);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
