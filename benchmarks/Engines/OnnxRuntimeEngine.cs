using Microsoft.ML.OnnxRuntime;

namespace Blockwright.Benchmarks.Engines;

/// <summary>ONNX Runtime on the CPU, with all its optimisations, its input and output in place.</summary>
public sealed class OnnxRuntimeEngine : IEngine
{
    private readonly InferenceSession _session;
    private readonly OrtValue _input;
    private readonly List<OrtValue> _outputs;
    private readonly RunOptions _options = new();

    /// <summary>Loads a model.</summary>
    public OnnxRuntimeEngine(string name, byte[] model, float[] images, int[] input, int threads, bool spins)
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
        // A run says the shapes where the file leaves them open.
        using var results = _session.Run(_options, _session.InputNames, [_input], _session.OutputNames);
        _outputs = [.. results.Select(static result => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, result.GetTensorTypeAndShape().Shape))];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsOnnxRuntime => true;

    /// <inheritdoc/>
    public void Run(Span<float> logits)
    {
        _session.Run(_options, _session.InputNames, [_input], _session.OutputNames, _outputs);
        foreach (var output in _outputs)
        {
            var values = output.GetTensorDataAsSpan<float>();
            values.CopyTo(logits);
            logits = logits[values.Length..];
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _options.Dispose();
        _input.Dispose();
        _outputs.ForEach(static output => output.Dispose());
        _session.Dispose();
    }
}
