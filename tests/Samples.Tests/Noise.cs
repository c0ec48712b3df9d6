using System.Security.Cryptography;
using Samples;

namespace Blockwright.Samples.Tests;

/// <summary>Pictures that any language can make without a file.</summary>
internal static class Noise
{
    /// <summary>The high bytes of x' = 1664525 x + 1013904223 modulo 2^32, from x = 12345 on.</summary>
    public static RgbImage Image(int width, int height)
    {
        var state = 12345u;
        var pixels = new byte[width * height * RgbImage.Channels];
        foreach (ref var pixel in pixels.AsSpan())
            pixel = (byte)((state = unchecked((state * 1664525) + 1013904223)) >> 24);
        return new RgbImage(width, height, pixels);
    }

    public static string Sum(RgbImage image) => Convert.ToHexStringLower(SHA256.HashData(image.Pixels));
}
