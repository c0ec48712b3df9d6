using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>What one core of this machine can do at most: independent multiplications with addition that touch no memory.</summary>
internal static class FmaPeak
{
    private const int Chains = 12;
    private const int Length = 200_000;

    /// <summary>The best of many short runs, in floating-point operations a second.</summary>
    /// <param name="set">The instructions.</param>
    /// <param name="runs">How many runs.</param>
    public static double Measure(InstructionSet set, int runs = 60)
    {
        var best = 0.0;
        for (var run = 0; run < runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            Run(set);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = Math.Max(best, 2.0 * Chains * Length * InstructionSets.Lanes(set) / seconds);
        }

        return best;
    }

    private static void Run(InstructionSet set)
    {
        switch (set)
        {
            case InstructionSet.Avx512:
                Run<Simd512, Vector512<float>>();
                break;
            case InstructionSet.Avx2:
                Run<Simd256, Vector256<float>>();
                break;
            case InstructionSet.AdvSimd:
                Run<Simd128, Vector128<float>>();
                break;
            default:
                Run<SimdPortable, Vector<float>>();
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TVector Run<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TVector x = TSimd.Broadcast(1f), y = TSimd.Broadcast(1e-9f);
        TVector c0 = x, c1 = x, c2 = x, c3 = x, c4 = x, c5 = x, c6 = x, c7 = x, c8 = x, c9 = x, c10 = x, c11 = x;
        for (var i = 0; i < Length; i++)
        {
            c0 = TSimd.MultiplyAdd(x, y, c0);
            c1 = TSimd.MultiplyAdd(x, y, c1);
            c2 = TSimd.MultiplyAdd(x, y, c2);
            c3 = TSimd.MultiplyAdd(x, y, c3);
            c4 = TSimd.MultiplyAdd(x, y, c4);
            c5 = TSimd.MultiplyAdd(x, y, c5);
            c6 = TSimd.MultiplyAdd(x, y, c6);
            c7 = TSimd.MultiplyAdd(x, y, c7);
            c8 = TSimd.MultiplyAdd(x, y, c8);
            c9 = TSimd.MultiplyAdd(x, y, c9);
            c10 = TSimd.MultiplyAdd(x, y, c10);
            c11 = TSimd.MultiplyAdd(x, y, c11);
        }

        // So that no chain is dead code. A call here would make the JIT keep the chains in memory.
        var low = TSimd.Add(TSimd.Add(TSimd.Add(c0, c1), TSimd.Add(c2, c3)), TSimd.Add(c4, c5));
        var high = TSimd.Add(TSimd.Add(TSimd.Add(c6, c7), TSimd.Add(c8, c9)), TSimd.Add(c10, c11));
        return TSimd.Add(low, high);
    }
}
