using System.Globalization;
using Blockwright.Onnx.Format;
using Blockwright.Onnx.Graphs;
using Blockwright.Weights;
using Google.Protobuf;
using static TorchSharp.torch;

namespace Blockwright.Onnx;

/// <summary>Writes a graph as a model: its weights in the file, or in another one beside it.</summary>
internal static class ModelFile
{
    // Readers map the file of weights into memory, where pages begin.
    private const long Page = 4096;
    private const long ChunkElements = 1 << 24;

    public static void Write(string path, OnnxGraph graph, OnnxOptions options)
    {
        var model = ModelOf(graph, options);
        if (BytesOf(graph) > options.MostWeightBytes)
            WriteBeside(path, graph, model);
        else
            Embed(graph, model);
        AtomicFile.Write(path, model.WriteTo);
    }

    /// <exception cref="NotSupportedException">It takes two files.</exception>
    public static void Write(Stream stream, OnnxGraph graph, OnnxOptions options)
    {
        if (BytesOf(graph) is var bytes && bytes > options.MostWeightBytes)
            throw new NotSupportedException(FormattableString.Invariant($"{graph.Name} has {bytes} bytes of weights, more than {options.MostWeightBytes}: they stand in a file of their own. Export it to a file."));
        var model = ModelOf(graph, options);
        Embed(graph, model);
        model.WriteTo(stream);
    }

    private static ModelProto ModelOf(OnnxGraph graph, OnnxOptions options)
    {
        var model = new ModelProto
        {
            IrVersion = OperatorVersions.FormatOf(options.Opset),
            ProducerName = "Blockwright",
            ProducerVersion = typeof(ModelFile).Assembly.GetName().Version!.ToString(3),
            Graph = new() { Name = graph.Name },
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = options.Opset });
        model.Graph.Node.Add(graph.Nodes);
        model.Graph.Input.Add(graph.Inputs);
        model.Graph.Output.Add(graph.Outputs);
        model.Graph.ValueInfo.Add(graph.Values);
        model.Graph.Initializer.Add(graph.Constants);
        return model;
    }

    private static long BytesOf(OnnxGraph graph) => graph.Weights.Values.Sum(static weight => weight.numel() * weight.element_size());

    private static void Embed(OnnxGraph graph, ModelProto model)
    {
        foreach (var (name, weight) in graph.Weights)
        {
            var tensor = TensorOf(name, weight);
            tensor.RawData = ByteString.CopyFrom(weight.bytes);
            model.Graph.Initializer.Add(tensor);
        }
    }

    private static void WriteBeside(string path, OnnxGraph graph, ModelProto model)
    {
        var data = path + ".data";
        foreach (var (name, weight, offset) in Placed(graph))
        {
            var tensor = TensorOf(name, weight);
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.Add([Entry("location", Path.GetFileName(data)), Entry("offset", Text(offset)), Entry("length", Text(weight.numel() * weight.element_size()))]);
            model.Graph.Initializer.Add(tensor);
        }
        AtomicFile.Write(data, stream =>
        {
            foreach (var (_, weight, offset) in Placed(graph))
            {
                stream.Write(new byte[offset - stream.Position]);
                Write(stream, weight);
            }
        });
    }

    private static void Write(Stream stream, Tensor weight)
    {
        using var flat = weight.view(-1);
        for (var first = 0L; first < flat.numel(); first += ChunkElements)
        {
            using var part = flat.narrow(0, first, Math.Min(ChunkElements, flat.numel() - first));
            stream.Write(part.bytes);
        }
    }

    private static IEnumerable<(string Name, Tensor Weight, long Offset)> Placed(OnnxGraph graph)
    {
        var end = 0L;
        foreach (var (name, weight) in graph.Weights)
        {
            var offset = (end + Page - 1) / Page * Page;
            yield return (name, weight, offset);
            end = offset + (weight.numel() * weight.element_size());
        }
    }

    private static TensorProto TensorOf(string name, Tensor weight)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)ElementTypes.Of(weight.dtype) };
        tensor.Dims.Add(weight.shape);
        return tensor;
    }

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
