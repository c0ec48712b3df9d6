using System.Text.Json;

namespace Blockwright;

/// <summary>A profile as JSON.</summary>
internal static class ProfileJson
{
    public static void Write(Utf8JsonWriter json, NetworkProfile profile, ProfileGrouping by)
    {
        json.WriteString("title", profile.Title);
        json.WriteNumber("runs", profile.RunSeconds.Count);
        json.WriteReal("runSeconds", profile.MedianRunSeconds);
        json.WriteReal("plainSeconds", profile.MedianPlainSeconds);
        json.WriteReal("overhead", profile.Overhead);
        json.WriteStartArray("rows");
        foreach (var row in profile.Rows(by))
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteString("kind", row.Kind);
            json.WriteString("block", row.Block);
            json.WriteString("way", row.Way);
            json.WriteNumber("calls", row.Calls);
            json.WriteReal("totalSeconds", row.TotalSeconds);
            json.WriteReal("medianSeconds", row.MedianSeconds);
            json.WriteReal("share", row.Share);
            json.WriteReal("flops", row.Flops);
            json.WriteReal("bytes", row.Bytes);
            json.WriteReal("floorSeconds", row.FloorSeconds);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
