using Blockwright.Onnx.Format;
using static TorchSharp.torch;

namespace Blockwright.Onnx.Graphs;

/// <summary>Folds each batch norm that alone reads a convolution's result into that one's weights, in double.</summary>
internal static class BatchNormFolding
{
    public static void Fold(OnnxGraph graph)
    {
        var producers = graph.Nodes.SelectMany(static node => node.Output.Select(value => (value, node))).ToDictionary(static each => each.value, static each => each.node, StringComparer.Ordinal);
        var readers = graph.Nodes.SelectMany(static node => node.Input).Concat(graph.Outputs.Select(static output => output.Name)).CountBy(static value => value, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (var norm in graph.Nodes.Where(static node => node.OpType == "BatchNormalization").ToList())
        {
            var read = norm.Input[0];
            if (readers[read] == 1 && producers.TryGetValue(read, out var convolution) && convolution.OpType == "Conv" && readers[convolution.Input[1]] == 1)
                Fold(graph, convolution, norm);
        }
    }

    private static void Fold(OnnxGraph graph, NodeProto convolution, NodeProto norm)
    {
        var (weight, bias) = (graph.Weights[convolution.Input[1]], convolution.Input.Count > 2 ? graph.Weights[convolution.Input[2]] : null);
        var (gamma, beta, mean, variance) = (Double(norm.Input[1]), Double(norm.Input[2]), Double(norm.Input[3]), Double(norm.Input[4]));
        var scale = gamma / (variance + norm.Attribute.Single(static attribute => attribute.Name == "epsilon").F).sqrt();
        var shift = beta + (((bias is null ? zeros_like(mean) : bias.to(ScalarType.Float64)) - mean) * scale);

        graph.Weights[convolution.Input[1]] = (weight.to(ScalarType.Float64) * scale.reshape(-1, 1, 1, 1)).to(weight.dtype);
        if (bias is null)
        {
            var key = convolution.Input[1];
            convolution.Input.Add(graph.FreeName(key[..(key.LastIndexOf('.') + 1)] + "bias"));
        }
        graph.Weights[convolution.Input[2]] = shift.to(weight.dtype);
        foreach (var folded in norm.Input.Skip(1))
            graph.Weights.Remove(folded);

        // The convolution gives the norm's value.
        graph.Values.RemoveAll(value => value.Name == convolution.Output[0]);
        convolution.Output[0] = norm.Output[0];
        graph.Nodes.Remove(norm);

        Tensor Double(string name) => graph.Weights[name].to(ScalarType.Float64);
    }
}
