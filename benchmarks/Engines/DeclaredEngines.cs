using Blockwright.Kernels;
using Blockwright.Plans;
using ShuffleNet;
using static TorchSharp.torch;

namespace Blockwright.Benchmarks.Engines;

/// <summary>The declared networks, with torchvision's weights.</summary>
public static class Declared
{
    /// <summary>Makes a network in evaluation mode.</summary>
    public static BlockModule Load(string network, string weights)
    {
        BlockModule module = network.EndsWith("x0_5", StringComparison.OrdinalIgnoreCase) ? new ShuffleNetV2_x0_5() : new ShuffleNetV2_x1_0();
        module.LoadWeights(weights);
        module.eval();
        return module;
    }

    /// <summary>The network's plan for the CPU.</summary>
    internal static CpuPlan PlanOf(BlockModule network)
    {
        using var fused = Fuse(network, new FuseOptions { Threads = 1 });
        return fused.Kernels!.Plan;
    }

    /// <summary>Takes a snapshot.</summary>
    public static FusedNetwork Fuse(BlockModule network, FuseOptions options) => network switch
    {
        ShuffleNetV2_x0_5 half => half.Fuse(options),
        ShuffleNetV2_x1_0 whole => whole.Fuse(options),
        _ => throw new ArgumentException($"No network {network.GetName()}.", nameof(network)),
    };
}

/// <summary>The emitted forward.</summary>
public sealed class ForwardEngine(BlockModule network, float[] images, int batch, int threads) : IEngine
{
    private readonly Tensor _input = tensor(images).reshape(batch, 3, 224, 224);

    /// <inheritdoc/>
    public string Name => "forward";

    /// <inheritdoc/>
    public void Run(Span<float> logits)
    {
        if (get_num_threads() != threads)
            set_num_threads(threads);
        using var guard = inference_mode();
        using var output = network.call(_input);
        output.data<float>().ToArray().CopyTo(logits);
    }

    /// <inheritdoc/>
    public void Dispose() => _input.Dispose();
}

/// <summary>A snapshot on Blockwright's kernels.</summary>
public sealed class FusedEngine : IEngine
{
    private readonly FusedNetwork _fused;
    private readonly float[] _images;
    private readonly int _batch;

    /// <summary>Takes the snapshot.</summary>
    public FusedEngine(BlockModule network, InstructionSet set, float[] images, int batch, int threads)
    {
        _fused = Declared.Fuse(network, new FuseOptions { InstructionSet = set, Threads = threads });
        (_images, _batch) = (images, batch);
        Name = $"Fuse(), {set}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public void Run(Span<float> logits) => _fused.Run(_images, logits, _batch);

    /// <inheritdoc/>
    public void Dispose() => _fused.Dispose();
}
