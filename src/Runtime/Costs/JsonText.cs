using System.Text;
using System.Text.Json;

namespace Blockwright;

/// <summary>JSON as a text.</summary>
internal static class JsonText
{
    /// <param name="write">Writes an object's properties.</param>
    public static string Of(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true }))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>A number, or null where it is none: JSON has no word for that.</summary>
    public static void WriteReal(this Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }
}
