using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels.Winograd;

/// <summary>The sides of a form that run with the network, for one row or column of a tile and a register of channels. Once along the columns and once along the rows makes a tile.</summary>
internal unsafe interface ITransform
{
    static abstract WinogradForm Form { get; }

    /// <summary>m + 2 inputs to m + 2 positions.</summary>
    /// <param name="source">The first input.</param>
    /// <param name="step">Floats from an input to the next.</param>
    /// <param name="count">The inputs that there are; those beyond are zeros.</param>
    /// <param name="target">The first position.</param>
    /// <param name="targetStep">Floats from a position to the next.</param>
    static abstract void Inward<TSimd, TVector>(float* source, nint step, nint count, float* target, nint targetStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>m + 2 positions to m outputs.</summary>
    /// <param name="source">The first position.</param>
    /// <param name="step">Floats from a position to the next.</param>
    /// <param name="target">The first output.</param>
    /// <param name="targetStep">Floats from an output to the next.</param>
    static abstract void Outward<TSimd, TVector>(float* source, nint step, float* target, nint targetStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}

/// <summary>What a tile's rows and columns begin with.</summary>
internal static unsafe class Inputs
{
    /// <summary>One input, or zeros beyond those that there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector At<TSimd, TVector>(float* source, nint step, nint index, nint count)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => index < count ? TSimd.Load(source + index * step) : TSimd.Zero;
}

/// <summary>F(2 x 2), with the points 0, 1, -1 and infinity.</summary>
internal readonly unsafe struct F2 : ITransform
{
    public static WinogradForm Form => WinogradForm.Two;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Inward<TSimd, TVector>(float* source, nint step, nint count, float* target, nint targetStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var d0 = TSimd.Load(source);
        var d1 = Inputs.At<TSimd, TVector>(source, step, 1, count);
        var d2 = Inputs.At<TSimd, TVector>(source, step, 2, count);
        var d3 = Inputs.At<TSimd, TVector>(source, step, 3, count);
        TSimd.Store(target, TSimd.Subtract(d2, d0));
        TSimd.Store(target + targetStep, TSimd.Add(d2, d1));
        TSimd.Store(target + 2 * targetStep, TSimd.Subtract(d2, d1));
        TSimd.Store(target + 3 * targetStep, TSimd.Subtract(d3, d1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Outward<TSimd, TVector>(float* source, nint step, float* target, nint targetStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TVector d1 = TSimd.Load(source + step), d2 = TSimd.Load(source + 2 * step);
        TSimd.Store(target, TSimd.Add(TSimd.Load(source), TSimd.Add(d1, d2)));
        TSimd.Store(target + targetStep, TSimd.Add(TSimd.Load(source + 3 * step), TSimd.Subtract(d1, d2)));
    }
}

/// <summary>F(4 x 4), with the points 0, p, -p, q, -q and infinity.</summary>
internal readonly unsafe struct F4 : ITransform
{
    public const float P = 0.625f;
    public const float Q = 1.5f;

    public static WinogradForm Form => WinogradForm.Four;

    /// <summary>The values of the polynomials (x^2 - p^2) (x^2 - q^2), x (x + p) (x^2 - q^2), ..., x (x^2 - p^2) (x^2 - q^2): each leaves out one point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Inward<TSimd, TVector>(float* source, nint step, nint count, float* target, nint targetStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var d0 = TSimd.Load(source);
        var d1 = Inputs.At<TSimd, TVector>(source, step, 1, count);
        var d2 = Inputs.At<TSimd, TVector>(source, step, 2, count);
        var d3 = Inputs.At<TSimd, TVector>(source, step, 3, count);
        var d4 = Inputs.At<TSimd, TVector>(source, step, 4, count);
        var d5 = Inputs.At<TSimd, TVector>(source, step, 5, count);
        TVector product = TSimd.Broadcast(P * P * Q * Q), sum = TSimd.Broadcast(-(P * P + Q * Q));
        TSimd.Store(target, TSimd.MultiplyAdd(product, d0, TSimd.MultiplyAdd(sum, d2, d4)));
        TSimd.Store(target + 5 * targetStep, TSimd.MultiplyAdd(product, d1, TSimd.MultiplyAdd(sum, d3, d5)));

        var square = TSimd.Broadcast(-Q * Q);
        TVector even = TSimd.MultiplyAdd(square, d2, d4), odd = TSimd.MultiplyAdd(square, d1, d3);
        TSimd.Store(target + targetStep, TSimd.MultiplyAdd(TSimd.Broadcast(P), odd, even));
        TSimd.Store(target + 2 * targetStep, TSimd.MultiplyAdd(TSimd.Broadcast(-P), odd, even));

        square = TSimd.Broadcast(-P * P);
        (even, odd) = (TSimd.MultiplyAdd(square, d2, d4), TSimd.MultiplyAdd(square, d1, d3));
        TSimd.Store(target + 3 * targetStep, TSimd.MultiplyAdd(TSimd.Broadcast(Q), odd, even));
        TSimd.Store(target + 4 * targetStep, TSimd.MultiplyAdd(TSimd.Broadcast(-Q), odd, even));
    }

    /// <summary>Powers of the points, 0 to 3; infinity counts for the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Outward<TSimd, TVector>(float* source, nint step, float* target, nint targetStep)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        TVector d1 = TSimd.Load(source + step), d2 = TSimd.Load(source + 2 * step), d3 = TSimd.Load(source + 3 * step), d4 = TSimd.Load(source + 4 * step);
        TVector sumP = TSimd.Add(d1, d2), differenceP = TSimd.Subtract(d1, d2), sumQ = TSimd.Add(d3, d4), differenceQ = TSimd.Subtract(d3, d4);
        TSimd.Store(target, TSimd.Add(TSimd.Load(source), TSimd.Add(sumP, sumQ)));
        TSimd.Store(target + targetStep, TSimd.MultiplyAdd(TSimd.Broadcast(Q), differenceQ, TSimd.Multiply(TSimd.Broadcast(P), differenceP)));
        TSimd.Store(target + 2 * targetStep, TSimd.MultiplyAdd(TSimd.Broadcast(Q * Q), sumQ, TSimd.Multiply(TSimd.Broadcast(P * P), sumP)));
        var last = TSimd.MultiplyAdd(TSimd.Broadcast(P * P * P), differenceP, TSimd.Load(source + 5 * step));
        TSimd.Store(target + 3 * targetStep, TSimd.MultiplyAdd(TSimd.Broadcast(Q * Q * Q), differenceQ, last));
    }
}
