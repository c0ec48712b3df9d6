namespace Blockwright;

/// <summary>Something that the compiler said of a network.</summary>
/// <param name="Id">The rule, such as BW2001.</param>
/// <param name="Severity">error, warning or note.</param>
/// <param name="Message">What it says.</param>
public sealed record ReportedDiagnostic(string Id, string Severity, string Message)
{
    /// <summary>The file; empty where it stands nowhere.</summary>
    public string File { get; init; } = "";

    /// <summary>The line in it, from 1; 0 where it stands nowhere.</summary>
    public int Line { get; init; }

    /// <summary>Reads what the compiler wrote for <c>&lt;ErrorLog&gt;build.sarif,version=2.1&lt;/ErrorLog&gt;</c>; what was suppressed is left out.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it said, in its order; of other tools, too, if they are in the file.</returns>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<ReportedDiagnostic> ReadErrorLog(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var file = System.IO.File.OpenRead(path);
        return ErrorLog.Read(path, file);
    }
}
