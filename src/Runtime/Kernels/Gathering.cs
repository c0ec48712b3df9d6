namespace Blockwright.Kernels;

/// <summary>
/// When windows over each channel by themselves have the pixels of a register brought together (GatheredPlanes), padding and all, instead of reading where the map lies: such a map needs no halo. The
/// plan and the kernels compile this one file.
/// </summary>
internal static class Gathering
{
    /// <summary>The floats of the memory that they are brought to: with the weights and what is read, half of a first-level cache.</summary>
    public const int MostFloats = 14 * 1024;

    /// <summary>
    /// Whether it takes less time whatever halo the map has: where a pixel is read by many windows, and where pixels are further apart than what the processors' prefetchers follow.
    /// </summary>
    /// <param name="window">The window.</param>
    /// <param name="pixelPitch">Floats from a pixel to the next.</param>
    /// <param name="outputs">Columns of the output.</param>
    /// <param name="lanes">Floats of a register.</param>
    public static bool PaysAlways(Window window, nint pixelPitch, int outputs, int lanes)
    {
        const int ManyTaps = 16, Followed = 400;
        return Fits(window, outputs, lanes) && (window.Taps >= ManyTaps || pixelPitch > Followed);
    }

    /// <summary>Whether it takes less time where windows would be clipped: where borders are so large a part of the map that most calls are theirs, but where pixels lie near each other, which costs less than to bring them together.</summary>
    /// <inheritdoc cref="PaysAlways"/>
    public static bool PaysWhereClipped(Window window, nint pixelPitch, int outputs, int lanes)
    {
        const int NarrowMap = 16, Near = 128;
        return Fits(window, outputs, lanes) && outputs <= NarrowMap && pixelPitch > Near;
    }

    /// <summary>Columns of the input that the windows of a row see.</summary>
    public static int Columns(Window window, int outputs) => ((outputs - 1) * window.StrideWidth) + window.ReachWidth;

    /// <summary>Rows of the output that one gathering serves.</summary>
    public static int Rows(Window window, int columns, int lanes)
    {
        var rows = (MostFloats / lanes / columns) - window.ReachHeight;
        return rows < 0 ? 0 : (rows / window.StrideHeight) + 1;
    }

    private static bool Fits(Window window, int outputs, int lanes) => Rows(window, Columns(window, outputs), lanes) > 1;
}
