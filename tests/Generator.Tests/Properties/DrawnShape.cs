namespace Blockwright.Generator.Tests.Properties;

/// <summary>
/// The shape of a value in a drawn block, once for each use that the block is drawn for: a drawn declaration is valid for all of them. It is a
/// point where the build knows that it is 1 x 1.
/// </summary>
internal sealed record DrawnShape(long[] Channels, long[] Height, long[] Width, bool IsPoint = false)
{
    /// <summary>This in the uses where a condition holds, and else the other.</summary>
    public DrawnShape Where(bool[] holds, DrawnShape other)
    {
        return this with { Channels = Of(Channels, other.Channels), Height = Of(Height, other.Height), Width = Of(Width, other.Width) };

        long[] Of(long[] own, long[] others) => [.. own.Select((value, use) => holds[use] ? value : others[use])];
    }

    public bool HasSizeOf(DrawnShape other) => Height.SequenceEqual(other.Height) && Width.SequenceEqual(other.Width) && IsPoint == other.IsPoint;

    public bool Fits(DrawnShape other) => HasSizeOf(other) && Channels.SequenceEqual(other.Channels);
}

/// <summary>A window that slides over a map, as torch's documentation of Conv2d and MaxPool2d has it; the padding behind a map may be another than before it.</summary>
internal sealed record DrawnWindow(long[] Kernel, long Stride, long[] Padding, long Dilation, bool CeilMode = false)
{
    public const long LargestSize = 20; // keeps the tests quick

    /// <summary>The padding at the bottom and on the right.</summary>
    public long[] Behind { get; init; } = Padding;

    /// <summary>The size that comes out along one axis (0 the height, 1 the width), or null where the window does not fit.</summary>
    public long[]? Slide(long[] sizes, int axis)
    {
        var result = new long[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            var reach = (Dilation * (Kernel[axis] - 1)) + 1;
            var free = sizes[i] + Padding[axis] + Behind[axis] - reach;
            if (free < 0)
                return null;
            result[i] = (free / Stride) + 1;
            if (CeilMode && free % Stride != 0 && result[i] * Stride < sizes[i] + Padding[axis])
                result[i]++;
            if (result[i] > LargestSize)
                return null;
        }
        return result;
    }
}
