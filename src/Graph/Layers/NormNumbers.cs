using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>What norms without running statistics have in common: eps, and a scale and shift for each channel.</summary>
internal static class NormNumbers
{
    // The attributes' default, which is torch's.
    private static readonly double Usual = new LayerNorm2dAttribute().Eps;

    /// <summary>What is added to the variance; null after a report.</summary>
    public static double? Eps(LayerContext context) => context.Real(nameof(NormAttribute.Eps), Usual, "a number above 0", static value => value > 0 && !double.IsInfinity(value));

    /// <summary>The argument of torch's factory, where it says another than is usual.</summary>
    public static string Code(double eps) => eps.Equals(Usual) ? "" : $", eps: {Emitted.Real(eps)}";

    public static IEnumerable<string> Words(double eps) => eps.Equals(Usual) ? [] : [$"eps={Emitted.Real(eps)}"];

    public static Kernel Kernel(KernelKind kind, Amount channels, double eps, bool isAffine)
    {
        int[] weights = isAffine ? [(int)channels.Constant!] : [];
        return new(kind) { Eps = eps, WeightShape = weights.ToEquatableArray(), HasBias = isAffine };
    }

    /// <summary>Adds the scale and shift of each channel to an ONNX graph.</summary>
    public static string Affine(IOnnxGraph graph, string map) =>
        graph.Node("Add", [graph.Node("Mul", [map, OverMap(graph, "weight")]), OverMap(graph, "bias")]);

    /// <summary>A scale and a shift for each channel that change nothing, of what has learned none.</summary>
    public static (string Scale, string Shift) Plain(IOnnxGraph graph, Amount channels)
    {
        return (Each(1), Each(0));

        string Each(double value) => graph.Node("Expand", [graph.Scalar(value), graph.Integers(channels.Constant!.Value)]);
    }

    /// <summary>(x - mean) / sqrt(variance + eps), both over some dimensions.</summary>
    public static string Normalized(IOnnxGraph graph, string map, double eps, params long[] dimensions)
    {
        var rest = graph.Node("Sub", [map, Mean(map)]);
        var variance = Mean(graph.Node("Mul", [rest, rest]));
        return graph.Node("Div", [rest, graph.Node("Sqrt", [graph.Node("Add", [variance, graph.Scalar(eps)])])]);

        string Mean(string of) => graph.Node("ReduceMean", [of], ("axes", dimensions));
    }

    private static string OverMap(IOnnxGraph graph, string state) => graph.Node("Unsqueeze", [graph.State(state), graph.Integers(1, 2)]);
}
