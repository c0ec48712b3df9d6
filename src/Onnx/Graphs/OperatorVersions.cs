using Blockwright.Onnx.Format;

namespace Blockwright.Onnx.Graphs;

/// <summary>What versions of ONNX's operators say in other words than layers do, who speak of opsets 13 to 17.</summary>
internal static class OperatorVersions
{
    // ONNX's model format, by the opset that came with it.
    private static readonly (int Opset, int Format)[] Formats = [(13, 7), (15, 8), (19, 9), (21, 10)];

    /// <summary>The version of the file's format for an opset.</summary>
    public static int FormatOf(int opset) => Formats.Last(each => each.Opset <= opset).Format;

    public static void Rewrite(OnnxGraph graph, int opset)
    {
        foreach (var node in graph.Nodes.ToList())
        {
            if (opset < 14 && node.OpType == "HardSwish")
                DefineHardSwish(graph, node);
            if (opset < 17 && node.OpType == "LayerNormalization")
                DefineLayerNormalization(graph, node);
            if (opset >= 18 && node.OpType is "ReduceMean" or "ReduceMax")
                GiveAxesAsInput(graph, node);
        }
    }

    /// <summary>From opset 14 on x * HardSigmoid(x) is an operator.</summary>
    private static void DefineHardSwish(OnnxGraph graph, NodeProto node)
    {
        var gate = Before(graph, node, "HardSigmoid", [.. node.Input], ("alpha", 1.0 / 6), ("beta", 0.5));
        node.OpType = "Mul";
        node.Input.Add(gate);
    }

    /// <summary>From opset 17 on (x - mean) / sqrt(variance + epsilon) * weight + bias, over the last dimension, is an operator.</summary>
    private static void DefineLayerNormalization(OnnxGraph graph, NodeProto node)
    {
        var (input, weight, bias) = (node.Input[0], node.Input[1], node.Input[2]);
        var epsilon = graph.Scalar(node.Attribute.Single(static attribute => attribute.Name == "epsilon").F);
        var rest = Before(graph, node, "Sub", [input, Mean(input)]);
        var variance = Mean(Before(graph, node, "Mul", [rest, rest]));
        var normal = Before(graph, node, "Div", [rest, Before(graph, node, "Sqrt", [Before(graph, node, "Add", [variance, epsilon])])]);
        var scaled = Before(graph, node, "Mul", [normal, weight]);
        node.OpType = "Add";
        node.Input.Clear();
        node.Input.Add([scaled, bias]);
        node.Attribute.Clear();

        string Mean(string of) => Before(graph, node, "ReduceMean", [of], ("axes", new long[] { -1 }));
    }

    /// <summary>Adds a node before the one that it is a part of, and gives the name of its result.</summary>
    private static string Before(OnnxGraph graph, NodeProto whole, string operation, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var label = $"{whole.Name}/{operation}";
        var part = graph.Node(label, operation, inputs, [graph.FreeName(label)]);
        part.Attribute.Add(attributes.Select(GraphWriter.AttributeOf));
        graph.Nodes.Remove(part);
        graph.Nodes.Insert(graph.Nodes.IndexOf(whole), part);
        return part.Output[0];
    }

    /// <summary>From opset 18 on axes are an input.</summary>
    private static void GiveAxesAsInput(OnnxGraph graph, NodeProto node)
    {
        if (node.Attribute.FirstOrDefault(static attribute => attribute.Name == "axes") is not { } axes)
            return;
        node.Attribute.Remove(axes);
        node.Input.Add(graph.Integers([.. axes.Ints]));
    }
}
