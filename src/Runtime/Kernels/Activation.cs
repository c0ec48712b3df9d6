using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;

namespace Blockwright.Kernels;

/// <summary>The functions that end an operation.</summary>
public enum ActivationKind
{
    /// <summary>x.</summary>
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, First), Second): ReLU6 and Hardtanh.</summary>
    Clamp,

    /// <summary>x where x &gt; 0, else First * x.</summary>
    LeakyRelu,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>x / (1 + exp(-x)).</summary>
    Silu,

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    Hardsigmoid,

    /// <summary>x * min(max(x + 3, 0), 6) / 6.</summary>
    Hardswish,
}

/// <summary>
/// A function applied to each element as an operation writes it. The formulas are libtorch's (aten/src/ATen/native/cpu/Activation.cpp), in its order of
/// operations, so that infinities and NaN come out as there.
/// </summary>
/// <param name="Kind">Which function.</param>
/// <param name="First">Its first parameter.</param>
/// <param name="Second">Its second parameter.</param>
public readonly record struct Activation(ActivationKind Kind, float First = 0, float Second = 0)
{
    /// <summary>x.</summary>
    public static Activation None => default;

    /// <summary>max(x, 0).</summary>
    public static Activation Relu => new(ActivationKind.Relu);

    /// <summary>min(max(x, 0), 6).</summary>
    public static Activation Relu6 => Clamp(0, 6);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public static Activation Sigmoid => new(ActivationKind.Sigmoid);

    /// <summary>x / (1 + exp(-x)).</summary>
    public static Activation Silu => new(ActivationKind.Silu);

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    public static Activation Hardsigmoid => new(ActivationKind.Hardsigmoid);

    /// <summary>x * min(max(x + 3, 0), 6) / 6.</summary>
    public static Activation Hardswish => new(ActivationKind.Hardswish);

    /// <summary>min(max(x, least), greatest).</summary>
    public static Activation Clamp(float least, float greatest) => new(ActivationKind.Clamp, least, greatest);

    /// <summary>x where x &gt; 0, else slope * x.</summary>
    public static Activation LeakyRelu(float slope) => new(ActivationKind.LeakyRelu, slope);

    /// <summary>TEMPORARY</summary>
    public static Activation Named(string name, ReadOnlySpan<double> parameters) => name switch
    {
        "" => None,
        "ReLU" => Relu,
        "ReLU6" => Relu6,
        "LeakyReLU" => LeakyRelu((float)parameters[0]),
        "SiLU" => Silu,
        "Hardswish" => Hardswish,
        "Hardsigmoid" => Hardsigmoid,
        "Sigmoid" => Sigmoid,
        _ => throw new NotSupportedException(name),
    };

    /// <summary>Whether a tile can apply it while its results are still in registers.</summary>
    internal bool IsFree => Kind is ActivationKind.None or ActivationKind.Relu;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TVector Apply<TSimd, TVector>(TVector value)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        if (Kind == ActivationKind.None)
            return value;
        return Kind == ActivationKind.Relu ? TSimd.AtLeast(value, TSimd.Zero) : ApplyRare<TSimd, TVector>(value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private TVector ApplyRare<TSimd, TVector>(TVector value)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        switch (Kind)
        {
            case ActivationKind.Clamp:
                return TSimd.AtMost(TSimd.AtLeast(value, TSimd.Broadcast(First)), TSimd.Broadcast(Second));
            case ActivationKind.LeakyRelu:
                return TSimd.SelectPositive(value, value, TSimd.Multiply(value, TSimd.Broadcast(First)));
            case ActivationKind.Sigmoid:
                return TSimd.Divide(TSimd.Broadcast(1f), OnePlusExpOfMinus<TSimd, TVector>(value));
            case ActivationKind.Silu:
                return TSimd.Divide(value, OnePlusExpOfMinus<TSimd, TVector>(value));
            case ActivationKind.Hardsigmoid:
                return TSimd.Divide(ZeroToSix<TSimd, TVector>(value), TSimd.Broadcast(6f));
            case ActivationKind.Hardswish:
                return TSimd.Divide(TSimd.Multiply(value, ZeroToSix<TSimd, TVector>(value)), TSimd.Broadcast(6f));
            default:
                throw new InvalidOperationException($"No such activation: {Kind}.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OnePlusExpOfMinus<TSimd, TVector>(TVector value)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.Add(TSimd.Broadcast(1f), TSimd.Exp(TSimd.Multiply(value, TSimd.Broadcast(-1f))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ZeroToSix<TSimd, TVector>(TVector value)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged =>
        TSimd.AtMost(TSimd.AtLeast(TSimd.Add(value, TSimd.Broadcast(3f)), TSimd.Zero), TSimd.Broadcast(6f));
}
