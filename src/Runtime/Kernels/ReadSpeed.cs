using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Blockwright.Kernels;

/// <summary>How fast one core of this machine reads what its second-level cache does not hold.</summary>
internal static class ReadSpeed
{
    // More than a second-level cache, and mostly less than the last one: where the maps and weights of a network lie.
    private const int Bytes = 16 << 20;

    /// <summary>The best of some runs, in bytes a second.</summary>
    public static double Measure(int runs = 12)
    {
        var memory = new float[Bytes / sizeof(float)];
        Array.Fill(memory, 1e-30f);
        var (best, sum) = (0.0, 0f);
        for (var run = 0; run < runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            sum += Sum(memory);
            best = Math.Max(best, Bytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        // So that nothing is read for nothing.
        return float.IsNaN(sum) ? double.NaN : best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Vector<float> a = default, b = default, c = default, d = default;
        for (var i = 0; i + 3 < vectors.Length; i += 4)
        {
            a += vectors[i];
            b += vectors[i + 1];
            c += vectors[i + 2];
            d += vectors[i + 3];
        }
        return Vector.Sum(a + b + c + d);
    }
}
