using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Blockwright.Kernels.Simd;

/// <summary>What a tile cannot do while its results are in registers, done while they are in the first-level cache.</summary>
internal static unsafe class Epilogue
{
    /// <summary>row = activation(row + residual), for a panel's lanes.</summary>
    public static void Run(InstructionSet set, float* row, float* residual, int lanes, Activation activation)
    {
        switch (set)
        {
            // A panel may end in half a 512-bit register.
            case InstructionSet.Avx512:
            case InstructionSet.Avx2:
                Run<Simd256, Vector256<float>>(row, residual, lanes, activation);
                break;
            case InstructionSet.AdvSimd:
                Run<Simd128, Vector128<float>>(row, residual, lanes, activation);
                break;
            default:
                Run<SimdPortable, Vector<float>>(row, residual, lanes, activation);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSimd, TVector>(float* row, float* residual, int lanes, Activation activation)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        for (var lane = 0; lane < lanes; lane += TSimd.Lanes)
        {
            var value = TSimd.Load(row + lane);
            if (residual != null)
                value = TSimd.Add(value, TSimd.Load(residual + lane));
            TSimd.Store(row + lane, activation.Apply<TSimd, TVector>(value));
        }
    }
}
