using System.Buffers.Binary;
using System.Numerics;
using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>
/// What torch.save wrote before PyTorch 1.6, and still writes with <c>_use_new_zipfile_serialization=False</c>: pickles of a magic number, the format's
/// version, the machine, what was saved and the keys of the storages; then, for each key, the number of elements and their bytes.
/// </summary>
/// <remarks>
/// torch/serialization.py's _legacy_save and _legacy_load, and writeFileRaw in torch/csrc/serialization.cpp: the elements are little-endian whatever the
/// machine was, and what the file says of the machine is read past.
/// </remarks>
internal sealed class LegacyTorchFile : ITorchStorages
{
    private const long Version = 1001;

    private static readonly byte[] MagicBytes = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

    // Of protocols 0 and 1.
    private static readonly byte[] MagicLine = [.. "L119547037146038801333356L\n"u8];

    private static readonly BigInteger Magic = new(MagicBytes);

    private readonly WeightStream _file;
    private readonly Dictionary<string, TorchRecord> _storages = new(StringComparer.Ordinal);

    private LegacyTorchFile(WeightStream file)
    {
        _file = file;
        Pickle = new PickleSource(file, null, 0, file.Length);
    }

    public bool IsBigEndian => false;

    public string Place => "in the file";

    /// <summary>Where the pickles stand: from the start of the file.</summary>
    public PickleSource Pickle { get; }

    /// <summary>What was saved.</summary>
    public object? Content { get; private set; }

    /// <summary>Whether the file starts with a pickle of torch/serialization.py's MAGIC_NUMBER, of any protocol.</summary>
    public static bool IsOne(WeightStream file)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(file.Length, 32)];
        file.Read(start, 0, entry: null);
        return (start is [0x80, ..] && start.IndexOf(MagicBytes) > 0) || start.StartsWith(MagicLine);
    }

    /// <summary>Reads the pickles, and where each storage lies.</summary>
    public static LegacyTorchFile Open(WeightStream file)
    {
        var legacy = new LegacyTorchFile(file);
        legacy.Read();
        return legacy;
    }

    public TorchRecord? Storage(string key) => _storages.GetValueOrDefault(key);

    public void Verify(TorchRecord record)
    {
        // The format has no checksums.
    }

    public void CheckDisjoint()
    {
        // Each storage was found behind the one before it.
    }

    private void Read()
    {
        var cursor = new PickleCursor(Pickle);
        if (PickleReader.Read(cursor) is not BigInteger magic || magic != Magic)
            throw Pickle.Fault("expected the magic number of torch.save. The file is damaged.");
        if (PickleReader.Read(cursor) is not Version)
            throw cursor.Fault($"expected version {Version} of torch.save's older format. The file is damaged.");
        PickleReader.Read(cursor);
        Content = PickleReader.Read(cursor, out var storages);
        if (PickleReader.Read(cursor) is not PickleList { Items: var keys })
            throw cursor.Fault("expected the list of the storages' keys. The file is damaged.");
        var at = cursor.Position;
        foreach (var key in keys)
            at = key is string name
                ? Locate(name, storages, at)
                : throw cursor.Fault($"a storage's key is {PickleValue.Describe(key)}; expected a text. The file is damaged.");
    }

    /// <summary>Finds out where a storage's bytes lie, and where the next one's number of elements stands.</summary>
    private long Locate(string key, IReadOnlyDictionary<string, PickleStorage> storages, long at)
    {
        if (!storages.TryGetValue(key, out var storage))
            throw Fault(key, at, "no tensor names it. The file is damaged.");
        Span<byte> number = stackalloc byte[sizeof(long)];
        _file.Read(number, at, $"storage {key}");
        // A big-endian machine with a PyTorch of before 1.3 wrote this number, and no other, with the highest byte first.
        var count = BinaryPrimitives.ReadInt64LittleEndian(number);
        if (count != storage.Length && BinaryPrimitives.ReverseEndianness(count) != storage.Length)
            throw Fault(key, at, Invariant($"it has {count} elements, but the pickle says {storage.Length}. The file is damaged."));
        var size = storage.Class.ElementSize;
        if (size == 0)
            throw Fault(key, at, $"it is of class {WeightsException.Show(storage.Class.Name)}, whose length is not known. In Python, save without it.");
        var start = at + number.Length;
        if (!CheckedMath.TryMultiply(storage.Length, size, out var length) || length > _file.Length - start)
            throw Fault(key, start, Invariant($"its {storage.Length} elements of {size} bytes end beyond the file's {_file.Length}. The file is truncated."));
        if (!_storages.TryAdd(key, new TorchRecord($"storage {key}", start, length, crc: 0)))
            throw Fault(key, at, "the file has it twice. The file is damaged.");
        return start + length;
    }

    private WeightsException Fault(string key, long at, string problem) => Pickle.Fault(problem, $"storage {key}", at);
}
