using System.Collections.Immutable;

namespace Blockwright.Kernels;

/// <summary>The rows (or columns) of a transposed convolution's result that the same taps make: every so many of them, as a convolution of stride 1 does.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Stride">From one to the next.</param>
/// <param name="Start">The row of the input that the first one's first tap reads; it may lie outside.</param>
/// <param name="Taps">The kernel's taps that reach them, in the order of the rows that they read: the last one first. None where there are fewer taps than a stride.</param>
/// <param name="Dilation">From the row that a tap reads to the next tap's.</param>
internal sealed record TransposedAxis(int First, int Stride, int Start, ImmutableArray<int> Taps, int Dilation)
{
    /// <summary>All rows. Row y is made of each row i and tap k for which i * stride - padding + k * dilation is y.</summary>
    public static IEnumerable<TransposedAxis> Of(int kernel, int stride, int padding, int dilation)
    {
        for (var first = 0; first < stride; first++)
        {
            var taps = Enumerable.Range(0, kernel).Where(tap => (first + padding - (tap * dilation)) % stride == 0).Reverse().ToImmutableArray();
            var start = taps.IsEmpty ? 0 : From(taps[0]);
            yield return new(first, stride, start, taps, taps.Length > 1 ? From(taps[1]) - start : 1);

            int From(int tap) => (first + padding - (tap * dilation)) / stride;
        }
    }

    /// <summary>How many there are of so many rows; 0 or less where there is none.</summary>
    public int Count(int size) => (size - First + Stride - 1) / Stride;

    /// <summary>The rows of the input that so many of them read, with those between.</summary>
    public int Reach(int count) => count + ((Taps.Length - 1) * Dilation);
}
