using Blockwright.Kernels;
using static System.FormattableString;

namespace Blockwright.Cpu;

/// <summary>Parts of maps that a window's rows see.</summary>
internal static unsafe class RowView
{
    /// <summary>The first input row of an output row, which may be padding.</summary>
    public static int First(Window window, int row) => (row * window.StrideHeight) - window.PaddingHeight;

    /// <summary>The first input row that no window of the output rows up to <paramref name="end"/> sees.</summary>
    public static int End(Window window, int end) => First(window, end - 1) + window.ReachHeight;

    /// <summary>The map that gives <paramref name="count"/> output rows from <paramref name="first"/> on. What its window finds above and below are the map's own rows.</summary>
    public static FeatureMap Of(in FeatureMap map, Window window, int first, int count) => map with
    {
        Data = map.Data + ((long)first * window.StrideHeight * map.RowPitch),
        Height = ((count - 1) * window.StrideHeight) + window.ReachHeight - window.PaddingHeight - window.PaddingBelow,
    };
}

/// <summary>Some rows of a map, addressed as if all were there. It moves down the map.</summary>
internal sealed unsafe class RowBuffer(float* memory, FeatureMap whole, int capacity)
{
    private const int None = int.MinValue / 2;

    private int _base;
    private int _end = None;

    /// <summary>The whole map; only the rows that are held may be touched.</summary>
    public FeatureMap Map => whole with { Data = memory + ((long)whole.Halo * whole.PixelPitch) - ((long)_base * whole.RowPitch) };

    /// <summary>Forgets all rows.</summary>
    public void Clear() => _end = None;

    /// <summary>
    /// Makes room for the rows from <paramref name="first"/> up to <paramref name="end"/>, which may be padding; keeps those that it has, and fills what lies outside
    /// the map with zeros.
    /// </summary>
    /// <returns>The rows that are to be made.</returns>
    public (int First, int End) MoveTo(int first, int end)
    {
        if (end - first > capacity)
            throw new InvalidOperationException(Invariant($"A band of {capacity} rows was asked for the rows {first} to {end}."));
        var kept = Math.Max(_end - first, 0);
        if (kept > 0)
            Buffer.MemoryCopy(memory + ((long)(first - _base) * whole.RowPitch), memory, kept * whole.RowPitch * sizeof(float), kept * whole.RowPitch * sizeof(float));
        var from = first + kept;
        (_base, _end) = (first, end);
        for (var row = from; row < Math.Min(end, 0); row++)
            Zero(row);
        for (var row = Math.Max(from, whole.Height); row < end; row++)
            Zero(row);
        return (Math.Max(from, 0), Math.Min(end, whole.Height));
    }

    private void Zero(int row) => new Span<float>(memory + ((long)(row - _base) * whole.RowPitch), whole.RowPitch).Clear();
}

/// <summary>Memory for bands of rows: a piece for each part that a step is done in.</summary>
/// <param name="Parts">The parts.</param>
/// <param name="Bytes">What a band may take.</param>
/// <param name="Allocate">Allocates zeroed floats.</param>
internal sealed record BandMemory(int Parts, int Bytes, Allocator Allocate)
{
    /// <summary>A buffer for so many rows of a map, for each part.</summary>
    public unsafe RowBuffer[] RowsOf(FeatureMap whole, int rows)
    {
        var buffers = new RowBuffer[Parts];
        for (var i = 0; i < Parts; i++)
            buffers[i] = new RowBuffer(Allocate((long)rows * whole.RowPitch), whole, rows);
        return buffers;
    }
}
