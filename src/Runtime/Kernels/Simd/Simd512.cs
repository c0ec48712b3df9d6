using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Blockwright.Kernels.Simd;

/// <summary>AVX-512.</summary>
/// <remarks>
/// Max and Min are the bare instructions: they return their second operand when one is NaN, which keeps a NaN value and
/// costs one instruction. The cross-platform ones cost three, slow ones.
/// </remarks>
internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    // Without an exception for what is rounded.
    private const byte RoundDown = 9;

    public static int Lanes => 16;

    public static int Registers => 32;

    public static Vector512<float> Zero => Vector512<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Avx512F.LoadVector512(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, Vector512<float> value) => Avx512F.Store(destination, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float* source) => Vector512.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => Avx512F.Add(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> left, Vector512<float> right) => Avx512F.Subtract(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> left, Vector512<float> right) => Avx512F.Multiply(left, right);

    /// <summary>By the reciprocal to 14 bits and a step of Newton's: a division of whole registers takes longer than all else that a formula does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> left, Vector512<float> right)
    {
        var reciprocal = Avx512F.Reciprocal14(right);
        var rest = Avx512F.FusedMultiplyAddNegated(right, reciprocal, Vector512.Create(1f));
        return Avx512F.Multiply(left, Avx512F.FusedMultiplyAdd(reciprocal, rest, reciprocal));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> DivideByPositive(Vector512<float> left, Vector512<float> right)
    {
        var one = Vector512.Create(1f);
        var reciprocal = Avx512F.Reciprocal14(right);
        // Infinity times its reciprocal is NaN, for which Min returns its second operand: the reciprocal stays 0.
        var rest = Avx512F.Min(Avx512F.FusedMultiplyAddNegated(right, reciprocal, one), one);
        return Avx512F.Multiply(left, Avx512F.FusedMultiplyAdd(reciprocal, rest, reciprocal));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Absolute(Vector512<float> value) => Vector512.Abs(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> addend) =>
        Avx512F.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AtLeast(Vector512<float> value, Vector512<float> bound) => Avx512F.Max(bound, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> AtMost(Vector512<float> value, Vector512<float> bound) => Avx512F.Min(bound, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Maximum(Vector512<float> left, Vector512<float> right) =>
        Avx512F.BlendVariable(Avx512F.Max(left, right), left, Avx512F.CompareUnordered(left, left));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MaximumOfNumbers(Vector512<float> left, Vector512<float> right) => Avx512F.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> value) => Vector512.Sum(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAnyNaN(Vector512<float> value) => !Vector512.EqualsAll(value, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SelectPositive(Vector512<float> value, Vector512<float> positive, Vector512<float> otherwise) =>
        // This way round a multiplication that makes the other value is one instruction with the choice.
        Vector512.ConditionalSelect(Avx512F.CompareNotGreaterThan(value, Vector512<float>.Zero), otherwise, positive);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pick(Vector512<float> value, Vector512<float> places) => Avx512F.PermuteVar16x32(value, places.AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Scale(Vector512<float> value, Vector512<float> exponent) => Avx512F.Scale(value, exponent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToExponent(Vector512<float> value) => value;

    /// <summary>Of an infinity it is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Fraction(Vector512<float> exponent) => Avx512DQ.Reduce(exponent, RoundDown);

    /// <summary>The instruction takes the exponent's floor itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ScaleByFloor(Vector512<float> value, Vector512<float> exponent) => Avx512F.Scale(value, exponent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exponent(Vector512<float> value) => Avx512F.GetExponent(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Lookup(float* table, Vector512<float> places) =>
        Avx512F.PermuteVar16x32x2(Avx512F.LoadVector512(table), places.AsInt32(), Avx512F.LoadVector512(table + 16));
}
