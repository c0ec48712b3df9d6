using Microsoft.ML.OnnxRuntime;

namespace Blockwright.Benchmarks.Engines;

/// <summary>ONNX Runtime on the CPU, with all its optimisations, its input and output in place.</summary>
public sealed class OnnxRuntimeEngine : IEngine
{
    private readonly InferenceSession _session;
    private readonly OrtValue _input;
    private readonly OrtValue _output;
    private readonly RunOptions _options = new();

    /// <summary>Loads a model.</summary>
    public OnnxRuntimeEngine(string name, byte[] model, float[] images, int[] input, int outputs, int threads, bool spins)
    {
        Name = name;
        using var options = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", spins ? "1" : "0");
        _session = new InferenceSession(model, options);
        _input = OrtValue.CreateTensorValueFromMemory(images, [.. input.Select(static size => (long)size)]);
        var shape = _session.OutputMetadata[_session.OutputNames[0]].Dimensions.Select(static size => (long)size).ToArray();
        if (shape.Any(static size => size < 1))
            shape = [input[0], outputs / input[0]];
        _output = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, shape);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsOnnxRuntime => true;

    /// <inheritdoc/>
    public void Run(Span<float> logits)
    {
        _session.Run(_options, _session.InputNames, [_input], _session.OutputNames, [_output]);
        _output.GetTensorDataAsSpan<float>().CopyTo(logits);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _options.Dispose();
        _input.Dispose();
        _output.Dispose();
        _session.Dispose();
    }
}
