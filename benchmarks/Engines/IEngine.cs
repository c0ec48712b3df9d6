namespace Blockwright.Benchmarks.Engines;

/// <summary>Something that classifies a batch.</summary>
public interface IEngine : IDisposable
{
    /// <summary>What the table calls it.</summary>
    string Name { get; }

    /// <summary>Whether it counts as ONNX Runtime in the ratios.</summary>
    bool IsOnnxRuntime => false;

    /// <summary>Memory for activations that it holds between calls; 0 where it does not say.</summary>
    long Bytes => 0;

    /// <summary>Classifies the batch that it was made for.</summary>
    /// <param name="logits">What comes out.</param>
    void Run(Span<float> logits);
}
