using System.Text.Json;

namespace Blockwright;

/// <summary>A profile in the Trace Event Format, which chrome://tracing and Perfetto open: complete events (<c>ph</c> is X), times in microseconds.</summary>
internal static class ChromeTrace
{
    private const int Process = 1;
    private const int Thread = 1;

    public static void Write(Stream stream, NetworkProfile profile)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        Named(json, "process_name", "Blockwright");
        Named(json, "thread_name", profile.Title);
        foreach (var each in profile.Events)
            Event(json, profile.Steps[each.Step], each);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What a viewer calls the process and the thread.</summary>
    private static void Named(Utf8JsonWriter json, string what, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", what);
        json.WriteString("ph", "M");
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", Thread);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Event(Utf8JsonWriter json, ProfileRow step, ProfileEvent each)
    {
        json.WriteStartObject();
        json.WriteString("name", step.Name);
        json.WriteString("cat", step.Kind);
        json.WriteString("ph", "X");
        json.WriteNumber("ts", each.StartSeconds * 1e6);
        json.WriteNumber("dur", each.Seconds * 1e6);
        json.WriteNumber("pid", Process);
        json.WriteNumber("tid", Thread);
        json.WriteStartObject("args");
        json.WriteString("block", step.Block);
        json.WriteNumber("run", each.Run);
        json.WriteNumber("flops", step.Flops);
        json.WriteNumber("bytes", step.Bytes);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
