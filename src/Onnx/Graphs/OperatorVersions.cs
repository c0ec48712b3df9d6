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
            if (opset >= 18 && node.OpType is "ReduceMean" or "ReduceMax")
                GiveAxesAsInput(graph, node);
        }
    }

    /// <summary>From opset 14 on x * HardSigmoid(x) is an operator.</summary>
    private static void DefineHardSwish(OnnxGraph graph, NodeProto node)
    {
        var label = node.Name + "/HardSigmoid";
        var gate = graph.Node(label, "HardSigmoid", node.Input, [graph.FreeName(label)]);
        gate.Attribute.Add(GraphWriter.AttributeOf(("alpha", 1.0 / 6)));
        gate.Attribute.Add(GraphWriter.AttributeOf(("beta", 0.5)));
        // Before the node that reads it.
        graph.Nodes.Remove(gate);
        graph.Nodes.Insert(graph.Nodes.IndexOf(node), gate);
        node.OpType = "Mul";
        node.Input.Add(gate.Output[0]);
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
