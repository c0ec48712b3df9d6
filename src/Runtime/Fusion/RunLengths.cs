using static System.FormattableString;

namespace Blockwright;

/// <summary>Whether spans are of the lengths that shapes say.</summary>
internal static class RunLengths
{
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the batch below 0.</exception>
    /// <exception cref="ArgumentException">The input is of another length.</exception>
    public static void CheckInput(string network, int length, int batch, int channels, int height, int width)
    {
        CheckSizes(batch, height, width);
        var needed = (Int128)batch * channels * height * width;
        if (length != needed)
            throw new ArgumentException(Invariant($"{network}: {batch} x {channels} x {height} x {width} are {needed} values; the input has {length}."), "input");
    }

    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the batch below 0.</exception>
    public static void CheckSizes(int batch, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
    }

    /// <exception cref="ArgumentException">The output is too short.</exception>
    public static void CheckOutput(string network, int length, long needed)
    {
        if (length < needed)
            throw new ArgumentException(Invariant($"{network} gives {needed} values; the output has room for {length}."), "output");
    }
}
