using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Detector;

/// <summary>A picture of 8-bit RGB that boxes are drawn into, and that is written as PNG.</summary>
public sealed class Picture(int width, int height)
{
    private const int Channels = 3;

    private readonly byte[] _pixels = new byte[width * height * Channels];

    /// <summary>Scenes side by side, enlarged: what is there in white, what was found in its class's colour.</summary>
    public static Picture Of(IReadOnlyList<Scene> scenes, IReadOnlyList<IReadOnlyList<Detection>> found, int columns, int scale)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        ArgumentNullException.ThrowIfNull(found);
        const int Gap = 6;
        var pitch = (Scene.Side * scale) + Gap;
        var picture = new Picture((columns * pitch) + Gap, ((scenes.Count + columns - 1) / columns * pitch) + Gap);
        for (var i = 0; i < scenes.Count; i++)
        {
            var (left, top) = ((i % columns * pitch) + Gap, (i / columns * pitch) + Gap);
            picture.Draw(scenes[i], left, top, scale);
            foreach (var labelled in scenes[i].Objects)
                picture.Frame(labelled.Box, left, top, scale, 1, 255, 255, 255);
            foreach (var detection in found[i])
            {
                var (red, green, blue) = ColourOf(detection.Class);
                picture.Frame(detection.Box, left, top, scale, 2, red, green, blue);
            }
        }
        return picture;
    }

    /// <summary>Discs red, squares green, triangles blue.</summary>
    private static (byte Red, byte Green, byte Blue) ColourOf(int number) => number switch
    {
        0 => (255, 40, 40),
        1 => (40, 255, 40),
        _ => (60, 120, 255),
    };

    private void Draw(Scene scene, int left, int top, int scale)
    {
        const int Plane = Scene.Side * Scene.Side;
        for (var y = 0; y < Scene.Side * scale; y++)
        {
            for (var x = 0; x < Scene.Side * scale; x++)
            {
                var at = (y / scale * Scene.Side) + (x / scale);
                Set(left + x, top + y, scene.Pixels[at], scene.Pixels[Plane + at], scene.Pixels[(2 * Plane) + at]);
            }
        }
    }

    private void Frame(Box box, int left, int top, int scale, int thickness, byte red, byte green, byte blue)
    {
        int x0 = At(box.Left), y0 = At(box.Top), x1 = At(box.Right) - 1, y1 = At(box.Bottom) - 1;
        for (var y = y0; y <= y1; y++)
        {
            for (var x = x0; x <= x1; x++)
            {
                if (x < x0 + thickness || x > x1 - thickness || y < y0 + thickness || y > y1 - thickness)
                    Set(left + x, top + y, red, green, blue);
            }
        }

        int At(float pixel) => (int)Math.Clamp(MathF.Round(pixel * scale), 0, Scene.Side * scale);
    }

    private void Set(int x, int y, byte red, byte green, byte blue) => (_pixels[Index(x, y)], _pixels[Index(x, y) + 1], _pixels[Index(x, y) + 2]) = (red, green, blue);

    private int Index(int x, int y) => ((y * width) + x) * Channels;

    /// <summary>Writes the picture as PNG.</summary>
    /// <param name="stream">Where to.</param>
    public void WritePng(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n']);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, 2); // 8 bits of red, green and blue
        WriteChunk(stream, "IHDR", head);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                zlib.WriteByte(0); // a row as it is
                zlib.Write(_pixels, Index(0, y), width * Channels);
            }
        }
        WriteChunk(stream, "IDAT", packed.ToArray());
        WriteChunk(stream, "IEND", []);
    }

    private static void WriteChunk(Stream stream, string type, byte[] data)
    {
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        byte[] checkedPart = [.. Encoding.ASCII.GetBytes(type), .. data];
        stream.Write(checkedPart);
        BinaryPrimitives.WriteUInt32BigEndian(number, Checksum(checkedPart));
        stream.Write(number);
    }

    /// <summary>CRC-32, as PNG wants it.</summary>
    private static uint Checksum(byte[] data)
    {
        var sum = uint.MaxValue;
        foreach (var each in data)
        {
            sum ^= each;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum >> 1) ^ ((sum & 1) * 0xEDB88320);
        }
        return ~sum;
    }
}
