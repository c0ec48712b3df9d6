using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>What a sweep computes of each element's operands, before the activation.</summary>
internal unsafe interface IOperation
{
    /// <summary>Its place among the operations, by which found loops are kept.</summary>
    static abstract int Number { get; }

    static abstract TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}

/// <summary>a.</summary>
internal readonly unsafe struct Identity : IOperation
{
    public static int Number => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Load(a);
}

/// <summary>a + b.</summary>
internal readonly unsafe struct Sum : IOperation
{
    public static int Number => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Add(TSimd.Load(a), TSimd.Load(b));
}

/// <summary>a * b.</summary>
internal readonly unsafe struct Product : IOperation
{
    public static int Number => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Multiply(TSimd.Load(a), TSimd.Load(b));
}

/// <summary>a where a &gt; 0, else a * b.</summary>
internal readonly unsafe struct Slope : IOperation
{
    public static int Number => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var x = TSimd.Load(a);
        return TSimd.SelectPositive(x, x, TSimd.Multiply(x, TSimd.Load(b)));
    }
}

/// <summary>a * b + c.</summary>
internal readonly unsafe struct ScaleShift : IOperation
{
    public static int Number => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Apply<TSimd, TVector>(float* a, float* b, float* c)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.MultiplyAdd(TSimd.Load(a), TSimd.Load(b), TSimd.Load(c));
}
