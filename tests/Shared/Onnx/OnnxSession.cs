using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Blockwright.Tests.Shared;

/// <summary>An exported network, run by ONNX Runtime.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();

    private OnnxSession(Func<SessionOptions, InferenceSession> load, bool isOptimized)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            GraphOptimizationLevel = isOptimized ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
        };
        _session = load(options);
    }

    public static OnnxSession Load(byte[] model, bool isOptimized = true) => new(options => new InferenceSession(model, options), isOptimized);

    public static OnnxSession Open(string file) => new(options => new InferenceSession(file, options), isOptimized: true);

    public static byte[] Export(INetworkModule network, OnnxOptions? options = null)
    {
        using var stream = new MemoryStream();
        network.ExportOnnx(stream, options);
        return stream.ToArray();
    }

    /// <summary>The inputs' shapes; -1 for what is open.</summary>
    public IReadOnlyDictionary<string, int[]> Inputs => _session.InputMetadata.ToDictionary(static input => input.Key, static input => input.Value.Dimensions);

    /// <summary>The result's shapes as ONNX Runtime infers them; -1 for what is open.</summary>
    public IReadOnlyDictionary<string, int[]> Outputs => _session.OutputMetadata.ToDictionary(static output => output.Key, static output => output.Value.Dimensions);

    public Tensor Run(Tensor input) => Run(input, _session.OutputNames[0]);

    /// <summary>One of several results.</summary>
    public Tensor Run(Tensor input, string name)
    {
        using var given = input.dtype == ScalarType.Float16
            ? OrtValue.CreateTensorValueFromMemory(input.data<Half>().Select(static value => BitConverter.HalfToUInt16Bits(value)).Select(static bits => new Float16(bits)).ToArray(), input.shape)
            : Value(input);
        using var results = _session.Run(_options, [_session.InputNames[0]], [given], [name]);
        var (result, shape) = (results[0], results[0].GetTensorTypeAndShape().Shape);
        return input.dtype == ScalarType.Float16
            ? tensor(result.GetTensorDataAsSpan<Float16>().ToArray().Select(static value => (float)value).ToArray()).reshape(shape)
            : tensor(result.GetTensorDataAsSpan<float>().ToArray()).reshape(shape);
    }

    /// <summary>A result of several inputs, which are given by their names.</summary>
    public Tensor Run(IReadOnlyDictionary<string, Tensor> inputs, string name)
    {
        var given = inputs.Values.Select(Value).ToList();
        try
        {
            using var results = _session.Run(_options, [.. inputs.Keys], given, [name]);
            return tensor(results[0].GetTensorDataAsSpan<float>().ToArray()).reshape(results[0].GetTensorTypeAndShape().Shape);
        }
        finally
        {
            given.ForEach(static value => value.Dispose());
        }
    }

    private static OrtValue Value(Tensor input) => OrtValue.CreateTensorValueFromMemory(input.data<float>().ToArray(), input.shape);

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }
}
