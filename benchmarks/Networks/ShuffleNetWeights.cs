using Blockwright.Benchmarks.Onnx;
using static System.FormattableString;

namespace Blockwright.Benchmarks.Networks;

/// <summary>A convolution with its batch norm folded in.</summary>
public sealed record FoldedConvolution(float[] Weights, float[] Bias, int Out, int In, int Kernel, int Stride, int Padding, int Groups);

/// <summary>
/// The weights of a ShuffleNet V2 as the ONNX export has them, batch norms folded, by the keys of torchvision's state dict (<c>stage2.0.branch2.3</c>).
/// </summary>
public sealed class ShuffleNetWeights
{
    private readonly Dictionary<string, FoldedConvolution> _convolutions = [];

    /// <summary>Reads the torchvision export.</summary>
    /// <exception cref="InvalidDataException">The file holds another network.</exception>
    public ShuffleNetWeights(string onnxPath)
    {
        var file = new OnnxFile(onnxPath);
        foreach (var node in file.Nodes.Where(n => n.Operation == "Conv"))
        {
            // "/stage2/stage2.0/branch2/branch2.3/Conv" is stage2.0.branch2.3, "/conv1/conv1.0/Conv" is conv1.0.
            var parts = node.Name.Trim('/').Split('/');
            var key = parts.Length == 5 ? $"{parts[1]}.{parts[3]}" : parts[1];
            var weights = file.Weight(node.Inputs[1]);
            var (@out, @in, kernel) = (weights.Shape[0], weights.Shape[1], weights.Shape[2]);
            var depthwise = @in == 1;
            var stride = key == "conv1.0" || (kernel == 3 && key.Contains(".0.branch", StringComparison.Ordinal)) ? 2 : 1;
            _convolutions[key] = new FoldedConvolution(
                weights.Values, file.Weight(node.Inputs[2]).Values, @out, depthwise ? @out : @in, kernel, stride, kernel / 2, depthwise ? @out : 1);
        }

        var gemm = file.Nodes.Single(n => n.Operation == "Gemm");
        var fc = file.Weight(gemm.Inputs[1]);
        _convolutions["fc"] = new FoldedConvolution(fc.Values, file.Weight(gemm.Inputs[2]).Values, fc.Shape[0], fc.Shape[1], 1, 1, 0, 1);
        if (Units(2) != 4 || Units(3) != 8 || Units(4) != 4)
            throw new InvalidDataException($"{onnxPath} is no ShuffleNet V2.");
    }

    /// <summary>A convolution by its key; the linear layer is "fc".</summary>
    public FoldedConvolution this[string key] => _convolutions[key];

    /// <summary>All keys.</summary>
    public IEnumerable<string> Keys => _convolutions.Keys;

    /// <summary>The units of a stage.</summary>
    public int Units(int stage)
    {
        var units = 0;
        while (_convolutions.ContainsKey(Invariant($"stage{stage}.{units}.branch2.0")))
            units++;
        return units;
    }

    /// <summary>Floating-point operations of the convolutions and the linear layer for one image of 224 x 224, two for each multiplication with its addition.</summary>
    public double Flops()
    {
        double total = 0;
        foreach (var (key, convolution) in _convolutions)
            total += 2.0 * convolution.Weights.Length * Pixels(key);
        return total;
    }

    /// <summary>The output pixels of a convolution for one image of 224 x 224.</summary>
    public static int Pixels(string key)
    {
        if (key == "fc")
            return 1;
        if (key == "conv1.0")
            return 112 * 112;
        if (key == "conv5.0")
            return 7 * 7;
        var side = 224 >> (key[5] - '0' + 1);
        // The first convolution of a down-sampling unit's right branch still runs at the full size.
        return key.EndsWith(".0.branch2.0", StringComparison.Ordinal) ? 4 * side * side : side * side;
    }
}
