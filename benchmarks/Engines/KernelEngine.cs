using Blockwright.Benchmarks.Networks;
using Blockwright.Kernels;

namespace Blockwright.Benchmarks.Engines;

/// <summary>The hand-assembled network on Blockwright's kernels.</summary>
public sealed class KernelEngine : IEngine
{
    private readonly HandAssembledShuffleNet _net;

    /// <summary>Packs the weights.</summary>
    public KernelEngine(ShuffleNetWeights weights, InstructionSet set, float[] images, int batch, int threads)
    {
        _net = new HandAssembledShuffleNet(weights, set, batch, threads);
        images.CopyTo(_net.Input);
        Name = $"kernels, {set}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public void Run(Span<float> logits) => _net.Run(logits);

    /// <inheritdoc/>
    public void Dispose() => _net.Dispose();
}
