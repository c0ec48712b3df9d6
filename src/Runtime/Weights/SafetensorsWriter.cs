using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>Writes one safetensors file, laid out as the format's reference implementation does: by falling alignment, then by name.</summary>
internal sealed class SafetensorsWriter
{
    // The header is padded so that the first tensor, and with the order by alignment each one, lies on a multiple of its element's size.
    private const int Alignment = 8;

    private readonly string _path;
    private readonly IReadOnlyDictionary<string, string>? _metadata;
    private readonly List<(WeightSource Source, long Begin, long End)> _entries = [];

    public SafetensorsWriter(string path, IEnumerable<WeightSource> sources, IReadOnlyDictionary<string, string>? metadata)
    {
        _path = path;
        _metadata = metadata;
        var names = new HashSet<string>(StringComparer.Ordinal);
        var end = 0L;
        foreach (var source in sources.OrderByDescending(source => source.Type).ThenBy(source => source.Name, StringComparer.Ordinal))
        {
            if (!names.Add(source.Name))
                throw new WeightsException(path, "two tensors to be saved have this name.", source.Name);
            CheckUnicode(source.Name, source.Name);
            if (source.Name == SafetensorsHeader.MetadataKey)
                throw new WeightsException(path, "the format keeps this name for itself. Rename the tensor.", source.Name);
            var begin = end;
            if (!source.Type.TryByteLength(source.Shape.AsSpan(), out _, out var bytes) || !CheckedMath.TryAdd(begin, bytes, out end))
                throw new WeightsException(path, $"the shape [{source.Shape.Joined(", ")}] cannot be saved.", source.Name);
            _entries.Add((source, begin, end));
        }
    }

    public void Save()
    {
        var header = Header();
        if (header.Length > SafetensorsHeader.LongestHeader)
        {
            throw new WeightsException(
                _path,
                $"the header takes {header.Length} bytes; the format allows {SafetensorsHeader.LongestHeader}. Save fewer tensors or less metadata.");
        }
        AtomicFile.Write(_path, stream =>
        {
            Span<byte> length = stackalloc byte[(int)SafetensorsHeader.Start];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var (source, begin, end) in _entries)
            {
                source.Write(stream);
                var written = stream.Position - SafetensorsHeader.Start - header.Length - begin;
                if (written != end - begin)
                {
                    throw new WeightsException(
                        _path,
                        Invariant($"{source.Type} [{source.Shape.Joined(", ")}] takes {end - begin} bytes, but {written} were written."),
                        source.Name);
                }
            }
        });
    }

    private byte[] Header()
    {
        var buffer = new ArrayBufferWriter<byte>();
        // The relaxed encoder writes what JSON allows unescaped; the file is no web page.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            WriteMetadata(json);
            foreach (var (source, begin, end) in _entries)
                WriteEntry(json, source, begin, end);
            json.WriteEndObject();
        }
        var padded = new byte[(buffer.WrittenCount + Alignment - 1) / Alignment * Alignment];
        buffer.WrittenSpan.CopyTo(padded);
        padded.AsSpan(buffer.WrittenCount).Fill((byte)' ');
        return padded;
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        if (_metadata is not { Count: > 0 })
            return;
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach (var (key, value) in _metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            CheckUnicode(key, SafetensorsHeader.MetadataKey);
            CheckUnicode(value, SafetensorsHeader.MetadataKey);
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }

    /// <summary>Half a surrogate pair has no UTF-8; the JSON writer would put another character in its place.</summary>
    private void CheckUnicode(string text, string entry)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var length) != OperationStatus.Done)
                throw new WeightsException(_path, $"the text '{WeightsException.Show(text)}' is no Unicode and cannot be saved.", entry);
            rest = rest[length..];
        }
    }

    private static void WriteEntry(Utf8JsonWriter json, WeightSource source, long begin, long end)
    {
        json.WriteStartObject(source.Name);
        json.WriteString("dtype", source.Type.SafetensorsName());
        json.WriteStartArray("shape");
        foreach (var size in source.Shape)
            json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
