using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Benchmarks.Engines;

/// <summary>The emitted forward: libtorch, operation by operation.</summary>
public sealed class ForwardEngine(INetworkModule network, float[] images, int[] input, int threads) : IEngine
{
    private readonly Tensor _input = tensor(images).reshape([.. input.Select(static size => (long)size)]);

    /// <inheritdoc/>
    public string Name => "forward (TorchSharp)";

    /// <inheritdoc/>
    public void Run(Span<float> logits)
    {
        if (get_num_threads() != threads)
            set_num_threads(threads);
        using var guard = inference_mode();
        foreach (var output in network.Results(_input))
        {
            using (output)
            {
                var values = output.contiguous().data<float>().ToArray();
                values.CopyTo(logits);
                logits = logits[values.Length..];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _input.Dispose();
}

/// <summary>A snapshot on Blockwright's kernels.</summary>
public sealed class FusedEngine : IEngine
{
    private readonly INetworkSnapshot _fused;
    private readonly float[] _images;
    private readonly int _batch;

    /// <summary>Takes the snapshot.</summary>
    public FusedEngine(INetworkModule network, InstructionSet set, float[] images, int batch, int threads)
    {
        _fused = network.TakeSnapshot(new FuseOptions { InstructionSet = set, Threads = threads });
        (_images, _batch) = (images, batch);
        Name = $"Fuse(), {set}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Bytes => _fused.Kernels?.IdleBytes ?? 0;

    /// <inheritdoc/>
    public void Run(Span<float> logits) => _fused.Run(_images, logits, _batch);

    /// <inheritdoc/>
    public void Dispose() => _fused.Dispose();
}
