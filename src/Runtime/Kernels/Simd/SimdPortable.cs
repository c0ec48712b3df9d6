using System.Numerics;
using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary><see cref="Vector{T}"/>, for machines that the other sets do not cover.</summary>
internal readonly unsafe struct SimdPortable : ISimd<Vector<float>>
{
    public static int Lanes => Vector<float>.Count;

    public static int Registers => 16;

    public static Vector<float> Zero => Vector<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(float* source) => Vector.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Vector<float> value) => Vector.Store(value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Broadcast(float value) => Vector.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Broadcast(float* source) => Vector.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Add(Vector<float> left, Vector<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Subtract(Vector<float> left, Vector<float> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Multiply(Vector<float> left, Vector<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Divide(Vector<float> left, Vector<float> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> DivideByPositive(Vector<float> left, Vector<float> right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Absolute(Vector<float> value) => Vector.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> MultiplyAdd(Vector<float> left, Vector<float> right, Vector<float> addend) =>
        Vector.MultiplyAddEstimate(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> AtLeast(Vector<float> value, Vector<float> bound) => Vector.Max(value, bound);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> AtMost(Vector<float> value, Vector<float> bound) => Vector.Min(value, bound);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Maximum(Vector<float> left, Vector<float> right) => Vector.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> MaximumOfNumbers(Vector<float> left, Vector<float> right) => Vector.MaxNative(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector<float> value) => Vector.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAnyNaN(Vector<float> value) => !Vector.EqualsAll(value, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> SelectPositive(Vector<float> value, Vector<float> positive, Vector<float> otherwise) =>
        Vector.ConditionalSelect(Vector.GreaterThan(value, Vector<float>.Zero), positive, otherwise);

    /// <summary>Vector&lt;T&gt; has no shuffle: <see cref="PackedDepthwise.Fits(InstructionSet, int)"/> says so.</summary>
    public static Vector<float> Pick(Vector<float> value, Vector<float> places) => throw new NotSupportedException("Vector<T> has no shuffle.");

    /// <summary>By two halves, since 2^exponent itself may be no float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Scale(Vector<float> value, Vector<float> exponent)
    {
        var whole = Vector.ConvertToInt32Native(exponent);
        var half = whole >> 1;
        return value * PowerOfTwo(half) * PowerOfTwo(whole - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> ToExponent(Vector<float> value) => AtMost(AtLeast(value, Vector.Create(-200f)), Vector.Create(200f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Fraction(Vector<float> exponent) => exponent - Vector.Floor(exponent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> ScaleByFloor(Vector<float> value, Vector<float> exponent) => Scale(value, Vector.Floor(exponent));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exponent(Vector<float> value) => Vector.ConvertToSingle((Vector.AsVectorInt32(value) >> 23) - Vector.Create(127));

    public static Vector<float> Lookup(float* table, Vector<float> places) => throw new NotSupportedException("A table takes registers of 16 lanes.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<int> exponent) => Vector.AsVectorSingle((exponent + Vector.Create(127)) << 23);
}
