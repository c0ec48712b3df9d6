using System.Buffers.Binary;

namespace Blockwright.Weights;

/// <summary>
/// The checksum of zip records: CRC-32 with the reflected polynomial 0xEDB88320 (ISO 3309, ITU-T V.42). Eight bytes at a time by the
/// slicing method of Kounavis and Berry (Intel, 2005). .NET has it in a package of its own only, which is not worth a dependency.
/// </summary>
internal struct Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;
    private const int Values = 256;

    private static readonly uint[] Table = BuildTable();

    private uint _inverted;

    /// <summary>The checksum of all bytes so far.</summary>
    public readonly uint Value => _inverted ^ uint.MaxValue;

    public static Crc32 Start() => new() { _inverted = uint.MaxValue };

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = _inverted;
        var table = Table;
        while (bytes.Length >= Slices)
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[(7 * Values) + (byte)low] ^ table[(6 * Values) + (byte)(low >> 8)]
                ^ table[(5 * Values) + (byte)(low >> 16)] ^ table[(4 * Values) + (byte)(low >> 24)]
                ^ table[(3 * Values) + (byte)high] ^ table[(2 * Values) + (byte)(high >> 8)]
                ^ table[Values + (byte)(high >> 16)] ^ table[(byte)(high >> 24)];
            bytes = bytes[Slices..];
        }
        foreach (var value in bytes)
            crc = (crc >> 8) ^ table[(byte)(crc ^ value)];
        _inverted = crc;
    }

    /// <summary>Slice n holds what a byte contributes that n more bytes follow.</summary>
    private static uint[] BuildTable()
    {
        var table = new uint[Slices * Values];
        for (var value = 0; value < Values; value++)
        {
            var crc = (uint)value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            table[value] = crc;
        }
        for (var i = Values; i < table.Length; i++)
            table[i] = (table[i - Values] >> 8) ^ table[(byte)table[i - Values]];
        return table;
    }
}
