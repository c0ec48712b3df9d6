namespace Blockwright.Kernels;

/// <summary>How a convolution's or a pool's window moves: the words of torch.nn.Conv2d. The compiler's side and the kernels compile this one file.</summary>
/// <param name="KernelHeight">Rows of the window.</param>
/// <param name="KernelWidth">Columns of the window.</param>
/// <param name="StrideHeight">Rows from one output to the next.</param>
/// <param name="StrideWidth">Columns from one output to the next.</param>
/// <param name="PaddingHeight">Rows of padding above, and below beside <paramref name="MoreBelow"/>.</param>
/// <param name="PaddingWidth">Columns of padding on the left, and on the right beside <paramref name="MoreRight"/>.</param>
/// <param name="DilationHeight">Rows between taps.</param>
/// <param name="DilationWidth">Columns between taps.</param>
/// <param name="MoreBelow">How many more rows of padding there are below than above; negative where there are fewer.</param>
/// <param name="MoreRight">How many more columns of padding there are on the right than on the left.</param>
public readonly record struct Window(
    int KernelHeight,
    int KernelWidth,
    int StrideHeight = 1,
    int StrideWidth = 1,
    int PaddingHeight = 0,
    int PaddingWidth = 0,
    int DilationHeight = 1,
    int DilationWidth = 1,
    int MoreBelow = 0,
    int MoreRight = 0)
{
    /// <summary>A window of one pixel.</summary>
    public static Window Pixel => new(1, 1);

    /// <summary>A square window with the same stride, padding and dilation both ways.</summary>
    public static Window Square(int kernel, int stride = 1, int padding = 0, int dilation = 1) =>
        new(kernel, kernel, stride, stride, padding, padding, dilation, dilation);

    /// <summary>Taps of the window.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>Rows of padding below.</summary>
    public int PaddingBelow => PaddingHeight + MoreBelow;

    /// <summary>Columns of padding on the right.</summary>
    public int PaddingRight => PaddingWidth + MoreRight;

    /// <summary>The zeros that a convolution with this window needs round its input.</summary>
    public int Halo => Math.Max(Math.Max(PaddingHeight, PaddingBelow), Math.Max(PaddingWidth, PaddingRight));

    /// <summary>Rows from a window's first tap to its last, both with it.</summary>
    public int ReachHeight => ((KernelHeight - 1) * DilationHeight) + 1;

    /// <summary>Columns from a window's first tap to its last, both with it.</summary>
    public int ReachWidth => ((KernelWidth - 1) * DilationWidth) + 1;

    /// <summary>Whether the size that comes out is the one that goes in, whatever it is.</summary>
    public bool KeepsSize => StrideHeight == 1 && StrideWidth == 1
        && PaddingHeight + PaddingBelow == DilationHeight * (KernelHeight - 1)
        && PaddingWidth + PaddingRight == DilationWidth * (KernelWidth - 1);

    /// <summary>Rows of the output: floor((height + both paddings - dilation (kernel - 1) - 1) / stride) + 1, as in torch.nn.Conv2d; below 1 where the window does not fit.</summary>
    public int OutputHeight(int height, bool ceiling = false) =>
        (int)Output(height, KernelHeight, StrideHeight, PaddingHeight, PaddingBelow, DilationHeight, ceiling);

    /// <summary>Columns of the output.</summary>
    public int OutputWidth(int width, bool ceiling = false) =>
        (int)Output(width, KernelWidth, StrideWidth, PaddingWidth, PaddingRight, DilationWidth, ceiling);

    /// <summary>
    /// The size that a window gives along one side, below 1 where it does not fit. With a ceiling it is rounded up, and the last window must start inside the input or
    /// the padding before it (torch.nn.MaxPool2d); a window larger than the padded input then counts, if a part of it lies inside.
    /// </summary>
    public static long Output(long size, long kernel, long stride, long paddingBefore, long paddingBehind, long dilation, bool ceiling)
    {
        var span = checked(size + paddingBefore + paddingBehind - (dilation * (kernel - 1)) - 1 + (ceiling ? stride - 1 : 0));
        if (span < 0)
            return 0;
        var output = (span / stride) + 1;
        return ceiling && (output - 1) * stride >= size + paddingBefore ? output - 1 : output;
    }

    internal void Check()
    {
        if (KernelHeight < 1 || KernelWidth < 1 || StrideHeight < 1 || StrideWidth < 1 || PaddingHeight < 0 || PaddingWidth < 0
            || PaddingBelow < 0 || PaddingRight < 0
            || DilationHeight < 1 || DilationWidth < 1)
            throw new ArgumentException($"A window has sizes, strides and dilations of at least 1, and paddings of at least 0: {this}.");
    }
}
