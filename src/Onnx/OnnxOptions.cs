namespace Blockwright;

/// <summary>How a network is written as an ONNX file.</summary>
public sealed record OnnxOptions
{
    /// <summary>The oldest version of ONNX's operators that can be written.</summary>
    public const int OldestOpset = 13;

    /// <summary>The newest version of ONNX's operators that can be written.</summary>
    public const int NewestOpset = 21;

    /// <summary>The version of ONNX's operators, 13 to 21. Runtimes read older ones; new ones only new runtimes.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>Whether a batch norm behind a convolution is folded into its weights. They differ from the module's then, and keep their keys; what is folded is gone.</summary>
    public bool FoldBatchNorms { get; init; } = true;

    /// <summary>The number of images, N; null leaves it open.</summary>
    public int? Batch { get; init; }

    /// <summary>The height of images, H; null for the declared one. Of several inputs it is the first one's, and so is the width: the others' go with it.</summary>
    public int? Height { get; init; }

    /// <summary>The width of images, W; null for the declared one.</summary>
    public int? Width { get; init; }

    /// <summary>Whether heights and widths are left open. <see cref="Height"/> and <see cref="Width"/> are null then.</summary>
    public bool OpenSize { get; init; }

    internal const string UsualInput = "input";

    /// <summary>What the file calls the images. Several inputs have the names that the declaration gives them, and another one here is refused.</summary>
    public string InputName { get; init; } = UsualInput;

    internal const string UsualOutput = "output";

    /// <summary>What the file calls the result. Several have the names that the declaration gives them, and another one here is refused.</summary>
    public string OutputName { get; init; } = UsualOutput;

    /// <summary>
    /// The most bytes of weights that stand in the file itself. With more, they stand in another one beside it, whose name ends with <c>.data</c>: a file of this format can have no more than 2 GB.
    /// </summary>
    public long MostWeightBytes { get; init; } = 2_000_000_000;
}
