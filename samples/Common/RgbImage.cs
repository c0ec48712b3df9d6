using StbImageSharp;
using static System.FormattableString;

namespace Samples;

/// <summary>An image of 8-bit RGB: <paramref name="Pixels"/> is H x W x 3, row by row.</summary>
internal sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    public const int Channels = 3;

    /// <summary>
    /// Decodes a JPEG, PNG, BMP, GIF or TGA file. Alpha is dropped and grey is spread over three channels, as Pillow's <c>convert("RGB")</c> does.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is not an image, is damaged, or is of a kind that the decoder does not know.</exception>
    /// <exception cref="IOException">The file does not exist or could not be read.</exception>
    public static RgbImage Decode(string path)
    {
        var file = File.ReadAllBytes(path);
        try
        {
            var image = ImageResult.FromStream(new CompleteStream(file), ColorComponents.RedGreenBlue);
            return new RgbImage(image.Width, image.Height, image.Data);
        }
        catch (Exception exception)
        {
            // A damaged file makes the decoder fail in many ways: its own error, an index out of range, an allocation that cannot be.
            throw new InvalidDataException($"{path}: expected a JPEG, PNG, BMP, GIF or TGA image, and could not decode it ({exception.Message}).", exception);
        }
    }

    /// <summary>Cuts out a part.</summary>
    public RgbImage Crop(int left, int top, int width, int height)
    {
        if (left < 0 || top < 0 || left + width > Width || top + height > Height)
            throw new ArgumentOutOfRangeException(nameof(left), Invariant($"A part of {width} x {height} at ({left}, {top}) is not within {Width} x {Height}."));
        var part = new byte[width * height * Channels];
        for (var y = 0; y < height; y++)
            Pixels.AsSpan((((top + y) * Width) + left) * Channels, width * Channels).CopyTo(part.AsSpan(y * width * Channels));
        return new RgbImage(width, height, part);
    }

    /// <summary>Fails where a file ends too early. The decoder takes the end for zeros, and would wait for a marker among them for ever.</summary>
    private sealed class CompleteStream(byte[] file) : MemoryStream(file, writable: false)
    {
        public override int ReadByte()
        {
            var value = base.ReadByte();
            return value >= 0 ? value : throw new EndOfStreamException("it ends too early");
        }
    }
}
