using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>
/// A range of channels of a batch of feature maps in memory, pixel by pixel: what a kernel reads or writes. It owns nothing.
/// </summary>
/// <remarks>
/// The element of image n, row y, column x, channel c is at
/// <c>Data[n * ImagePitch + y * RowPitch + x * PixelPitch + c]</c>. With a pixel pitch of 1 and one channel it describes a plane of an
/// <c>N x C x H x W</c> tensor, so that a convolution can read one in place.
/// </remarks>
public readonly unsafe struct FeatureMap
{
    /// <summary>The first channel of pixel (0, 0) of image 0. A halo lies before it.</summary>
    public float* Data { get; init; }

    /// <summary>Images.</summary>
    public int Images { get; init; }

    /// <summary>Channels.</summary>
    public int Channels { get; init; }

    /// <summary>Rows.</summary>
    public int Height { get; init; }

    /// <summary>Columns.</summary>
    public int Width { get; init; }

    /// <summary>Floats from a pixel to its right neighbour.</summary>
    public int PixelPitch { get; init; }

    /// <summary>Floats from a row to the next.</summary>
    public int RowPitch { get; init; }

    /// <summary>Floats from an image to the next.</summary>
    public long ImagePitch { get; init; }

    /// <summary>Pixels of zeros round every image, which a window may reach into.</summary>
    public int Halo { get; init; }

    /// <summary>
    /// Floats that a kernel may write at each pixel, at least <see cref="Channels"/>. Whole registers are written while they fit; what lies
    /// beyond the channels is nobody's. Where another value's channels follow, it equals <see cref="Channels"/>.
    /// </summary>
    public int Lanes { get; init; }

    /// <summary>Pixels of all images.</summary>
    public int Pixels => Images * Height * Width;

    /// <summary>The channels from <paramref name="first"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the channels.</exception>
    public FeatureMap Slice(int first, int count)
    {
        if (first < 0 || count < 1 || first + count > Channels)
            throw new ArgumentOutOfRangeException(nameof(first), Invariant($"Channels {first} to {first + count} were asked of {this}."));
        return this with { Data = Data + first, Channels = count, Lanes = first + count == Channels ? Lanes - first : count };
    }

    /// <summary>
    /// The rows from <paramref name="first"/>, which may lie in the halo. A kernel that reads them must have no padding above and below: what lies there is
    /// the map's other rows.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the rows and the halo.</exception>
    public FeatureMap Rows(int first, int count)
    {
        if (first < -Halo || count < 1 || first + count > Height + Halo)
            throw new ArgumentOutOfRangeException(nameof(first), Invariant($"Rows {first} to {first + count} were asked of {this}."));
        return this with { Data = Data + (long)first * RowPitch, Height = count };
    }

    /// <summary>Some rows and columns side by side, which may lie in the halo. A kernel that reads them must have no padding.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not within the map and its halo.</exception>
    internal FeatureMap Part(int firstRow, int rows, int firstColumn, int columns)
    {
        if (firstRow < -Halo || rows < 1 || firstRow + rows > Height + Halo || firstColumn < -Halo || columns < 1 || firstColumn + columns > Width + Halo)
            throw new ArgumentOutOfRangeException(nameof(firstRow), Invariant($"{rows} rows from {firstRow} and {columns} columns from {firstColumn} were asked of {this}."));
        return this with { Data = Data + (long)firstRow * RowPitch + (long)firstColumn * PixelPitch, Height = rows, Width = columns, Halo = 0 };
    }

    /// <summary>Rows and columns that lie some apart, as a map of their own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not within the map.</exception>
    internal FeatureMap Every(int firstRow, int rowsApart, int rows, int firstColumn, int columnsApart, int columns)
    {
        if (firstRow < 0 || rows < 1 || firstRow + ((rows - 1) * rowsApart) >= Height || firstColumn < 0 || columns < 1 || firstColumn + ((columns - 1) * columnsApart) >= Width)
            throw new ArgumentOutOfRangeException(nameof(firstRow), Invariant($"{rows} rows from {firstRow} and {columns} columns from {firstColumn}, {rowsApart} and {columnsApart} apart, were asked of {this}."));
        return this with { Data = Pixel(0, firstRow, firstColumn), Height = rows, Width = columns, PixelPitch = columnsApart * PixelPitch, RowPitch = checked(rowsApart * RowPitch), Halo = 0 };
    }

    /// <summary>The same with rows for columns and columns for rows.</summary>
    internal FeatureMap Turned() => this with { Height = Width, Width = Height, PixelPitch = RowPitch, RowPitch = PixelPitch, Halo = 0 };

    /// <summary>The images from <paramref name="first"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the images.</exception>
    public FeatureMap Batch(int first, int count)
    {
        if (first < 0 || count < 1 || first + count > Images)
            throw new ArgumentOutOfRangeException(nameof(first), Invariant($"Images {first} to {first + count} were asked of {this}."));
        return this with { Data = Data + first * ImagePitch, Images = count };
    }

    /// <summary>The shape, <c>N x C x H x W</c>, with the halo where there is one.</summary>
    public override string ToString() => $"{Images} x {Channels} x {Height} x {Width}" + (Halo > 0 ? $" (halo {Halo})" : "");

    /// <summary>Whether pixels follow each other at the same distance across rows and images.</summary>
    internal bool IsClosed => RowPitch == Width * PixelPitch && (Images == 1 || ImagePitch == (long)Height * RowPitch);

    /// <summary>The channels of an image of one pixel.</summary>
    internal Span<float> Values(int image) => new(Pixel(image, 0, 0), Channels);

    internal float* Pixel(int image, int y, int x) => Data + image * ImagePitch + (long)y * RowPitch + (long)x * PixelPitch;
}

/// <summary>How a value's feature maps lie in a buffer of their own: pixel by pixel, channels padded to whole cache lines.</summary>
public readonly record struct FeatureLayout
{
    /// <summary>A layout for maps of <c>C x H x W</c> within a halo of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the halo below 0.</exception>
    public FeatureLayout(int channels, int height, int width, int halo = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(halo);
        Channels = channels;
        Height = height;
        Width = width;
        Halo = halo;
        PixelPitch = CacheLine.Pitch(channels);
        RowPitch = checked((width + 2 * halo) * PixelPitch);
        ImagePitch = CacheLine.ImageFloats(channels, height, width, halo);
    }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Rows, without the halo.</summary>
    public int Height { get; }

    /// <summary>Columns, without the halo.</summary>
    public int Width { get; }

    /// <summary>Pixels of zeros on each side.</summary>
    public int Halo { get; }

    /// <summary>Floats from a pixel to its right neighbour.</summary>
    public int PixelPitch { get; }

    /// <summary>Floats from a row to the next.</summary>
    public int RowPitch { get; }

    /// <summary>Floats of one image with its halo.</summary>
    public long ImagePitch { get; }

    /// <summary>The maps of <paramref name="images"/> images in <paramref name="memory"/>, which holds images x <see cref="ImagePitch"/> floats.</summary>
    public unsafe FeatureMap At(float* memory, int images) => new()
    {
        Data = memory + (long)Halo * RowPitch + (long)Halo * PixelPitch,
        Images = images,
        Channels = Channels,
        Height = Height,
        Width = Width,
        PixelPitch = PixelPitch,
        RowPitch = RowPitch,
        ImagePitch = ImagePitch,
        Halo = Halo,
        Lanes = PixelPitch,
    };

    /// <summary>The maps of <paramref name="images"/> images in <paramref name="memory"/>.</summary>
    /// <exception cref="ArgumentException">The memory is too small.</exception>
    public unsafe FeatureMap At(AlignedMemory memory, int images)
    {
        ArgumentNullException.ThrowIfNull(memory);
        return memory.Length >= images * ImagePitch
            ? At(memory.Pointer, images)
            : throw new ArgumentException(Invariant($"{images} images of {ImagePitch} floats do not fit into {memory.Length} floats."), nameof(memory));
    }
}
