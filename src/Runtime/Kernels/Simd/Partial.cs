using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>A part of a register, where another value's channels follow.</summary>
internal static unsafe class Partial
{
    /// <summary>The first lanes of what lies there, and the others of another register.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Load<TSimd, TVector>(float* source, int count, TVector others)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var whole = stackalloc float[TSimd.Lanes];
        TSimd.Store(whole, others);
        Unsafe.CopyBlockUnaligned(whole, source, (uint)(count * sizeof(float)));
        return TSimd.Load(whole);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store<TSimd, TVector>(float* destination, TVector value, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var whole = stackalloc float[TSimd.Lanes];
        TSimd.Store(whole, value);
        Unsafe.CopyBlockUnaligned(destination, whole, (uint)(count * sizeof(float)));
    }
}
