namespace Blockwright.Kernels;

/// <summary>A window along one side of a map: what of it lies within the map.</summary>
/// <param name="First">Its first tap within the map.</param>
/// <param name="Skipped">Taps before that one.</param>
/// <param name="Count">Taps within the map.</param>
/// <param name="Padded">Its size within the map and its padding, as torch counts it for a mean.</param>
internal readonly record struct Extent(int First, int Skipped, int Count, int Padded)
{
    /// <summary>The window of one output.</summary>
    public static Extent Of(int output, int stride, (int Before, int Behind) padding, int kernel, int dilation, int size)
    {
        var start = output * stride - padding.Before;
        var padded = Math.Min(start + kernel, size + padding.Behind) - start;
        var skipped = start < 0 ? (-start + dilation - 1) / dilation : 0;
        var first = start + skipped * dilation;
        // A wide dilation may leave none.
        var count = Math.Max(0, Math.Min(kernel - skipped, (size - first + dilation - 1) / dilation));
        return new Extent(first, skipped, count, padded);
    }
}

/// <summary>Outputs of one image whose windows have the same taps within the map.</summary>
/// <param name="Image">The image.</param>
/// <param name="Y">The first row.</param>
/// <param name="X">The first column.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Rows">The first one's window from top to bottom.</param>
/// <param name="Columns">The first one's window from left to right.</param>
internal readonly unsafe record struct WindowBlock(int Image, int Y, int X, int Height, int Width, Extent Rows, Extent Columns)
{
    /// <summary>Taps within the map.</summary>
    public int Taps => Rows.Count * Columns.Count;

    /// <summary>Writes where each tap within the map lies from the first.</summary>
    public void Offsets(Window window, in FeatureMap map, nint* offsets) => Offsets(window, (Rows.Count, Columns.Count), map.RowPitch, map.PixelPitch, offsets);

    /// <summary>Writes where each of so many rows and columns of taps lies from the first.</summary>
    public static void Offsets(Window window, (int Rows, int Columns) taps, nint rowPitch, nint pixelPitch, nint* offsets)
    {
        for (var i = 0; i < taps.Rows; i++)
        {
            for (var j = 0; j < taps.Columns; j++)
                *offsets++ = (i * window.DilationHeight * rowPitch) + (j * window.DilationWidth * pixelPitch);
        }
    }

    /// <summary>Whether the whole window lies within the map.</summary>
    public bool IsWhole(Window window) => Rows.Count == window.KernelHeight && Columns.Count == window.KernelWidth;
}

/// <summary>
/// Cuts a map's outputs into blocks whose windows have the same taps within the input: those inside go together, those at the borders row by row or column by
/// column.
/// </summary>
internal struct WindowBlocks
{
    private readonly Window _window;
    private readonly FeatureMap _input;
    private readonly int _outputHeight;
    private readonly int _outputWidth;
    private readonly int _end;
    private readonly (int First, int End) _rows;
    private readonly (int First, int End) _columns;
    private int _line;
    private int _x;

    /// <summary>The blocks of some lines: rows of all images' outputs, one after the other.</summary>
    public WindowBlocks(Window window, in FeatureMap input, in FeatureMap output, (int First, int End) lines)
    {
        (_window, _input, _outputHeight, _outputWidth) = (window, input, output.Height, output.Width);
        (_line, _end) = lines;
        _rows = Inside(window.PaddingHeight, window.StrideHeight, window.KernelHeight, window.DilationHeight, input.Height, output.Height);
        _columns = Inside(window.PaddingWidth, window.StrideWidth, window.KernelWidth, window.DilationWidth, input.Width, output.Width);
    }

    /// <summary>The next block, if there is one.</summary>
    public bool Next(out WindowBlock block)
    {
        if (_line >= _end)
        {
            block = default;
            return false;
        }

        var (image, y) = Math.DivRem(_line, _outputHeight);
        var height = y >= _rows.First && y < _rows.End ? Math.Min(_end - _line, _rows.End - y) : 1;
        var width = _x >= _columns.First && _x < _columns.End ? _columns.End - _x : 1;
        block = new WindowBlock(
            image, y, _x, height, width,
            Extent.Of(y, _window.StrideHeight, (_window.PaddingHeight, _window.PaddingBelow), _window.KernelHeight, _window.DilationHeight, _input.Height),
            Extent.Of(_x, _window.StrideWidth, (_window.PaddingWidth, _window.PaddingRight), _window.KernelWidth, _window.DilationWidth, _input.Width));
        (_line, _x) = _x + width < _outputWidth ? (_line, _x + width) : (_line + height, 0);
        return true;
    }

    private static (int First, int End) Inside(int padding, int stride, int kernel, int dilation, int size, int outputs)
    {
        var room = size - 1 - (kernel - 1) * dilation + padding;
        return ((padding + stride - 1) / stride, room < 0 ? 0 : Math.Min(room / stride + 1, outputs));
    }
}
