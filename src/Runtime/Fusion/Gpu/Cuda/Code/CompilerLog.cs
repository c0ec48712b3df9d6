using System.Globalization;
using System.Text;

namespace Blockwright.Gpu.Cuda;

/// <summary>A compiler's words, with the lines that they are of: the source is emitted and nobody has it at hand.</summary>
internal static class CompilerLog
{
    private const int MostLines = 60;

    /// <param name="log">What NVRTC wrote: "kernels.cu(12): error: ...".</param>
    /// <param name="source">What it was given.</param>
    public static string WithLines(string log, string source)
    {
        var lines = log.ReplaceLineEndings("\n").Split('\n');
        var sourceLines = source.ReplaceLineEndings("\n").Split('\n');
        var text = new StringBuilder();
        foreach (var line in lines.Take(MostLines))
        {
            text.AppendLine(line);
            if (LineOf(line) is { } number && number <= sourceLines.Length)
                text.AppendLine(CultureInfo.InvariantCulture, $"{number,6} | {sourceLines[number - 1]}");
        }
        if (lines.Length > MostLines)
            text.AppendLine(CultureInfo.InvariantCulture, $"... and {lines.Length - MostLines} lines more");
        return text.ToString().TrimEnd();
    }

    /// <summary>The line that a message is of; null where the text is no message.</summary>
    private static int? LineOf(string line)
    {
        var close = line.IndexOf("): ", StringComparison.Ordinal);
        var open = close < 0 ? -1 : line.LastIndexOf('(', close);
        return open >= 0 && int.TryParse(line.AsSpan(open + 1, close - open - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
    }
}
