using Blockwright.Kernels;
using static TorchSharp.torch;

namespace Blockwright.Benchmarks.Engines;

/// <summary>The emitted forward: libtorch, operation by operation.</summary>
public sealed class ForwardEngine(BlockModule network, float[] images, int[] input, int threads) : IEngine
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
    public FusedEngine(NetworkModule network, InstructionSet set, float[] images, int batch, int threads)
    {
        _fused = network.Fuse(new FuseOptions { InstructionSet = set, Threads = threads });
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
