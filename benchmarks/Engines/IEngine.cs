namespace Blockwright.Benchmarks.Engines;

/// <summary>Something that classifies a batch.</summary>
public interface IEngine : IDisposable
{
    /// <summary>What the table calls it.</summary>
    string Name { get; }

    /// <summary>Whether it counts as ONNX Runtime in the ratios.</summary>
    bool IsOnnxRuntime => false;

    /// <summary>Classifies the batch that it was made for.</summary>
    /// <param name="logits">N x 1000.</param>
    void Run(Span<float> logits);
}
