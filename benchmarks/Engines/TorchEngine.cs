using Blockwright.Benchmarks.Networks;
using static TorchSharp.torch;

namespace Blockwright.Benchmarks.Engines;

/// <summary>Eager TorchSharp.</summary>
public sealed class TorchEngine : IEngine
{
    private readonly TorchShuffleNet _net;
    private readonly Tensor _input;
    private readonly int _threads;

    /// <summary>Builds the module.</summary>
    public TorchEngine(ShuffleNetWeights weights, float[] images, int batch, int threads)
    {
        _threads = threads;
        _net = new TorchShuffleNet(weights, ScalarType.Float32);
        _input = tensor(images).reshape(batch, 3, 224, 224);
    }

    /// <inheritdoc/>
    public string Name => "eager TorchSharp";

    /// <summary>The logits that libtorch computes in float64.</summary>
    public static double[] Reference(ShuffleNetWeights weights, float[] images, int batch)
    {
        using var guard = inference_mode();
        using var net = new TorchShuffleNet(weights, ScalarType.Float64);
        using var input = tensor(images).to(ScalarType.Float64).reshape(batch, 3, 224, 224);
        using var logits = net.call(input);
        return logits.data<double>().ToArray();
    }

    /// <inheritdoc/>
    public void Run(Span<float> logits)
    {
        if (get_num_threads() != _threads)
            set_num_threads(_threads);
        using var guard = inference_mode();
        using var output = _net.call(_input);
        output.data<float>().ToArray().CopyTo(logits);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Dispose();
        _net.Dispose();
    }
}
