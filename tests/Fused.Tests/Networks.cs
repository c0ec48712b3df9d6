using Blockwright.Kernels;
using Blockwright.Plans;
using ShuffleNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Fused.Tests;

/// <summary>The networks under test, with weights as trained ones are: batch norms have means, variances, scales and shifts.</summary>
public static class Networks
{
    private static readonly Dictionary<string, Func<BlockModule>> ByName = new()
    {
        ["AdaptiveSplit"] = static () => new AdaptiveSplit(),
        ["Hybrid"] = static () => new Hybrid(),
        ["MobileNetV2"] = static () => new MobileNetV2(),
        ["ResNet"] = static () => new ResNet(),
        ["Grouped"] = static () => new Grouped(),
        ["Tiled"] = static () => new Tiled(),
        ["Uneven"] = static () => new Uneven(),
        ["DenseNet"] = static () => new DenseNet(),
        ["SqueezeNet"] = static () => new SqueezeNet(),
        ["GoogLeNet"] = static () => new GoogLeNet(),
        ["ShuffleNetV1"] = static () => new ShuffleNetV1(),
        ["Flattened"] = static () => new Flattened(),
        ["Corners"] = static () => new Corners(),
        ["Tangled"] = static () => new Tangled(),
        ["ShuffledOutput"] = static () => new ShuffledOutput(),
        ["Bounded"] = static () => new Bounded(),
        ["Points"] = static () => new Points(),
        ["Twice"] = static () => new Twice(),
        ["Reparametrised"] = static () => new Reparametrised(),
        ["Collected"] = static () => new Collected(),
        ["PixelProducts"] = static () => new PixelProductsNet(),
        ["LearnedFactors"] = static () => new LearnedFactors(),
        ["Normed"] = static () => new Normed(),
        ["Transposed"] = static () => new Transposed(),
        ["PixelsAndChannels"] = static () => new PixelsAndChannels(),
        ["PixelNumbers"] = static () => new PixelNumbers(),
        ["Neighbours"] = static () => new Neighbours(),
        ["RowsAndColumns"] = static () => new RowsAndColumns(),
        ["Reordered"] = static () => new Reordered(),
        ["CutIntoSizes"] = static () => new CutIntoSizes(),
        ["OnlyOtherSizes"] = static () => new OnlyOtherSizes(),
        ["Boxes"] = static () => new Boxes(),
        ["OfFeatures"] = static () => new OfFeatures(),
        ["ShuffleNetV2"] = static () => new ShuffleNetV2_x0_5(),
    };

    public static IEnumerable<string> Names => ByName.Keys;

    public static IEnumerable<InstructionSet> InstructionSetsHere => Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported);

    public static BlockModule Make(string name, int seed = 1)
    {
        manual_seed(seed);
        var network = ByName[name]();
        Draw(network);
        return network;
    }

    /// <summary>Draws what a new network has alike: running statistics, and what norms, factors and slopes learn; for evaluation.</summary>
    public static void Draw(nn.Module network)
    {
        using var noGradient = no_grad();
        foreach (var (key, value) in network.named_buffers())
        {
            if (key.EndsWith("running_mean", StringComparison.Ordinal))
                value.normal_(0, 0.1);
            else if (key.EndsWith("running_var", StringComparison.Ordinal))
                value.uniform_(0.5, 1.5);
        }
        foreach (var module in network.modules().OfType<TorchSharp.Modules.BatchNorm2d>())
        {
            module.weight?.uniform_(0.6, 1.4);
            module.bias?.normal_(0, 0.1);
        }
        foreach (var (scale, shift) in network.modules().Select(Learned).OfType<(Tensor, Tensor)>())
        {
            scale.uniform_(0.6, 1.4);
            shift.normal_(0, 0.1);
        }
        // Factors, C x 1 x 1, and slopes.
        foreach (var parameter in network.parameters().Where(static parameter => parameter.dim() == 3).Concat(network.modules().OfType<TorchSharp.Modules.PReLU>().Select(static module => module.weight!)))
            parameter.mul_(full_like(parameter, 1).uniform_(0.6, 1.4));
        network.eval();
    }

    /// <summary>What a norm without running statistics has learned.</summary>
    private static (Tensor Scale, Tensor Shift)? Learned(nn.Module module) => module switch
    {
        TorchSharp.Modules.LayerNorm norm => (norm.weight!, norm.bias!),
        TorchSharp.Modules.GroupNorm norm => (norm.weight!, norm.bias!),
        TorchSharp.Modules.InstanceNorm2d { weight: { } weight, bias: { } bias } => (weight, bias),
        _ => null,
    };

    /// <summary>What a band of rows may take: as users have it, and so little that whatever can goes by bands.</summary>
    public static IReadOnlyList<int> Bands { get; } = [new FuseOptions().BandBytes, 1];

    public static FusedNetwork Fuse(BlockModule network, FuseOptions options) => (FusedNetwork)network.GetType().GetMethod("Fuse", [typeof(FuseOptions)])!.Invoke(network, [options])!;

    /// <summary>The plan that the build wrote for the CPU.</summary>
    internal static CpuPlan PlanOf(BlockModule network) =>
        ((NetworkModule)network).Plans.Cpu!;

    public static (int Channels, int Height, int Width) InputOf(BlockModule network)
    {
        using var fused = Fuse(network, new FuseOptions { Threads = 1 });
        return fused.Kernels!.Input;
    }

    /// <summary>The largest difference from the module's own forward in float64, relative to the largest value.</summary>
    public static double Difference(BlockModule network, FusedModule fused, Tensor input)
    {
        using var found = fused.call(input);
        return Difference(network, found, input);
    }

    public static double Difference(BlockModule network, Tensor result, Tensor input)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var found = result.to(ScalarType.Float64);
        network.to(ScalarType.Float64);
        var expected = network.forward(input.to(ScalarType.Float64));
        network.to(ScalarType.Float32);
        Assert.Equal(expected.shape, found.shape);
        return (found - expected).abs().max().item<double>() / expected.abs().max().item<double>();
    }
}
