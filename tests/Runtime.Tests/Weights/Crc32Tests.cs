using Blockwright.Weights;
using CsCheck;

namespace Blockwright.Runtime.Tests.Weights;

public class Crc32Tests
{
    [Fact]
    public void CheckValueOfTheStandard()
    {
        var crc = Crc32.Start();
        crc.Append("123456789"u8);

        Assert.Equal(0xCBF43926u, crc.Value);
    }

    [Fact]
    public void SlicesAgreeWithSingleBits() => Gen.Select(Gen.Byte.Array[0, 100], Gen.Int[0, 100]).Sample((bytes, cut) =>
    {
        var crc = Crc32.Start();
        crc.Append(bytes.AsSpan(0, Math.Min(cut, bytes.Length)));
        crc.Append(bytes.AsSpan(Math.Min(cut, bytes.Length)));

        Assert.Equal(BitByBit(bytes), crc.Value);
    }, iter: 2000);

    private static uint BitByBit(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
