using System.Globalization;
using System.Runtime.InteropServices;
using Blockwright.Benchmarks.Onnx;
using Blockwright.Graph;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace Blockwright.Generator.Tests.Layers;

/// <summary>A chain of layers as an ONNX model, each of which adds its own nodes, run by ONNX Runtime.</summary>
internal sealed class OnnxModel : IDisposable
{
    private const int Opset = 17;
    private const string Input = "input";
    private const string Output = "output";

    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();

    /// <summary>Writes and loads the model, for any number of images of the declared size.</summary>
    /// <param name="graph">A network whose layers follow one another.</param>
    /// <param name="state">Its state dict, in float32.</param>
    public OnnxModel(BlockGraph graph, IReadOnlyDictionary<string, Tensor> state)
    {
        var writer = new OnnxWriter(Opset);
        var value = Input;
        foreach (var node in graph.Nodes.OfType<LayerNode>())
            value = node.Layer.Onnx(new Scope(writer, state, node.Key, $"n{node.Id}"), value);
        // A layer that does nothing gives its input's name.
        writer.Node("Identity", [value], [Output]);
        var model = writer.Model(Input, Sizes(graph.Input), Output, Sizes(graph.Result));
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(model, options);
    }

    public Tensor Run(Tensor input)
    {
        using var given = OrtValue.CreateTensorValueFromMemory(input.data<float>().ToArray(), input.shape);
        using var results = _session.Run(_options, [Input], [given], [Output]);
        return tensor(results[0].GetTensorDataAsSpan<float>().ToArray()).reshape(results[0].GetTensorTypeAndShape().Shape);
    }

    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }

    private static int[] Sizes(Shape shape) => shape.IsFlat ? [0, (int)shape.Channels.Constant!] : [0, (int)shape.Channels.Constant!, (int)shape.Height.Size!, (int)shape.Width.Size!];

    /// <summary>The graph as one layer sees it.</summary>
    private sealed class Scope(OnnxWriter writer, IReadOnlyDictionary<string, Tensor> state, string? key, string prefix) : IOnnxGraph
    {
        private readonly HashSet<string> _written = [];
        private int _names;

        public string Node(string operatorName, IReadOnlyList<string> inputs, params (string Name, object Value)[] attributes)
        {
            var name = Name();
            writer.Node(operatorName, [.. inputs], [name], attributes);
            return name;
        }

        public string State(string name)
        {
            var full = $"{key}.{name}";
            var value = state[full].contiguous();
            if (_written.Add(full))
                writer.Weight(full, MemoryMarshal.Cast<byte, float>(value.bytes), [.. value.shape.Select(static size => (int)size)]);
            return full;
        }

        public string Integers(params long[] values)
        {
            var name = Name();
            writer.Constant(name, values);
            return name;
        }

        public string Scalar(double value)
        {
            var name = Name();
            writer.Weight(name, [(float)value]);
            return name;
        }

        private string Name() => prefix + "_" + (_names++).ToString(CultureInfo.InvariantCulture);
    }
}
