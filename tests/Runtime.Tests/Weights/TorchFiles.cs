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

    /// <summary>A record of an archive.</summary>
    public static byte[] Record(byte[] archive, string name) => Records(archive).Single(record => record.Name.EndsWith(name, StringComparison.Ordinal)).Bytes;

    /// <summary>The archive with another content of one record.</summary>
    public static byte[] Replace(byte[] archive, string name, byte[] content)
        => Zip([.. Records(archive).Select(record => (record.Name, record.Name.EndsWith(name, StringComparison.Ordinal) ? content : record.Bytes))]);

    /// <summary>What torch.save wrote before PyTorch 1.6.</summary>
    /// <param name="pickle">What was saved.</param>
    /// <param name="storages">Key, number of elements and bytes of each storage.</param>
    public static byte[] Legacy(byte[] pickle, params (string Key, long Length, byte[] Bytes)[] storages)
    {
        var keys = PickleWriter.Start().Op(']', '(');
        foreach (var (key, _, _) in storages)
            keys.Text(key);
        return
        [
            .. LegacyMagic, .. PickleWriter.Start().Int(1001).Stop(), .. PickleWriter.Start().Op('}').Text("little_endian").Bool(true).Op('s').Stop(), .. pickle, .. keys.Op('e').Stop(),
            .. storages.SelectMany(storage => (byte[])[.. BitConverter.GetBytes(storage.Length), .. storage.Bytes]),
        ];
    }

    /// <summary>The pickle of the number that torch/serialization.py calls MAGIC_NUMBER.</summary>
    public static byte[] LegacyMagic => [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

    /// <summary>The same three tensors as <see cref="Small"/>, in the older format.</summary>
    public static byte[] SmallLegacy() => Legacy(
        SmallPickle(),
        ("0", 6, Floats(1, 2, 3, 4, 5, 6)),
        ("1", 3, [0, 0, 0, 0x3c, 0, 0x40]),
        ("2", 1, [7, 0, 0, 0, 0, 0, 0, 0]));

    public static byte[] Floats(params ReadOnlySpan<float> values) => MemoryMarshal.AsBytes(values).ToArray();

    /// <summary>Two tensors and a counter, one of them with strides, as a state dict.</summary>
    public static byte[] Small() => Archive(
        SmallPickle(),
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

    private static IEnumerable<(string Name, byte[] Bytes)> Records(byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));
        foreach (var entry in zip.Entries)
        {
            var bytes = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(bytes);
            yield return (entry.FullName, bytes);
        }
    }

    private static byte[] SmallPickle() => PickleWriter.Start().OrderedDict().Op('(')
        .Text("fc.weight").Tensor("FloatStorage", "0", 6, 0, [3, 2], [1, 3])
        .Text("fc.bias").Tensor("HalfStorage", "1", 3, 1, [2], [1])
        .Text("bn.num_batches_tracked").Tensor("LongStorage", "2", 1, 0, [], [])
        .Op('u').Stop();

    public delegate void SpanAction(Span<byte> header);
}
