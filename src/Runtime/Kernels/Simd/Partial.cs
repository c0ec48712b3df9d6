using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>Writes a part of a register, where another value's channels follow.</summary>
internal static unsafe class Partial
{
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
