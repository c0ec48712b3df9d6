using Blockwright.Onnx.Format;
using Blockwright.Plans;
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
        var epsilon = norm.Attribute.Single(static attribute => attribute.Name == "epsilon").F;
        var (scale, shift) = NormFolding.Affine(Learned(norm.Input[1]), Learned(norm.Input[2]), graph.Weights[norm.Input[3]], graph.Weights[norm.Input[4]], epsilon);
        var (foldedWeight, foldedBias) = NormFolding.Into(weight, bias, scale, shift);

        graph.Weights[convolution.Input[1]] = foldedWeight.to(weight.dtype);
        if (bias is null)
        {
            var key = convolution.Input[1];
            convolution.Input.Add(graph.FreeName(key[..(key.LastIndexOf('.') + 1)] + "bias"));
        }
        graph.Weights[convolution.Input[2]] = foldedBias.to(weight.dtype);
        foreach (var folded in norm.Input.Skip(1))
        {
            graph.Weights.Remove(folded);
            graph.Nodes.RemoveAll(node => node.Output[0] == folded);
        }

        // The convolution gives the norm's value.
        graph.Values.RemoveAll(value => value.Name == convolution.Output[0]);
        convolution.Output[0] = norm.Output[0];
        graph.Nodes.Remove(norm);

        // What is none of the weights is a scale of 1 or a shift of 0, made by a node of its own.
        Tensor? Learned(string value) => graph.Weights.GetValueOrDefault(value);
    }
}
