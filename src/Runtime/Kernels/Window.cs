namespace Blockwright.Kernels;

/// <summary>How a convolution's or a pool's window moves: the words of torch.nn.Conv2d.</summary>
/// <param name="KernelHeight">Rows of the window.</param>
/// <param name="KernelWidth">Columns of the window.</param>
/// <param name="StrideHeight">Rows from one output to the next.</param>
/// <param name="StrideWidth">Columns from one output to the next.</param>
/// <param name="PaddingHeight">Rows of padding above and below.</param>
/// <param name="PaddingWidth">Columns of padding left and right.</param>
/// <param name="DilationHeight">Rows between taps.</param>
/// <param name="DilationWidth">Columns between taps.</param>
public readonly record struct Window(
    int KernelHeight,
    int KernelWidth,
    int StrideHeight = 1,
    int StrideWidth = 1,
    int PaddingHeight = 0,
    int PaddingWidth = 0,
    int DilationHeight = 1,
    int DilationWidth = 1)
{
    /// <summary>A window of one pixel.</summary>
    public static Window Pixel => new(1, 1);

    /// <summary>A square window with the same stride, padding and dilation both ways.</summary>
    public static Window Square(int kernel, int stride = 1, int padding = 0, int dilation = 1) =>
        new(kernel, kernel, stride, stride, padding, padding, dilation, dilation);

    /// <summary>Taps of the window.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>The zeros that a convolution with this window needs round its input.</summary>
    public int Halo => Math.Max(PaddingHeight, PaddingWidth);

    /// <summary>Rows of the output: floor((height + 2 padding - dilation (kernel - 1) - 1) / stride) + 1, as in torch.nn.Conv2d.</summary>
    public int OutputHeight(int height, bool ceiling = false) =>
        Output(height, KernelHeight, StrideHeight, PaddingHeight, DilationHeight, ceiling);

    /// <summary>Columns of the output.</summary>
    public int OutputWidth(int width, bool ceiling = false) =>
        Output(width, KernelWidth, StrideWidth, PaddingWidth, DilationWidth, ceiling);

    internal void Check()
    {
        if (KernelHeight < 1 || KernelWidth < 1 || StrideHeight < 1 || StrideWidth < 1 || PaddingHeight < 0 || PaddingWidth < 0
            || DilationHeight < 1 || DilationWidth < 1)
            throw new ArgumentException($"A window has sizes, strides and dilations of at least 1, and paddings of at least 0: {this}.");
    }

    // With a ceiling, the last window must start inside the input or its left padding (torch.nn.MaxPool2d).
    private static int Output(int size, int kernel, int stride, int padding, int dilation, bool ceiling)
    {
        var span = size + 2 * padding - dilation * (kernel - 1) - 1;
        if (span < 0)
            return 0;
        var output = (span + (ceiling ? stride - 1 : 0)) / stride + 1;
        return ceiling && (output - 1) * stride >= size + padding ? output - 1 : output;
    }
}
