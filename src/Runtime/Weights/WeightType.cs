using Blockwright.Weights;

namespace Blockwright;

/// <summary>
/// The element type of an entry of a file of weights. All are stored little-endian.
/// The members stand in the order of the safetensors format's own types, from the least aligned to the most.
/// </summary>
public enum WeightType
{
    /// <summary>One byte, 0 or 1. <c>BOOL</c> in safetensors, <c>torch.bool</c>.</summary>
    Bool,

    /// <summary>Unsigned, 8 bits. <c>U8</c>, <c>torch.uint8</c>.</summary>
    UInt8,

    /// <summary>Signed, 8 bits. <c>I8</c>, <c>torch.int8</c>.</summary>
    Int8,

    /// <summary>Signed, 16 bits. <c>I16</c>, <c>torch.int16</c>.</summary>
    Int16,

    /// <summary>IEEE 754 binary16. <c>F16</c>, <c>torch.float16</c>.</summary>
    Float16,

    /// <summary>The upper half of an IEEE 754 binary32. <c>BF16</c>, <c>torch.bfloat16</c>.</summary>
    BFloat16,

    /// <summary>Signed, 32 bits. <c>I32</c>, <c>torch.int32</c>.</summary>
    Int32,

    /// <summary>IEEE 754 binary32. <c>F32</c>, <c>torch.float32</c>.</summary>
    Float32,

    /// <summary>IEEE 754 binary64. <c>F64</c>, <c>torch.float64</c>.</summary>
    Float64,

    /// <summary>Signed, 64 bits. <c>I64</c>, <c>torch.int64</c>.</summary>
    Int64,
}

/// <summary>What follows from a <see cref="WeightType"/>.</summary>
public static class WeightTypes
{
    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is no member of <see cref="WeightType"/>.</exception>
    public static int ElementSize(this WeightType type) => type switch
    {
        WeightType.Bool or WeightType.UInt8 or WeightType.Int8 => 1,
        WeightType.Int16 or WeightType.Float16 or WeightType.BFloat16 => 2,
        WeightType.Int32 or WeightType.Float32 => 4,
        WeightType.Float64 or WeightType.Int64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a WeightType."),
    };

    /// <summary>The type's name in the safetensors format, such as <c>F32</c>.</summary>
    /// <param name="type">The element type.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is no member of <see cref="WeightType"/>.</exception>
    public static string SafetensorsName(this WeightType type) => type switch
    {
        WeightType.Bool => "BOOL",
        WeightType.UInt8 => "U8",
        WeightType.Int8 => "I8",
        WeightType.Int16 => "I16",
        WeightType.Float16 => "F16",
        WeightType.BFloat16 => "BF16",
        WeightType.Int32 => "I32",
        WeightType.Float32 => "F32",
        WeightType.Float64 => "F64",
        WeightType.Int64 => "I64",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a WeightType."),
    };

    /// <summary>The type that safetensors calls so; null for the types that Blockwright does not read (8-bit floats and the like).</summary>
    internal static WeightType? FromSafetensorsName(string name)
    {
        foreach (var type in Enum.GetValues<WeightType>())
            if (type.SafetensorsName() == name)
                return type;
        return null;
    }

    /// <summary>Bytes of a tensor of this type and shape; false if a dimension is negative or the product is beyond 63 bits.</summary>
    internal static bool TryByteLength(this WeightType type, ReadOnlySpan<long> shape, out long count, out long bytes)
    {
        bytes = 0;
        return CheckedMath.TryProduct(shape, out count) && CheckedMath.TryMultiply(count, type.ElementSize(), out bytes);
    }
}
