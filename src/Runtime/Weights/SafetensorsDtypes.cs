namespace Blockwright.Weights;

/// <summary>The types of the safetensors format that are not read. Entries of them are passed over; their lengths are checked all the same.</summary>
internal static class SafetensorsDtypes
{
    /// <summary>Bits of one element of a type that is not read; null for a type that the format does not know.</summary>
    public static int? Bits(string dtype) => dtype switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "F8_E5M2" or "F8_E4M3" or "F8_E8M0" or "F8_E4M3FNUZ" or "F8_E5M2FNUZ" => 8,
        "U16" => 16,
        "U32" => 32,
        "U64" or "C64" => 64,
        _ => null,
    };

    /// <summary>Bytes of a tensor of whole bytes; false if it has none, or more than a file can.</summary>
    public static bool TryByteLength(int bits, ReadOnlySpan<long> shape, out long bytes)
    {
        bytes = 0;
        if (!CheckedMath.TryProduct(shape, out var count) || !CheckedMath.TryMultiply(count, bits, out var all) || all % 8 != 0)
            return false;
        bytes = all / 8;
        return true;
    }
}
