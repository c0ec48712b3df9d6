using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>What a sweep computes of each element's operands, before the activation.</summary>
internal unsafe interface IOperation
{
    static abstract TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}

/// <summary>a.</summary>
internal readonly unsafe struct Identity : IOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Load(a);
}

/// <summary>a + b.</summary>
internal readonly unsafe struct Sum : IOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Add(TSimd.Load(a), TSimd.Load(b));
}

/// <summary>a * b.</summary>
internal readonly unsafe struct Product : IOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Multiply(TSimd.Load(a), TSimd.Load(b));
}

/// <summary>a * b + c.</summary>
internal readonly unsafe struct ScaleShift : IOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.MultiplyAdd(TSimd.Load(a), TSimd.Load(b), TSimd.Load(c));
}
