using static System.FormattableString;

namespace Samples;

/// <summary>
/// Pillow's <c>Image.resize</c> with <c>BILINEAR</c> on 8-bit RGB, bit for bit: a triangle filter as wide as the reduction (which keeps what is
/// reduced from aliasing), in fixed point, first along the rows, then along the columns, each rounded to 8 bits.
/// </summary>
internal static class PillowResize
{
    // 32 bits less 8 of the pixel and 2 of headroom: Pillow's PRECISION_BITS.
    private const int FractionBits = 32 - 8 - 2;

    public static RgbImage Resize(RgbImage image, int width, int height)
    {
        if (width < 1 || height < 1)
            throw new ArgumentOutOfRangeException(nameof(width), Invariant($"Expected a size of at least 1 x 1, found {width} x {height}."));
        var rows = width == image.Width ? image : AlongRows(image, Tap.All(image.Width, width));
        return height == image.Height ? rows : AlongColumns(rows, Tap.All(image.Height, height));
    }

    private static RgbImage AlongRows(RgbImage image, Tap[] taps)
    {
        var result = new byte[taps.Length * image.Height * RgbImage.Channels];
        var next = 0;
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Pixels.AsSpan(y * image.Width * RgbImage.Channels, image.Width * RgbImage.Channels);
            foreach (var tap in taps)
                for (var channel = 0; channel < RgbImage.Channels; channel++)
                    result[next++] = tap.Apply(row, channel, RgbImage.Channels);
        }
        return new RgbImage(taps.Length, image.Height, result);
    }

    private static RgbImage AlongColumns(RgbImage image, Tap[] taps)
    {
        var stride = image.Width * RgbImage.Channels;
        var result = new byte[taps.Length * stride];
        var next = 0;
        foreach (var tap in taps)
            for (var column = 0; column < stride; column++)
                result[next++] = tap.Apply(image.Pixels, column, stride);
        return new RgbImage(image.Width, taps.Length, result);
    }

    /// <summary>What one pixel of the result takes: weights in fixed point, and the input that the first one falls on.</summary>
    private readonly record struct Tap(int First, int[] Weights)
    {
        public static Tap[] All(int from, int to)
        {
            var scale = (double)from / to;
            var support = Math.Max(scale, 1.0);
            return [.. Enumerable.Range(0, to).Select(index => At((index + 0.5) * scale, support, from))];
        }

        public byte Apply(ReadOnlySpan<byte> pixels, int start, int stride)
        {
            var sum = 1 << (FractionBits - 1);
            var at = start + (First * stride);
            foreach (var weight in Weights)
            {
                sum += pixels[at] * weight;
                at += stride;
            }
            return (byte)Math.Clamp(sum >> FractionBits, 0, 255);
        }

        private static Tap At(double center, double support, int length)
        {
            // The casts cut towards zero, and what is below zero is set to zero: so does Pillow.
            var first = Math.Max((int)(center - support + 0.5), 0);
            var end = Math.Min((int)(center + support + 0.5), length);
            // Multiplied by the inverse, not divided: the last bit of a weight depends on it.
            var inverse = 1.0 / support;
            var triangle = new double[end - first];
            var total = 0.0;
            for (var i = 0; i < triangle.Length; i++)
                total += triangle[i] = Math.Max(1.0 - Math.Abs((i + first - center + 0.5) * inverse), 0.0);
            return new Tap(first, Array.ConvertAll(triangle, weight => (int)(0.5 + ((total == 0.0 ? 0.0 : weight / total) * (1 << FractionBits)))));
        }
    }
}
