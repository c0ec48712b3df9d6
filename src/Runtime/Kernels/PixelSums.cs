using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>What is found of a pixel's channels.</summary>
internal static unsafe class PixelSums
{
    /// <summary>Their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum<TSimd, TVector>(float* pixel, int channels)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TVector even = TSimd.Zero, odd = TSimd.Zero;
        var lane = 0;
        for (; lane + (2 * TSimd.Lanes) <= channels; lane += 2 * TSimd.Lanes)
        {
            even = TSimd.Add(even, TSimd.Load(pixel + lane));
            odd = TSimd.Add(odd, TSimd.Load(pixel + lane + TSimd.Lanes));
        }

        for (; lane < channels; lane += TSimd.Lanes)
            even = TSimd.Add(even, Partial.LoadWithin<TSimd, TVector>(pixel + lane, channels - lane, TSimd.Zero));
        return TSimd.Sum(TSimd.Add(even, odd));
    }

    /// <summary>The greatest of them; NaN where any is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Greatest<TSimd, TVector>(float* pixel, int channels)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var least = TSimd.Broadcast(float.NegativeInfinity);
        var greatest = least;
        for (var lane = 0; lane < channels; lane += TSimd.Lanes)
            greatest = TSimd.Maximum(greatest, Partial.LoadWithin<TSimd, TVector>(pixel + lane, channels - lane, least));
        var lanes = stackalloc float[TSimd.Lanes];
        TSimd.Store(lanes, greatest);
        var result = lanes[0];
        for (var lane = 1; lane < TSimd.Lanes; lane++)
            result = Math.Max(result, lanes[lane]);
        return result;
    }
}
