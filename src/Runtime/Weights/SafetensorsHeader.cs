using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>An entry as a safetensors header declares it.</summary>
/// <param name="Name">The key.</param>
/// <param name="Type">The element type; null if it is one that is not read.</param>
/// <param name="Dtype">The element type as the header says it.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="Count">The product of the dimensions.</param>
/// <param name="Begin">First byte, counted from the end of the header.</param>
/// <param name="End">The byte after the last, counted from the end of the header.</param>
/// <param name="Declared">Where in the file the declaration stands.</param>
internal sealed record SafetensorsHeaderEntry(string Name, WeightType? Type, string Dtype, long[] Shape, long Count, long Begin, long End, long Declared);

/// <summary>The header of a safetensors file, and the rules that bind its entries together.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Where the header's JSON starts, after the eight bytes of its length.</summary>
    public const long Start = 8;

    /// <summary>The longest header, in bytes, that the format's reference implementation reads.</summary>
    public const long LongestHeader = 100_000_000;

    /// <summary>The key that is no tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>The text that a snapshot's file has: whose it is.</summary>
    public const string SnapshotKey = "blockwright.network";

    private readonly string _path;

    public SafetensorsHeader(string path, List<SafetensorsHeaderEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        _path = path;
        Entries = entries;
        Metadata = metadata;
    }

    /// <summary>In the order of the header.</summary>
    public List<SafetensorsHeaderEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Parses the JSON. Each entry is checked by itself; <see cref="CheckLayout"/> checks them together.</summary>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string path) => new SafetensorsHeaderParser(json, path).Parse();

    /// <summary>Each byte after the header belongs to exactly one entry.</summary>
    public void CheckLayout(long dataStart, long fileLength)
    {
        var end = 0L;
        SafetensorsHeaderEntry? before = null;
        var sorted = Entries.ToArray();
        Array.Sort(sorted, static (one, other) => one.Begin != other.Begin ? one.Begin.CompareTo(other.Begin) : one.End.CompareTo(other.End));
        foreach (var entry in sorted)
        {
            if (entry.Begin < end)
                throw Fault(entry, Invariant($"its bytes {entry.Begin} to {entry.End} overlap those of '{WeightsException.Show(before!.Name)}', which end at {end}."));
            if (entry.Begin > end)
                throw Fault(entry, Invariant($"its bytes start at {entry.Begin}, but the bytes before it end at {end}: the format allows no holes."));
            if (entry.End > fileLength - dataStart)
                throw Fault(entry, Invariant($"its bytes end at {entry.End}, but {fileLength - dataStart} bytes follow the header. The file is truncated."));
            end = entry.End;
            before = entry;
        }
        if (end != fileLength - dataStart)
        {
            throw new WeightsException(
                _path,
                Invariant($"the last entry ends here, but {fileLength - dataStart - end} more bytes follow that belong to no entry."),
                offset: dataStart + end);
        }
    }

    private WeightsException Fault(SafetensorsHeaderEntry entry, string problem) => new(_path, problem, entry.Name, entry.Declared);
}
