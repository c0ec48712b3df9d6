using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Blockwright.Runtime.Tests.Weights;

/// <summary>Builds the archives that torch.save writes, and broken ones.</summary>
internal static class TorchFiles
{
    private const uint CentralHeader = 0x02014b50;
    private const int CentralHeaderLength = 46;

    /// <summary>An archive of stored records.</summary>
    public static byte[] Zip(params (string Name, byte[] Bytes)[] records) => Zip(CompressionLevel.NoCompression, records);

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] records)
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, bytes) in records)
            {
                using var record = zip.CreateEntry(name, level).Open();
                record.Write(bytes);
            }
        return file.ToArray();
    }

    /// <summary>What torch.save writes: the pickle, the byte order, the storages and the version.</summary>
    public static byte[] Archive(byte[] pickle, params (string Key, byte[] Bytes)[] storages) => Zip(
    [
        ("archive/data.pkl", pickle),
        ("archive/byteorder", "little"u8.ToArray()),
        .. storages.Select(storage => ($"archive/data/{storage.Key}", storage.Bytes)),
        ("archive/version", "3\n"u8.ToArray()),
    ]);

    public static byte[] Floats(params ReadOnlySpan<float> values) => MemoryMarshal.AsBytes(values).ToArray();

    /// <summary>Two tensors and a counter, one of them with strides, as a state dict.</summary>
    public static byte[] Small() => Archive(
        PickleWriter.Start().OrderedDict().Op('(')
            .Text("fc.weight").Tensor("FloatStorage", "0", 6, 0, [3, 2], [1, 3])
            .Text("fc.bias").Tensor("HalfStorage", "1", 3, 1, [2], [1])
            .Text("bn.num_batches_tracked").Tensor("LongStorage", "2", 1, 0, [], [])
            .Op('u').Stop(),
        ("0", Floats(1, 2, 3, 4, 5, 6)),
        ("1", [0, 0, 0, 0x3c, 0, 0x40]),
        ("2", [7, 0, 0, 0, 0, 0, 0, 0]));

    /// <summary>The same archive with empty checksums, as torch.serialization.set_crc32_options(False) writes it: damage gets past the checksums.</summary>
    public static byte[] WithoutChecksums(byte[] archive) => EachCentralHeader(archive, header => header.Slice(16, 4).Clear());

    /// <summary>Changes each record's header in the archive's directory.</summary>
    public static byte[] EachCentralHeader(byte[] archive, SpanAction change)
    {
        var copy = archive.ToArray();
        for (var i = 0; i + CentralHeaderLength <= copy.Length; i++)
            if (BinaryPrimitives.ReadUInt32LittleEndian(copy.AsSpan(i)) == CentralHeader)
                change(copy.AsSpan(i));
        return copy;
    }

    public delegate void SpanAction(Span<byte> header);
}
