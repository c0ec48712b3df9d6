namespace Blockwright.Weights;

/// <summary>Plain bytes of a PyTorch file: a record of the zip archive, stored and not compressed, or a storage of the older format.</summary>
internal sealed class TorchRecord(string name, long start, long length, uint crc)
{
    public string Name { get; } = name;

    /// <summary>Where in the file its bytes start.</summary>
    public long Start { get; } = start;

    public long Length { get; } = length;

    public uint Crc { get; } = crc;

    /// <summary>Whether the checksum was compared already.</summary>
    public bool IsVerified { get; set; }
}
