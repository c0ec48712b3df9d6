using Blockwright.Benchmarks.Onnx;
using Blockwright.Graph;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Layers;

/// <summary>A network as an ONNX model, to which each layer adds its own nodes, run by ONNX Runtime.</summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();

    /// <summary>Writes and loads the model, for any number of images of the declared size.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="state">Its state dict, in float32.</param>
    public OnnxModel(BlockGraph graph, IReadOnlyDictionary<string, Tensor> state)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(GraphModel.Build(FlatGraph.Of(graph), state, GraphModel.AnyBatch), options);
    }

    public Tensor Run(Tensor input)
    {
        using var given = OrtValue.CreateTensorValueFromMemory(input.data<float>().ToArray(), input.shape);
        using var results = _session.Run(_options, [GraphModel.Input], [given], [GraphModel.Output]);
        return tensor(results[0].GetTensorDataAsSpan<float>().ToArray()).reshape(results[0].GetTensorTypeAndShape().Shape);
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }
}
