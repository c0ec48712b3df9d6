using Blockwright.Plans;

namespace Blockwright.Onnx.Graphs;

/// <summary>
/// Adaptive pools as ONNX can say them. Where one window fits throughout it is a pool; else each row of the result is reduced of a slice of rows, and each column of that of a slice of
/// columns: a mean of means, since all rows of a window are as long.
/// </summary>
internal static class AdaptivePools
{
    private const int Rows = 2;
    private const int Columns = 3;

    public static bool Has(string operation) => operation is OnnxPools.AdaptiveMean or OnnxPools.AdaptiveMax;

    /// <summary>Adds the nodes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="label">The pool's name.</param>
    /// <param name="operation">Which of the pools.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="from">That one's height and width.</param>
    /// <param name="to">The height and width that come out.</param>
    /// <param name="output">The result's name.</param>
    public static void Write(OnnxGraph graph, string label, string operation, string input, (int Height, int Width) from, (int Height, int Width) to, string output)
    {
        var isMax = operation == OnnxPools.AdaptiveMax;
        if (from.Height % to.Height == 0 && from.Width % to.Width == 0)
        {
            long[] window = [from.Height / to.Height, from.Width / to.Width];
            var pool = graph.Node(label, isMax ? "MaxPool" : "AveragePool", [input], [output]);
            pool.Attribute.Add(GraphWriter.AttributeOf(("kernel_shape", window)));
            pool.Attribute.Add(GraphWriter.AttributeOf(("strides", window)));
            return;
        }
        var rows = graph.FreeName(label + "/rows");
        Reduce(graph, label, isMax, input, Rows, from.Height, to.Height, rows);
        Reduce(graph, label, isMax, rows, Columns, from.Width, to.Width, output);
    }

    private static void Reduce(OnnxGraph graph, string label, bool isMax, string input, int axis, int from, int to, string output)
    {
        var parts = Enumerable.Range(0, to).Select(i =>
        {
            // torch's windows: they overlap where the sizes do not divide.
            var (first, end) = ((long)i * from / to, (((long)(i + 1) * from) + to - 1) / to);
            var slice = graph.FreeName(label + "/Slice");
            graph.Node(slice, "Slice", [input, graph.Integers(first), graph.Integers(end), graph.Integers(axis)], [slice]);
            var operation = isMax ? "ReduceMax" : "ReduceMean";
            var part = graph.FreeName($"{label}/{operation}");
            graph.Node(part, operation, [slice], [part]).Attribute.Add(GraphWriter.AttributeOf(("axes", new long[] { axis })));
            return part;
        }).ToList();
        graph.Node(output, "Concat", parts, [output]).Attribute.Add(GraphWriter.AttributeOf(("axis", (long)axis)));
    }
}
