using System.ComponentModel;

namespace Blockwright.Plans;

/// <summary>What recipes say that ONNX has no operators for: pools whose windows follow of the size that comes in. The export writes them in other operators, for the size that it is for.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class OnnxPools
{
    /// <summary>torch.nn.AdaptiveAvgPool2d.</summary>
    public const string AdaptiveMean = "AdaptiveAveragePool";

    /// <summary>torch.nn.AdaptiveMaxPool2d.</summary>
    public const string AdaptiveMax = "AdaptiveMaxPool";

    /// <summary>The attribute of the height and width that come out.</summary>
    public const string OutputSize = "output_size";
}
