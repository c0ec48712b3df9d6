using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>A part of a register, where another value's channels follow.</summary>
internal static unsafe class Partial
{
    /// <summary>What lies there, or where fewer lanes are asked for those, and the others of another register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector LoadWithin<TSimd, TVector>(float* source, int count, TVector others)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => count >= TSimd.Lanes ? TSimd.Load(source) : Load<TSimd, TVector>(source, count, others);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector Load<TSimd, TVector>(float* source, int count, TVector others)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var whole = stackalloc float[TSimd.Lanes];
        TSimd.Store(whole, others);
        Unsafe.CopyBlockUnaligned(whole, source, (uint)(count * sizeof(float)));
        return TSimd.Load(whole);
    }

    /// <summary>Stores a whole register where there is room for its lanes, which whoever writes behind it overwrites, or else the first ones.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="value">The register.</param>
    /// <param name="room">The lanes that may be written.</param>
    /// <param name="count">The lanes that must be.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreWithin<TSimd, TVector>(float* destination, TVector value, int room, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        if (TSimd.Lanes <= room)
            TSimd.Store(destination, value);
        else
            Store<TSimd, TVector>(destination, value, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Store<TSimd, TVector>(float* destination, TVector value, int count)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var whole = stackalloc float[TSimd.Lanes];
        TSimd.Store(whole, value);
        Unsafe.CopyBlockUnaligned(destination, whole, (uint)(count * sizeof(float)));
    }
}
