using System.Buffers.Binary;
using Blockwright.Weights;
using static System.FormattableString;

namespace Blockwright;

/// <summary>
/// A <c>.safetensors</c> file: eight bytes with the length of a JSON header, the header, then the tensors without holes.
/// The format is that of https://github.com/huggingface/safetensors, and its rules are enforced. Needs no libtorch.
/// </summary>
public sealed class Safetensors : WeightFile
{
    private Safetensors(WeightStream file, SafetensorsHeader header, long dataStart)
        : base(file)
    {
        Metadata = header.Metadata;
        var entries = new List<WeightEntry>();
        var skipped = new List<SkippedEntry>();
        foreach (var entry in header.Entries)
            if (entry.Type is { } type)
                entries.Add(new SafetensorsEntry(file, entry, type, dataStart));
            else
                skipped.Add(new SkippedEntry(entry.Name, $"{WeightsException.Show(entry.Dtype)} [{entry.Shape.Joined(", ")}]", IsTensor: true));
        Fill(entries, skipped);
    }

    /// <summary>What the header says under <c>__metadata__</c>; empty if it says nothing.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// Opens a <c>.safetensors</c> file. Reads and checks the header only. Entries of types that are not read (8-bit floats and the like) are passed over:
    /// they stand in <see cref="WeightFile.Skipped"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="WeightsException">
    /// The header is longer than the file or than 100 MB, is no JSON, or names an entry twice; or the entries
    /// overlap, leave holes, end beyond the file or before its end, or have another length than their type and shape say.
    /// </exception>
    /// <exception cref="IOException">The file does not exist (<see cref="FileNotFoundException"/>) or could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a directory.</exception>
    public static Safetensors Open(string path) => OpenWith(path, Read);

    /// <summary>
    /// Writes a <c>.safetensors</c> file. It is written under another name beside the target, flushed, and moved over the target at the end:
    /// whatever fails on the way, a file that stood there before is as it was.
    /// </summary>
    /// <param name="path">The file to write.</param>
    /// <param name="entries">The tensors, in any order. They are written by falling alignment, then by name.</param>
    /// <param name="metadata">Texts to keep in the header under <c>__metadata__</c>.</param>
    /// <exception cref="WeightsException">Two entries have the same name, one is called <c>__metadata__</c>, a shape is negative or too large,
    /// the header is longer than 100 MB, or an entry wrote more or fewer bytes than its type and shape say.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, IEnumerable<WeightSource> entries, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(entries);
        new SafetensorsWriter(path, entries, metadata).Save();
    }

    internal static Safetensors Read(WeightStream file)
    {
        var length = ReadHeaderLength(file);
        var json = new byte[length];
        file.Read(json, SafetensorsHeader.Start, entry: null);
        var header = SafetensorsHeader.Parse(json, file.Path);
        var dataStart = SafetensorsHeader.Start + length;
        header.CheckLayout(dataStart, file.Length);
        return new Safetensors(file, header, dataStart);
    }

    private static int ReadHeaderLength(WeightStream file)
    {
        const string Kind = "A file of weights is a safetensors file, or what torch.save writes.";
        if (file.Length == 0)
            throw OtherFiles.Refuse(file);
        if (file.Length < SafetensorsHeader.Start)
            throw new WeightsException(file.Path, $"expected the 8 bytes of a safetensors header's length, found {file.Length} bytes. {Kind}", offset: 0);
        Span<byte> start = stackalloc byte[(int)SafetensorsHeader.Start];
        file.Read(start, 0, entry: null);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > (ulong)(file.Length - SafetensorsHeader.Start))
        {
            if (PyTorchFile.IsOne(file) || OtherFiles.Describe(file) is not null)
                throw OtherFiles.Refuse(file);
            throw new WeightsException(
                file.Path,
                Invariant($"the safetensors header's length is {length}, but {file.Length - SafetensorsHeader.Start} bytes follow: truncated, ")
                    + $"or another kind of file. {Kind}",
                offset: 0);
        }
        if (length > SafetensorsHeader.LongestHeader)
        {
            throw new WeightsException(
                file.Path,
                $"the safetensors header's length is {length}; the format allows {SafetensorsHeader.LongestHeader} at most. {Kind}",
                offset: 0);
        }
        return (int)length;
    }
}
