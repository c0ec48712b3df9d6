using System.Text.Json;

namespace Blockwright;

/// <summary>SARIF 2.1, as far as a report shows it. Anybody may have written the file: what has another form than it should is refused or left out.</summary>
internal static class ErrorLog
{
    private const string Version = "2.1.0";
    private const string UsualLevel = "warning";

    // A build of thousands of files stays below it; more is no log of a compiler's.
    private const long MostBytes = 256L << 20;

    public static IReadOnlyList<ReportedDiagnostic> Read(string path, Stream stream)
    {
        if (stream.Length > MostBytes)
            throw new InvalidDataException($"{path} is too large to be a compiler's log.");
        try
        {
            using var json = JsonDocument.Parse(stream);
            if (Text(json.RootElement, "version") != Version)
                throw new InvalidDataException($"{path} is no SARIF {Version}: the project's ErrorLog property has to end in ',version=2.1'.");
            return [.. Items(json.RootElement, "runs").SelectMany(static run => Items(run, "results")).Where(static result => !Items(result, "suppressions").Any()).Select(Diagnostic)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // GetString refuses what is half a character.
            throw new InvalidDataException($"{path} is no SARIF {Version}: {e.Message}", e);
        }
    }

    private static ReportedDiagnostic Diagnostic(JsonElement result)
    {
        var place = Items(result, "locations").Select(static location => Member(location, "physicalLocation")).FirstOrDefault();
        return new(Text(result, "ruleId"), Text(result, "level") is { Length: > 0 } level ? level : UsualLevel, Text(Member(result, "message"), "text"))
        {
            File = FileOf(Text(Member(place, "artifactLocation"), "uri")),
            Line = Member(Member(place, "region"), "startLine") is { ValueKind: JsonValueKind.Number } line && line.TryGetInt32(out var number) && number > 0 ? number : 0,
        };
    }

    /// <summary>A path where the text is a file's address, else the text.</summary>
    private static string FileOf(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : Uri.UnescapeDataString(address);

    private static JsonElement Member(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    private static string Text(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
