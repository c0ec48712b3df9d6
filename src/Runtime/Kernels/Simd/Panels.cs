using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Blockwright.Kernels.Simd;

/// <summary>
/// The output channels that one matrix-multiplication tile computes side by side: a few registers that are treated as one.
/// </summary>
/// <typeparam name="TSelf">The panel itself, a struct of registers.</typeparam>
internal unsafe interface IPanel<TSelf> where TSelf : unmanaged, IPanel<TSelf>
{
    /// <summary>The output channels of a panel.</summary>
    static abstract int Lanes { get; }

    static abstract TSelf Load(float* source);

    static abstract void Store(float* destination, in TSelf value);

    /// <summary>weights * activation + accumulator, the activation being one float for all lanes.</summary>
    static abstract TSelf MultiplyAdd(TSelf weights, float* activation, TSelf accumulator);

    static abstract TSelf Add(TSelf left, TSelf right);

    /// <summary>Each value, or the bound where that is greater.</summary>
    static abstract TSelf AtLeast(TSelf value, float* bound);

    /// <summary>Each value, or the bound where that is lesser.</summary>
    static abstract TSelf AtMost(TSelf value, float* bound);
}

/// <summary>One register.</summary>
internal unsafe struct Panel1<TSimd, TVector> : IPanel<Panel1<TSimd, TVector>>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private TVector _a;

    public static int Lanes => TSimd.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel1<TSimd, TVector> Load(float* source) => new() { _a = TSimd.Load(source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, in Panel1<TSimd, TVector> value) => TSimd.Store(destination, value._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel1<TSimd, TVector> MultiplyAdd(Panel1<TSimd, TVector> weights, float* activation, Panel1<TSimd, TVector> accumulator) =>
        new() { _a = TSimd.MultiplyAdd(weights._a, TSimd.Broadcast(activation), accumulator._a) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel1<TSimd, TVector> Add(Panel1<TSimd, TVector> left, Panel1<TSimd, TVector> right) =>
        new() { _a = TSimd.Add(left._a, right._a) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel1<TSimd, TVector> AtLeast(Panel1<TSimd, TVector> value, float* bound) => new() { _a = TSimd.AtLeast(value._a, TSimd.Broadcast(bound)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel1<TSimd, TVector> AtMost(Panel1<TSimd, TVector> value, float* bound) => new() { _a = TSimd.AtMost(value._a, TSimd.Broadcast(bound)) };
}

/// <summary>Two registers.</summary>
internal unsafe struct Panel2<TSimd, TVector> : IPanel<Panel2<TSimd, TVector>>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private TVector _a;
    private TVector _b;

    public static int Lanes => 2 * TSimd.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel2<TSimd, TVector> Load(float* source) =>
        new() { _a = TSimd.Load(source), _b = TSimd.Load(source + TSimd.Lanes) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, in Panel2<TSimd, TVector> value)
    {
        TSimd.Store(destination, value._a);
        TSimd.Store(destination + TSimd.Lanes, value._b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel2<TSimd, TVector> MultiplyAdd(Panel2<TSimd, TVector> weights, float* activation, Panel2<TSimd, TVector> accumulator)
    {
        var all = TSimd.Broadcast(activation);
        return new() { _a = TSimd.MultiplyAdd(weights._a, all, accumulator._a), _b = TSimd.MultiplyAdd(weights._b, all, accumulator._b) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel2<TSimd, TVector> Add(Panel2<TSimd, TVector> left, Panel2<TSimd, TVector> right) =>
        new() { _a = TSimd.Add(left._a, right._a), _b = TSimd.Add(left._b, right._b) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel2<TSimd, TVector> AtLeast(Panel2<TSimd, TVector> value, float* bound)
    {
        var all = TSimd.Broadcast(bound);
        return new() { _a = TSimd.AtLeast(value._a, all), _b = TSimd.AtLeast(value._b, all) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel2<TSimd, TVector> AtMost(Panel2<TSimd, TVector> value, float* bound)
    {
        var all = TSimd.Broadcast(bound);
        return new() { _a = TSimd.AtMost(value._a, all), _b = TSimd.AtMost(value._b, all) };
    }
}

/// <summary>Three registers.</summary>
internal unsafe struct Panel3<TSimd, TVector> : IPanel<Panel3<TSimd, TVector>>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private TVector _a;
    private TVector _b;
    private TVector _c;

    public static int Lanes => 3 * TSimd.Lanes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel3<TSimd, TVector> Load(float* source) => new()
    {
        _a = TSimd.Load(source),
        _b = TSimd.Load(source + TSimd.Lanes),
        _c = TSimd.Load(source + 2 * TSimd.Lanes),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, in Panel3<TSimd, TVector> value)
    {
        TSimd.Store(destination, value._a);
        TSimd.Store(destination + TSimd.Lanes, value._b);
        TSimd.Store(destination + 2 * TSimd.Lanes, value._c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel3<TSimd, TVector> MultiplyAdd(Panel3<TSimd, TVector> weights, float* activation, Panel3<TSimd, TVector> accumulator)
    {
        var all = TSimd.Broadcast(activation);
        return new()
        {
            _a = TSimd.MultiplyAdd(weights._a, all, accumulator._a),
            _b = TSimd.MultiplyAdd(weights._b, all, accumulator._b),
            _c = TSimd.MultiplyAdd(weights._c, all, accumulator._c),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel3<TSimd, TVector> Add(Panel3<TSimd, TVector> left, Panel3<TSimd, TVector> right) => new()
    {
        _a = TSimd.Add(left._a, right._a),
        _b = TSimd.Add(left._b, right._b),
        _c = TSimd.Add(left._c, right._c),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel3<TSimd, TVector> AtLeast(Panel3<TSimd, TVector> value, float* bound)
    {
        var all = TSimd.Broadcast(bound);
        return new() { _a = TSimd.AtLeast(value._a, all), _b = TSimd.AtLeast(value._b, all), _c = TSimd.AtLeast(value._c, all) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Panel3<TSimd, TVector> AtMost(Panel3<TSimd, TVector> value, float* bound)
    {
        var all = TSimd.Broadcast(bound);
        return new() { _a = TSimd.AtMost(value._a, all), _b = TSimd.AtMost(value._b, all), _c = TSimd.AtMost(value._c, all) };
    }
}

/// <summary>
/// A 512-bit register and a 256-bit one: 24 channels. Where the hardware splits 512-bit operations in two, the half costs half;
/// channel counts such as 116 and 232 leave a rest of at most 8 channels beyond whole registers.
/// </summary>
internal unsafe struct PanelOneAndHalf : IPanel<PanelOneAndHalf>
{
    private Vector512<float> _a;
    private Vector256<float> _b;

    public static int Lanes => 24;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PanelOneAndHalf Load(float* source) => new() { _a = Simd512.Load(source), _b = Simd256.Load(source + 16) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, in PanelOneAndHalf value)
    {
        Simd512.Store(destination, value._a);
        Simd256.Store(destination + 16, value._b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PanelOneAndHalf MultiplyAdd(PanelOneAndHalf weights, float* activation, PanelOneAndHalf accumulator)
    {
        var all = Simd512.Broadcast(activation);
        return new() { _a = Simd512.MultiplyAdd(weights._a, all, accumulator._a), _b = Simd256.MultiplyAdd(weights._b, all.GetLower(), accumulator._b) };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PanelOneAndHalf Add(PanelOneAndHalf left, PanelOneAndHalf right) =>
        new() { _a = Simd512.Add(left._a, right._a), _b = Simd256.Add(left._b, right._b) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PanelOneAndHalf AtLeast(PanelOneAndHalf value, float* bound) =>
        new() { _a = Simd512.AtLeast(value._a, Simd512.Broadcast(bound)), _b = Simd256.AtLeast(value._b, Simd256.Broadcast(bound)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PanelOneAndHalf AtMost(PanelOneAndHalf value, float* bound) =>
        new() { _a = Simd512.AtMost(value._a, Simd512.Broadcast(bound)), _b = Simd256.AtMost(value._b, Simd256.Broadcast(bound)) };
}
