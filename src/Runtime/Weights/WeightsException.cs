using System.Globalization;
using System.Text;

namespace Blockwright;

/// <summary>
/// A file of weights is damaged, hostile, of a kind that Blockwright does not read, or does not fit the module.
/// The message names the file, the entry and the byte where they are known, what was expected and found, and what to do.
/// </summary>
/// <remarks>Failures of the file system itself (no such file, no permission, a broken disk) keep .NET's own exception types.</remarks>
public sealed class WeightsException : Exception
{
    private const int LongestName = 200;

    /// <summary>A fault at a place in a file.</summary>
    /// <param name="path">The file, as the caller named it.</param>
    /// <param name="problem">What was expected, what was found, and what to do.</param>
    /// <param name="entry">The entry at fault: a state-dict key, or the name of a record of a zip archive.</param>
    /// <param name="offset">Where in the file, in bytes from its start.</param>
    /// <param name="inner">The exception that told of the fault.</param>
    public WeightsException(string path, string problem, string? entry = null, long? offset = null, Exception? inner = null)
        : base(Locate(path, entry, offset) + ": " + problem, inner)
    {
        Path = path;
        Entry = entry;
        Offset = offset;
    }

    /// <summary>A load found that the file and the module differ.</summary>
    /// <param name="path">The file, as the caller named it.</param>
    /// <param name="module">The module's name.</param>
    /// <param name="report">All the differences.</param>
    /// <param name="hints">Why they may differ, and what to do: a few lines.</param>
    internal WeightsException(string path, string module, LoadReport report, IEnumerable<string> hints)
        : base($"{path} does not fit {module}, and nothing was loaded.{Environment.NewLine}{report}{Environment.NewLine}"
            + string.Join(Environment.NewLine, hints))
    {
        Path = path;
        Report = report;
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>The entry at fault, if one is: a state-dict key, or the name of a record of a zip archive.</summary>
    public string? Entry { get; }

    /// <summary>Where in the file, in bytes from its start, if the place is known.</summary>
    public long? Offset { get; }

    /// <summary>All missing, unexpected and wrongly shaped keys, if a load failed on them. The message shows the first ones.</summary>
    public LoadReport? Report { get; }

    /// <summary>A name out of a file, fit for a message: without control characters, and of bounded length.</summary>
    internal static string Show(string name)
    {
        var shown = new StringBuilder();
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, LongestName)))
            if (char.IsControl(c) || char.IsSurrogate(c))
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        return name.Length > LongestName ? shown.Append("...").ToString() : shown.ToString();
    }

    private static string Locate(string path, string? entry, long? offset)
    {
        var place = path;
        if (entry is not null)
            place += $": entry '{Show(entry)}'";
        if (offset is not null)
            place += string.Create(CultureInfo.InvariantCulture, $"{(entry is null ? ":" : ",")} byte {offset}");
        return place;
    }
}
