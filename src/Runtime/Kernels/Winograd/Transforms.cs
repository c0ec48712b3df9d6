using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels.Winograd;

/// <summary>The sides of a form that run with the network, for one row or column of a tile and a register of channels. Once along the columns and once along the rows makes a tile.</summary>
internal unsafe interface ITransform
{
    static abstract WinogradForm Form { get; }

    /// <summary><see cref="WinogradForm.Outputs"/>, known to the compiler.</summary>
    static abstract int Outputs { get; }

    /// <summary><see cref="WinogradForm.Inputs"/>, known to the compiler.</summary>
    static abstract int Inputs { get; }

    /// <summary>m + 2 inputs to m + 2 positions.</summary>
    /// <param name="source">The first input.</param>
    /// <param name="step">Floats from an input to the next.</param>
    /// <param name="target">The first position.</param>
    /// <param name="targetStep">Floats from a position to the next.</param>
    static abstract void Inward<TSimd, TVector>(float* source, nint step, float* target, nint targetStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>m + 2 positions to m outputs; those beyond are anything.</summary>
    /// <param name="source">The first position.</param>
    /// <param name="step">Floats from a position to the next.</param>
    /// <param name="o0">The first output.</param>
    /// <param name="o1">The second.</param>
    /// <param name="o2">The third, if any.</param>
    /// <param name="o3">The fourth, if any.</param>
    static abstract void Outward<TSimd, TVector>(float* source, nint step, out TVector o0, out TVector o1, out TVector o2, out TVector o3)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}

/// <summary>F(2 x 2), with the points 0, 1, -1 and infinity.</summary>
internal readonly unsafe struct F2 : ITransform
{
    public static WinogradForm Form => WinogradForm.Two;

    public static int Outputs => 2;

    public static int Inputs => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Inward<TSimd, TVector>(float* source, nint step, float* target, nint targetStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TVector d0 = TSimd.Load(source), d1 = TSimd.Load(source + step);
        source += 2 * step;
        TVector d2 = TSimd.Load(source), d3 = TSimd.Load(source + step);
        TSimd.Store(target, TSimd.Subtract(d2, d0));
        TSimd.Store(target + targetStep, TSimd.Add(d2, d1));
        target += 2 * targetStep;
        TSimd.Store(target, TSimd.Subtract(d2, d1));
        TSimd.Store(target + targetStep, TSimd.Subtract(d3, d1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Outward<TSimd, TVector>(float* source, nint step, out TVector o0, out TVector o1, out TVector o2, out TVector o3)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TVector d1 = TSimd.Load(source + step), d2 = TSimd.Load(source + 2 * step);
        o0 = TSimd.Add(TSimd.Load(source), TSimd.Add(d1, d2));
        o1 = TSimd.Add(TSimd.Load(source + 3 * step), TSimd.Subtract(d1, d2));
        o2 = o3 = TSimd.Zero;
    }
}

/// <summary>F(4 x 4), with the points 0, p, -p, q, -q and infinity.</summary>
internal readonly unsafe struct F4 : ITransform
{
    public const float P = 0.625f;
    public const float Q = 1.5f;

    public static WinogradForm Form => WinogradForm.Four;

    public static int Outputs => 4;

    public static int Inputs => 6;

    /// <summary>The values of the polynomials (x^2 - p^2) (x^2 - q^2), x (x + p) (x^2 - q^2), ..., x (x^2 - p^2) (x^2 - q^2): each leaves out one point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Inward<TSimd, TVector>(float* source, nint step, float* target, nint targetStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TVector d0 = TSimd.Load(source), d1 = TSimd.Load(source + step);
        source += 2 * step;
        TVector d2 = TSimd.Load(source), d3 = TSimd.Load(source + step);
        source += 2 * step;
        TVector d4 = TSimd.Load(source), d5 = TSimd.Load(source + step);
        TVector product = TSimd.Broadcast(P * P * Q * Q), sum = TSimd.Broadcast(-(P * P + Q * Q));
        TSimd.Store(target, TSimd.MultiplyAdd(product, d0, TSimd.MultiplyAdd(sum, d2, d4)));
        target += targetStep;
        var square = TSimd.Broadcast(-Q * Q);
        TVector even = TSimd.MultiplyAdd(square, d2, d4), odd = TSimd.MultiplyAdd(square, d1, d3);
        TSimd.Store(target, TSimd.MultiplyAdd(TSimd.Broadcast(P), odd, even));
        TSimd.Store(target + targetStep, TSimd.MultiplyAdd(TSimd.Broadcast(-P), odd, even));
        target += 2 * targetStep;
        square = TSimd.Broadcast(-P * P);
        (even, odd) = (TSimd.MultiplyAdd(square, d2, d4), TSimd.MultiplyAdd(square, d1, d3));
        TSimd.Store(target, TSimd.MultiplyAdd(TSimd.Broadcast(Q), odd, even));
        TSimd.Store(target + targetStep, TSimd.MultiplyAdd(TSimd.Broadcast(-Q), odd, even));
        TSimd.Store(target + 2 * targetStep, TSimd.MultiplyAdd(product, d1, TSimd.MultiplyAdd(sum, d3, d5)));
    }

    /// <summary>Powers of the points, 0 to 3; infinity counts for the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Outward<TSimd, TVector>(float* source, nint step, out TVector o0, out TVector o1, out TVector o2, out TVector o3)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var d0 = TSimd.Load(source);
        source += step;
        TVector d1 = TSimd.Load(source), d2 = TSimd.Load(source + step);
        source += 2 * step;
        TVector d3 = TSimd.Load(source), d4 = TSimd.Load(source + step), d5 = TSimd.Load(source + 2 * step);
        TVector sumP = TSimd.Add(d1, d2), differenceP = TSimd.Subtract(d1, d2), sumQ = TSimd.Add(d3, d4), differenceQ = TSimd.Subtract(d3, d4);
        o0 = TSimd.Add(d0, TSimd.Add(sumP, sumQ));
        o1 = TSimd.MultiplyAdd(TSimd.Broadcast(Q), differenceQ, TSimd.Multiply(TSimd.Broadcast(P), differenceP));
        o2 = TSimd.MultiplyAdd(TSimd.Broadcast(Q * Q), sumQ, TSimd.Multiply(TSimd.Broadcast(P * P), sumP));
        o3 = TSimd.MultiplyAdd(TSimd.Broadcast(Q * Q * Q), differenceQ, TSimd.MultiplyAdd(TSimd.Broadcast(P * P * P), differenceP, d5));
    }
}
