using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>A clamp that ends a sum while it is in registers: min(max(x, Least), Greatest). The default bounds nothing.</summary>
internal readonly struct Bounds(float least, float greatest)
{
    public readonly float Least = least;

    public readonly float Greatest = greatest;

    /// <summary>Whether <see cref="Least"/> changes anything.</summary>
    public readonly bool HasLeast = least > float.NegativeInfinity;

    /// <summary>Whether <see cref="Greatest"/> changes anything.</summary>
    public readonly bool HasGreatest = greatest < float.PositiveInfinity;
}

/// <summary>What a loop does with its bounds, for loops that have no register to spare for a choice.</summary>
internal unsafe interface IEnd
{
    static abstract TVector End<TSimd, TVector>(TVector value, Bounds* bounds)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}

/// <summary>There are none.</summary>
internal readonly unsafe struct Unbounded : IEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End<TSimd, TVector>(TVector value, Bounds* bounds)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => value;
}

/// <summary>max(x, Least).</summary>
internal readonly unsafe struct BoundedBelow : IEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End<TSimd, TVector>(TVector value, Bounds* bounds)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.AtLeast(value, TSimd.Broadcast(&bounds->Least));
}

/// <summary>min(max(x, Least), Greatest).</summary>
internal readonly unsafe struct BoundedOnBothSides : IEnd
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End<TSimd, TVector>(TVector value, Bounds* bounds)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.AtMost(TSimd.AtLeast(value, TSimd.Broadcast(&bounds->Least)), TSimd.Broadcast(&bounds->Greatest));
}
