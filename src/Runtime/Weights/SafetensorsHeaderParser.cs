using System.Text.Json;
using static System.FormattableString;

namespace Blockwright.Weights;

/// <summary>Reads the JSON of a safetensors header token by token; builds nothing that the header does not spell out.</summary>
internal ref struct SafetensorsHeaderParser
{
    // The most dimensions that torch's own kernels take.
    private const int MostDimensions = 64;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _path;
    private readonly List<SafetensorsHeaderEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private Utf8JsonReader _json;

    public SafetensorsHeaderParser(ReadOnlySpan<byte> bytes, string path)
    {
        _bytes = bytes;
        _path = path;
        _json = new Utf8JsonReader(bytes);
    }

    private readonly long Here => SafetensorsHeader.Start + _json.TokenStartIndex;

    public SafetensorsHeader Parse()
    {
        if (_bytes.IsEmpty || _bytes[0] != (byte)'{')
        {
            throw new WeightsException(
                _path,
                "a safetensors header starts with '{', and this one does not. "
                    + "A file of weights is a safetensors file, or what torch.save writes.",
                offset: SafetensorsHeader.Start);
        }
        Next(entry: null);
        while (NextProperty(entry: null) is { } name)
        {
            if (!_names.Add(name))
                throw Fault("the header declares it twice.", name);
            if (name == SafetensorsHeader.MetadataKey)
                ReadMetadata();
            else
                ReadEntry(name);
        }
        // Only the padding may follow; the reader throws on anything else.
        Next(entry: null);
        return new SafetensorsHeader(_path, _entries, _metadata);
    }

    private void ReadMetadata()
    {
        Expect(JsonTokenType.StartObject, "an object of texts", SafetensorsHeader.MetadataKey);
        while (NextProperty(SafetensorsHeader.MetadataKey) is { } key)
        {
            Expect(JsonTokenType.String, $"a text for '{WeightsException.Show(key)}'", SafetensorsHeader.MetadataKey);
            if (!_metadata.TryAdd(key, Text(SafetensorsHeader.MetadataKey)))
                throw Fault($"'{WeightsException.Show(key)}' stands in it twice.", SafetensorsHeader.MetadataKey);
        }
    }

    private void ReadEntry(string name)
    {
        var declared = Here;
        string? dtype = null;
        List<long>? shape = null, offsets = null;
        Expect(JsonTokenType.StartObject, "an object with dtype, shape and data_offsets", name);
        while (NextProperty(name) is { } property)
        {
            var isNew = property switch
            {
                "dtype" => Assign(ref dtype, ReadType(name)),
                "shape" => Assign(ref shape, ReadNumbers(name, property, MostDimensions)),
                "data_offsets" => Assign(ref offsets, ReadNumbers(name, property, 2)),
                _ => SkipValue(name),
            };
            if (!isNew)
                throw Fault($"it has '{property}' twice.", name);
        }
        if (dtype is null || shape is null || offsets is not [var begin, var end])
            throw new WeightsException(_path, "expected dtype, shape and two data_offsets.", name, declared);
        Add(new SafetensorsHeaderEntry(name, WeightTypes.FromSafetensorsName(dtype), dtype, [.. shape], 0, begin, end, declared));
    }

    private readonly void Add(SafetensorsHeaderEntry entry)
    {
        if (!TryByteLength(entry, out var count, out var bytes))
            throw new WeightsException(_path, $"{Shown(entry)} has more bytes than a file can, or a part of one.", entry.Name, entry.Declared);
        if (entry.End < entry.Begin || entry.End - entry.Begin != bytes)
        {
            throw new WeightsException(
                _path,
                Invariant($"{Shown(entry)} takes {bytes} bytes, but data_offsets gives it {entry.Begin} to {entry.End}."),
                entry.Name,
                entry.Declared);
        }
        _entries.Add(entry with { Count = count });
    }

    private static bool TryByteLength(SafetensorsHeaderEntry entry, out long count, out long bytes)
    {
        if (entry.Type is { } type)
            return type.TryByteLength(entry.Shape, out count, out bytes);
        count = 0;
        if (SafetensorsDtypes.Bits(entry.Dtype) is { } bits)
            return SafetensorsDtypes.TryByteLength(bits, entry.Shape, out bytes);
        // A type of a newer format: nobody here can say how long it should be.
        bytes = entry.End - entry.Begin;
        return true;
    }

    private string ReadType(string entry)
    {
        Expect(JsonTokenType.String, "a text for dtype", entry);
        return Text(entry);
    }

    private List<long> ReadNumbers(string entry, string property, int most)
    {
        var numbers = new List<long>();
        Expect(JsonTokenType.StartArray, $"a list of numbers for {property}", entry);
        while (Next(entry) != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out var number) || number < 0)
                throw Fault($"{property} holds something that is no whole number from 0 to 2^63 - 1.", entry);
            if (numbers.Count == most)
                throw Fault(Invariant($"{property} has more than {most} numbers."), entry);
            numbers.Add(number);
        }
        return numbers;
    }

    private bool SkipValue(string entry)
    {
        // The reference implementation passes over what it does not know, too.
        Next(entry);
        try
        {
            _json.Skip();
        }
        catch (JsonException e)
        {
            throw Malformed(e, entry);
        }
        return true;
    }

    private string? NextProperty(string? entry) => Next(entry) == JsonTokenType.PropertyName ? Text(entry) : null;

    private void Expect(JsonTokenType type, string what, string entry)
    {
        if (Next(entry) != type)
            throw Fault($"expected {what}.", entry);
    }

    private JsonTokenType Next(string? entry)
    {
        try
        {
            return _json.Read() ? _json.TokenType : JsonTokenType.None;
        }
        catch (JsonException e)
        {
            throw Malformed(e, entry);
        }
    }

    private readonly string Text(string? entry)
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // What GetString throws for bytes that are no UTF-8, and for half a surrogate pair.
            throw new WeightsException(_path, "the header holds a text that is no Unicode.", entry, Here, e);
        }
    }

    private static string Shown(SafetensorsHeaderEntry entry) => $"{WeightsException.Show(entry.Dtype)} [{entry.Shape.Joined(", ")}]";

    private static bool Assign<T>(ref T? target, T value)
    {
        var isNew = target is null;
        target = value;
        return isNew;
    }

    private readonly WeightsException Fault(string problem, string entry) => new(_path, problem, entry, Here);

    private readonly WeightsException Malformed(JsonException e, string? entry)
        => new(_path, $"the header is no valid JSON: {e.Message}", entry, SafetensorsHeader.Start + _json.BytesConsumed, e);
}
