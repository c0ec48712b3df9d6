namespace Blockwright.Kernels;

/// <summary>
/// The memory contract: a pixel's channels begin on a cache line and are followed by nobody's floats up to the line's end, so that kernels write whole registers. The
/// plan and the kernels compile this one file.
/// </summary>
internal static class CacheLine
{
    /// <summary>Bytes of a line.</summary>
    public const int Bytes = 64;

    /// <summary>Floats of a line.</summary>
    public const int Floats = Bytes / sizeof(float);

    /// <summary>The floats of the lines that so many channels take.</summary>
    /// <param name="channels">Channels.</param>
    /// <returns>Floats.</returns>
    public static int WholeLines(int channels) => (channels + Floats - 1) / Floats * Floats;

    /// <summary>Floats from a pixel to the next: whole lines, but for one more where pixels would be so many powers of two apart that all fall on few places of the first-level cache.</summary>
    /// <param name="channels">Channels.</param>
    /// <returns>Floats.</returns>
    public static int Pitch(int channels)
    {
        const int Places = 16;
        var floats = WholeLines(channels);
        return floats / Floats % Places == 0 ? floats + Floats : floats;
    }

    /// <summary>
    /// Floats from a pixel to the next, in memory of its own that is read a line of each pixel at a time: an odd number of lines, so that the pixels of a row fall on all places of the first-level cache, where
    /// that takes a fourth more at most.
    /// </summary>
    /// <param name="floats">Floats of a pixel, in whole lines.</param>
    /// <returns>Floats.</returns>
    public static int OddPitch(int floats)
    {
        var lines = floats / Floats;
        return lines % 2 == 0 && lines >= 4 ? floats + Floats : floats;
    }

    /// <summary>Floats from a row to the next, in memory of its own: a line more where the rows that a window sees would all fall on the same places of the first-level cache.</summary>
    /// <param name="floats">Floats of a row.</param>
    /// <returns>Floats.</returns>
    public static int RowPitch(int floats)
    {
        const int Page = 4096 / sizeof(float);
        return floats % Page == 0 ? floats + Floats : floats;
    }

    /// <summary>Floats of one image's map within its halo.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="height">Rows, without the halo.</param>
    /// <param name="width">Columns, without the halo.</param>
    /// <param name="halo">Pixels of zeros on each side.</param>
    /// <returns>Floats.</returns>
    public static long ImageFloats(int channels, int height, int width, int halo) => (height + (2L * halo)) * (width + (2L * halo)) * Pitch(channels);
}
