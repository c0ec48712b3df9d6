using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>
/// Images plane by plane, <c>N x C x H x W</c> as torch has them, within a halo of zeros if need be: the borders of a network.
/// </summary>
public readonly unsafe struct PlanarImages
{
    /// <summary>Images in memory.</summary>
    /// <param name="memory">N x C x (H + 2 halo) x (W + 2 halo) floats.</param>
    /// <param name="images">N.</param>
    /// <param name="channels">C.</param>
    /// <param name="height">H, without the halo.</param>
    /// <param name="width">W, without the halo.</param>
    /// <param name="halo">Zeros on each side of each plane.</param>
    public PlanarImages(float* memory, int images, int channels, int height, int width, int halo = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(halo);
        Memory = memory;
        Images = images;
        Channels = channels;
        Height = height;
        Width = width;
        Halo = halo;
        PlanePitch = (long)(height + 2 * halo) * (width + 2 * halo);
    }

    /// <summary>The first float, of the halo if there is one.</summary>
    public float* Memory { get; private init; }

    /// <summary>Images.</summary>
    public int Images { get; }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Rows, without the halo.</summary>
    public int Height { get; private init; }

    /// <summary>Columns, without the halo.</summary>
    public int Width { get; }

    /// <summary>Zeros on each side.</summary>
    public int Halo { get; }

    /// <summary>Floats of the memory.</summary>
    public long Length => Images * ImagePitch;

    private long ImagePitch => Channels * PlanePitch;

    private long PlanePitch { get; init; }

    private int RowPitch => Width + 2 * Halo;

    /// <summary>One channel, as a convolution reads it: <c>N x 1 x H x W</c>.</summary>
    public FeatureMap Plane(int channel) => new()
    {
        Data = Memory + channel * PlanePitch + (long)Halo * RowPitch + Halo,
        Images = Images,
        Channels = 1,
        Height = Height,
        Width = Width,
        PixelPitch = 1,
        RowPitch = RowPitch,
        ImagePitch = ImagePitch,
        Halo = Halo,
        Lanes = 1,
    };

    /// <summary>Some rows of each image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within the rows.</exception>
    public PlanarImages Rows(int first, int count)
    {
        if (first < 0 || count < 1 || first + count > Height)
            throw new ArgumentOutOfRangeException(nameof(first), Invariant($"Rows {first} to {first + count} were asked of {Map}."));
        return this with { Memory = Memory + (long)first * RowPitch, Height = count };
    }

    /// <summary>Copies the images into others of the same size, which may have another halo. The halo is not written.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CopyTo(in PlanarImages target, Share share)
    {
        Shapes.CheckSame(target.Map, Map, "The target");
        var (first, last) = share.Of(Images * Channels * Height);
        for (var line = first; line < last; line++)
            CopyRow(target.Row(line), Row(line), Width);
    }

    /// <summary>Copies the rows of one image's plane.</summary>
    internal static void CopyRows(in FeatureMap source, in FeatureMap target)
    {
        for (var y = 0; y < source.Height; y++)
            CopyRow(target.Pixel(0, y, 0), source.Pixel(0, y, 0), source.Width);
    }

    // A row is too short for the general copy to be worth its call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRow(float* target, float* source, int count)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= count; i += 16)
                Vector512.Store(Vector512.Load(source + i), target + i);
        }

        for (; i + 8 <= count; i += 8)
            Vector256.Store(Vector256.Load(source + i), target + i);
        for (; i < count; i++)
            target[i] = source[i];
    }

    /// <summary>Brings the images into maps that lie pixel by pixel.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyTo(in FeatureMap target, Share share)
    {
        Shapes.CheckSame(target, Map, "The target");
        var (line, end) = share.Of(Images * Height);
        while (line < end)
        {
            var (image, y, pixels) = Stretch(line, end, target);
            Transposition.Run(Plane(0).Pixel(image, y, 0), (nint)PlanePitch, Channels, pixels, target.Pixel(image, y, 0), target.PixelPitch);
            line += pixels / Width;
        }
    }

    /// <summary>Brings maps that lie pixel by pixel into these images.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyFrom(in FeatureMap source, Share share)
    {
        Shapes.CheckSame(source, Map, "The source");
        var (line, end) = share.Of(Images * Height);
        if (PlanePitch == 1)
        {
            // Maps of one pixel lie as the images do.
            for (; line < end; line++)
                new ReadOnlySpan<float>(source.Pixel(line, 0, 0), Channels).CopyTo(new Span<float>(Memory + line * ImagePitch, Channels));
            return;
        }

        while (line < end)
        {
            var (image, y, pixels) = Stretch(line, end, source);
            Transposition.Run(source.Pixel(image, y, 0), source.PixelPitch, pixels, Channels, Plane(0).Pixel(image, y, 0), (nint)PlanePitch);
            line += pixels / Width;
        }
    }

    // The pixels from a line on that lie at one distance from each other: a row's, or those of all that are left of an image where no halo parts its rows.
    private (int Image, int Y, int Pixels) Stretch(int line, int end, in FeatureMap map)
    {
        var (image, y) = Math.DivRem(line, Height);
        var isOne = Halo == 0 && map.RowPitch == map.Width * map.PixelPitch;
        return (image, y, Width * (isOne ? Math.Min(end - line, Height - y) : 1));
    }

    private FeatureMap Map => Plane(0) with { Channels = Channels };

    private float* Row(int line)
    {
        var (plane, y) = Math.DivRem(line, Height);
        return Memory + plane * PlanePitch + (long)(y + Halo) * RowPitch + Halo;
    }
}
