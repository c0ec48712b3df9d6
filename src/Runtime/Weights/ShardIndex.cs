using System.Text.Json;

namespace Blockwright.Weights;

/// <summary>
/// The index of a model in several files, as Hugging Face's libraries write it: <c>{"metadata": {...}, "weight_map": {"key":
/// "model-00001-of-00002.safetensors"}}</c>.
/// </summary>
internal static class ShardIndex
{
    private const string Map = "weight_map";

    /// <summary>Whether the file starts as a JSON object. A safetensors file, whose first eight bytes are a length, has zeros among them.</summary>
    public static bool IsOne(WeightStream file)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(file.Length, sizeof(long))];
        file.Read(start, 0, entry: null);
        return start.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && !start.Contains((byte)0);
    }

    /// <summary>The keys and their files' names, in the order of the index.</summary>
    public static List<(string Key, string File)> Read(WeightStream file)
    {
        if (file.Length > SafetensorsHeader.LongestHeader)
            throw new WeightsException(file.Path, $"it has {file.Length} bytes; an index has {SafetensorsHeader.LongestHeader} at most.", offset: 0);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0, entry: null);
        var json = new Utf8JsonReader(bytes);
        try
        {
            return Parse(ref json, file.Path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is what GetString throws for bytes that are no UTF-8, and for half a surrogate pair.
            throw new WeightsException(file.Path, $"the index is no valid JSON: {e.Message}", offset: json.BytesConsumed, inner: e);
        }
    }

    private static List<(string Key, string File)> Parse(ref Utf8JsonReader json, string path)
    {
        List<(string, string)>? map = null;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isMap = json.ValueTextEquals(Map);
            json.Read();
            if (isMap && map is null && json.TokenType == JsonTokenType.StartObject)
                map = ParseMap(ref json, path);
            else if (isMap)
                throw new WeightsException(path, $"expected one object of texts as {Map}.", offset: json.TokenStartIndex);
            else
                json.Skip();
        }
        // Nothing may follow; the reader throws on anything else.
        json.Read();
        return map ?? throw new WeightsException(
            path, $"the file is JSON without a {Map}. The index of a model in several files has one: model.safetensors.index.json.", offset: 0);
    }

    private static List<(string Key, string File)> ParseMap(ref Utf8JsonReader json, string path)
    {
        var map = new List<(string, string)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var key = json.GetString()!;
            if (!keys.Add(key))
                throw new WeightsException(path, "the index declares it twice.", key, json.TokenStartIndex);
            json.Read();
            if (json.TokenType != JsonTokenType.String)
                throw new WeightsException(path, "expected the name of a file.", key, json.TokenStartIndex);
            map.Add((key, CheckName(json.GetString()!, key, path)));
        }
        return map;
    }

    /// <summary>The files lie beside the index, and nowhere else.</summary>
    private static string CheckName(string name, string key, string path)
        => name is not ("" or "." or "..") && name.AsSpan().IndexOfAny("/\\:\0") < 0
        ? name
        : throw new WeightsException(path, $"'{WeightsException.Show(name)}' is no name of a file beside the index.", key);
}
