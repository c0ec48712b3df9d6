using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>
/// What the windows of some rows of the output read of one register of channels, pixel beside pixel in the first-level cache, with zeros for padding. Where they lie, the pixels of a map of many channels are
/// a page from each other, and fall on few places of the cache; and at a border each row and column of windows has other taps.
/// </summary>
internal unsafe struct GatheredPlanes
{
    private readonly Window _window;
    private readonly int _height;
    private readonly int _width;
    private readonly int _lanes;
    private readonly int _columns;
    private (int First, int End) _insideRows;
    private (int First, int End) _insideColumns;
    private int _image;
    private int _top;

    public GatheredPlanes(Window window, in FeatureMap input, int outputs, int lanes, float* memory)
    {
        (_window, _height, _width, _lanes) = (window, input.Height, input.Width, lanes);
        Memory = memory;
        _columns = Gathering.Columns(window, outputs);
        Rows = Gathering.Rows(window, _columns, lanes);
    }

    /// <summary>The first row's first pixel.</summary>
    public float* Memory { get; }

    /// <summary>Rows of the output that one gathering serves.</summary>
    public int Rows { get; }

    /// <summary>Floats from a row to the next.</summary>
    public readonly nint RowPitch => (nint)_columns * _lanes;

    /// <summary>Whether it takes less time than windows that read where the map lies.</summary>
    public static bool Pay(Window window, in FeatureMap input, in FeatureMap output, int lanes) =>
        Gathering.PaysAlways(window, input.PixelPitch, output.Width, lanes) || (input.Halo < window.Halo && Gathering.PaysWhereClipped(window, input.PixelPitch, output.Width, lanes));

    /// <summary>Prepares for some rows of an image's output: what lies beyond the map is zero, for all registers.</summary>
    public void Place(int image, int y, int rows)
    {
        (_image, _top) = (image, (y * _window.StrideHeight) - _window.PaddingHeight);
        var count = ((rows - 1) * _window.StrideHeight) + _window.ReachHeight;
        _insideRows = Inside(_top, count, _height);
        _insideColumns = Inside(-_window.PaddingWidth, _columns, _width);
        Clear(0, _insideRows.First * RowPitch);
        for (var row = _insideRows.First; row < _insideRows.End; row++)
        {
            Clear(row * RowPitch, (nint)_insideColumns.First * _lanes);
            Clear((row * RowPitch) + ((nint)_insideColumns.End * _lanes), (nint)(_columns - _insideColumns.End) * _lanes);
        }
        Clear(_insideRows.End * RowPitch, (count - _insideRows.End) * RowPitch);
    }

    private readonly void Clear(nint first, nint count) => new Span<float>(Memory + first, (int)count).Clear();

    /// <summary>Brings a register's pixels together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Gather<TSimd, TVector>(in FeatureMap input, int lane)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        nint pitch = input.PixelPitch, width = _insideColumns.End - _insideColumns.First;
        for (var row = _insideRows.First; row < _insideRows.End; row++)
        {
            var source = input.Pixel(_image, _top + row, _insideColumns.First - _window.PaddingWidth) + lane;
            var target = Memory + (row * RowPitch) + ((nint)_insideColumns.First * _lanes);
            for (var end = target + (width * TSimd.Lanes); target < end; target += TSimd.Lanes, source += pitch)
                TSimd.Store(target, TSimd.Load(source));
        }
    }

    /// <summary>Of so many rows or columns from one on, those within the map.</summary>
    private readonly (int First, int End) Inside(int start, int count, int size) => (Math.Clamp(-start, 0, count), Math.Clamp(size - start, 0, count));
}
