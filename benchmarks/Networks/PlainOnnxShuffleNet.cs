using Blockwright.Benchmarks.Onnx;
using static System.FormattableString;

namespace Blockwright.Benchmarks.Networks;

/// <summary>
/// ShuffleNet V2 as the plainest ONNX graph: constant shapes round the shuffles, one Split for each chunk. It runs a little faster than the export with its
/// Shape arithmetic, so ONNX Runtime is measured on both.
/// </summary>
public static class PlainOnnxShuffleNet
{
    /// <summary>The model's bytes, for one batch size.</summary>
    public static byte[] Build(ShuffleNetWeights weights, int batch)
    {
        var graph = new OnnxWriter();
        var value = Convolve(graph, weights, "conv1.0", "input", true);
        graph.Node("MaxPool", [value], ["maxpool"], ("kernel_shape", new long[] { 3, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 }));
        value = "maxpool";
        for (var stage = 2; stage <= 4; stage++)
            value = Stage(graph, weights, batch, stage, value);
        value = Convolve(graph, weights, "conv5.0", value, true);
        graph.Node("GlobalAveragePool", [value], ["pooled"]);
        graph.Node("Flatten", ["pooled"], ["flat"], ("axis", 1L));
        var fc = weights["fc"];
        graph.Weight("fc.weight", fc.Weights, fc.Out, fc.In);
        graph.Weight("fc.bias", fc.Bias, fc.Out);
        graph.Node("Gemm", ["flat", "fc.weight", "fc.bias"], ["logits"], ("transB", 1L));
        return graph.Model("input", [batch, 3, 224, 224], "logits", [batch, fc.Out]);
    }

    private static string Stage(OnnxWriter graph, ShuffleNetWeights weights, int batch, int stage, string value)
    {
        var half = weights[Invariant($"stage{stage}.0.branch1.2")].Out;
        var side = 224 >> (stage + 1);
        graph.Constant(Invariant($"apart{stage}"), batch, 2, half, side, side);
        graph.Constant(Invariant($"together{stage}"), batch, 2 * half, side, side);
        graph.Constant(Invariant($"halves{stage}"), half, half);
        for (var unit = 0; unit < weights.Units(stage); unit++)
        {
            var name = Invariant($"stage{stage}.{unit}");
            string keep, work;
            if (unit == 0)
            {
                keep = Convolve(graph, weights, $"{name}.branch1.0", value, false);
                keep = Convolve(graph, weights, $"{name}.branch1.2", keep, true);
                work = value;
            }
            else
            {
                (keep, work) = ($"{name}.keep", $"{name}.work");
                graph.Node("Split", [value, Invariant($"halves{stage}")], [keep, work], ("axis", 1L));
            }

            work = Convolve(graph, weights, $"{name}.branch2.0", work, true);
            work = Convolve(graph, weights, $"{name}.branch2.3", work, false);
            work = Convolve(graph, weights, $"{name}.branch2.5", work, true);
            graph.Node("Concat", [keep, work], [$"{name}.cat"], ("axis", 1L));
            graph.Node("Reshape", [$"{name}.cat", Invariant($"apart{stage}")], [$"{name}.apart"]);
            graph.Node("Transpose", [$"{name}.apart"], [$"{name}.swapped"], ("perm", new long[] { 0, 2, 1, 3, 4 }));
            graph.Node("Reshape", [$"{name}.swapped", Invariant($"together{stage}")], [$"{name}.out"]);
            value = $"{name}.out";
        }

        return value;
    }

    private static string Convolve(OnnxWriter graph, ShuffleNetWeights weights, string key, string input, bool relu)
    {
        var layer = weights[key];
        graph.Weight($"{key}.weight", layer.Weights, layer.Out, layer.In / layer.Groups, layer.Kernel, layer.Kernel);
        graph.Weight($"{key}.bias", layer.Bias, layer.Out);
        long padding = layer.Padding;
        graph.Node(
            "Conv", [input, $"{key}.weight", $"{key}.bias"], [$"{key}.conv"],
            ("kernel_shape", new long[] { layer.Kernel, layer.Kernel }),
            ("strides", new long[] { layer.Stride, layer.Stride }),
            ("pads", new[] { padding, padding, padding, padding }),
            ("group", (long)layer.Groups));
        if (!relu)
            return $"{key}.conv";
        graph.Node("Relu", [$"{key}.conv"], [$"{key}.relu"]);
        return $"{key}.relu";
    }
}
