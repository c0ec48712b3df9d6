using System.Buffers;
using System.IO.Compression;
using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>
/// The zip archive that torch.save writes: <c>NAME/data.pkl</c>, <c>NAME/data/KEY</c> for each storage, and a few small records.
/// Nothing is ever extracted; names are only compared.
/// </summary>
internal sealed class TorchArchive : ITorchStorages
{
    private const string PickleSuffix = "/data.pkl";
    private const string ByteOrder = "byteorder";
    private const int ChecksumBuffer = 1 << 17;

    private readonly WeightStream _file;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TorchRecord> _records = new(StringComparer.Ordinal);
    private readonly string _root;

    private TorchArchive(WeightStream file, IEnumerable<ZipArchiveEntry> entries)
    {
        _file = file;
        foreach (var entry in entries)
            if (!_entries.TryAdd(entry.FullName, entry))
                throw new WeightsException(file.Path, "the archive has two records of this name.", entry.FullName);
        _root = FindRoot();
        CheckKind();
    }

    public bool IsBigEndian { get; private set; }

    public string Place => "in the archive";

    /// <summary>Reads the directory of the archive.</summary>
    public static TorchArchive Open(WeightStream file)
    {
        // The archive is left open: the file's owner closes the file, and there is nothing else to release.
        var entries = Guard(file, entry: null, () => new ZipArchive(file.Stream, ZipArchiveMode.Read, leaveOpen: true).Entries);
        return new TorchArchive(file, entries);
    }

    /// <summary>The pickle with the state dict. Its checksum is compared.</summary>
    public PickleSource Pickle()
    {
        var record = Record(_root + PickleSuffix);
        Verify(record);
        return new PickleSource(_file, record.Name, record.Start, record.Length);
    }

    public TorchRecord? Storage(string key)
    {
        var name = $"{_root}/data/{key}";
        return _entries.ContainsKey(name) ? Record(name) : null;
    }

    public void Verify(TorchRecord record)
    {
        // torch.serialization.set_crc32_options(False) leaves the field empty, and torch itself never looks at it.
        if (record.IsVerified || record.Crc == 0)
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(ChecksumBuffer);
        try
        {
            var crc = Crc32.Start();
            for (var at = 0L; at < record.Length; at += ChecksumBuffer)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(ChecksumBuffer, record.Length - at));
                _file.Read(part, record.Start + at, record.Name);
                crc.Append(part);
            }
            if (crc.Value != record.Crc)
            {
                throw new WeightsException(
                    _file.Path,
                    $"the checksum of its {record.Length} bytes is {crc.Value:x8}, the archive says {record.Crc:x8}. "
                        + "The file is damaged: get it again.",
                    record.Name,
                    record.Start);
            }
            record.IsVerified = true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void CheckDisjoint()
    {
        var end = 0L;
        foreach (var record in _records.Values.Where(record => record.Length > 0).OrderBy(record => record.Start))
        {
            if (record.Start < end)
                throw new WeightsException(_file.Path, "the record shares bytes with another one.", record.Name, record.Start);
            end = record.Start + record.Length;
        }
    }

    private TorchRecord Record(string name)
    {
        if (!_records.TryGetValue(name, out var record))
            _records.Add(name, record = Locate(_entries[name]));
        return record;
    }

    /// <summary>
    /// Finds where a stored record's bytes lie. ZipArchive does not say, and its streams cannot seek; but after one byte of a stored record the file
    /// stands one byte into it. (Of a compressed record it would stand elsewhere; those are refused, and the checksum would tell.)
    /// </summary>
    private TorchRecord Locate(ZipArchiveEntry entry)
    {
        var length = entry.Length;
        if (entry.IsEncrypted || length != entry.CompressedLength)
        {
            throw new WeightsException(
                _file.Path,
                $"the record is {(entry.IsEncrypted ? "encrypted" : "compressed")}; torch.save stores plain bytes. "
                    + "Unpack the archive and pack it again without (zip -0), or save it again with torch.save.",
                entry.FullName);
        }
        if (length == 0)
            return new TorchRecord(entry.FullName, 0, 0, entry.Crc32);
        Span<byte> first = stackalloc byte[1];
        using var stream = Guard(_file, entry.FullName, entry.Open);
        var start = ReadFirst(stream, entry.FullName);
        if (start < 0 || start > _file.Length - length)
        {
            throw new WeightsException(
                _file.Path,
                Invariant($"the record's {length} bytes end beyond the file's {_file.Length}. The file is truncated."),
                entry.FullName,
                start);
        }
        return new TorchRecord(entry.FullName, start, length, entry.Crc32);
    }

    private long ReadFirst(Stream stream, string entry) => Guard(_file, entry, () =>
    {
        if (stream.ReadByte() < 0)
            throw new InvalidDataException("The record is empty.");
        return _file.Stream.Position - 1;
    });

    private string FindRoot()
    {
        // One folder deep: another data.pkl may be part of what was saved.
        var pickles = _entries.Keys
            .Where(name => name.EndsWith(PickleSuffix, StringComparison.Ordinal) && name.IndexOf('/') == name.Length - PickleSuffix.Length)
            .ToList();
        return pickles is [var only]
            ? only[..^PickleSuffix.Length]
            : throw new WeightsException(
                _file.Path,
                $"expected one record NAME/data.pkl among the archive's {_entries.Count}, found {pickles.Count}. "
                    + "This is no file that torch.save wrote.");
    }

    private void CheckKind()
    {
        if (_entries.Keys.FirstOrDefault(IsCode) is { } code)
        {
            throw new WeightsException(
                _file.Path,
                "this is a TorchScript archive, which holds a program. In Python, save its weights alone: "
                    + "torch.save(torch.jit.load(path).state_dict(), new_path).",
                code);
        }
        if (!_entries.ContainsKey($"{_root}/{ByteOrder}"))
            return;
        var record = Record($"{_root}/{ByteOrder}");
        Span<byte> order = stackalloc byte[(int)Math.Min(record.Length, 16)];
        _file.Read(order, record.Start, record.Name);
        IsBigEndian = order.SequenceEqual("big"u8);
        if (!IsBigEndian && !order.SequenceEqual("little"u8))
        {
            throw new WeightsException(
                _file.Path,
                "the byte order is neither 'little' nor 'big'. The file is damaged.",
                record.Name,
                record.Start);
        }
    }

    private bool IsCode(string name) => name == $"{_root}/constants.pkl" || name.StartsWith($"{_root}/code/", StringComparison.Ordinal);

    /// <summary>Turns what ZipArchive throws at a damaged archive into an exception that names the file.</summary>
    private static T Guard<T>(WeightStream file, string? entry, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException)
        {
            // ZipArchive does not say where. An archive is read from its end, and that is what a truncated one lacks.
            throw new WeightsException(file.Path, $"the zip archive is damaged or truncated: {e.Message}", entry, file.Length, e);
        }
    }
}
