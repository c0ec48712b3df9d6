using System.Globalization;
using System.Text;

namespace Blockwright.Kernels;

/// <summary>What the machine's caches hold, as far as the system says: Linux does, by files. Results do not depend on it, only what stays in a cache.</summary>
internal static class CacheSizes
{
    // Of processors of the last ten years few have less.
    private const int Usual = 512 * 1024;

    // Of each processor: for data and for code of the first level, then one of each other.
    private const int Most = 8;

    private const string Folder = "/sys/devices/system/cpu/cpu0/cache";

    /// <summary>Bytes of a core's second-level cache.</summary>
    public static int SecondLevel { get; } = Read(Folder) ?? Usual;

    /// <summary>Bytes of rows that stay in it while what comes next reads them.</summary>
    public static int Band { get; } = Math.Clamp(SecondLevel / 4, 64 * 1024, 256 * 1024);

    /// <summary>Bytes of the second-level cache that a folder of the kernel's describes; null where it describes none.</summary>
    internal static int? Read(string folder)
    {
        try
        {
            // By their numbers, and byte by byte: a program's first answer waits for what lists a folder and decodes a text to be compiled.
            for (var i = 0; i < Most; i++)
            {
                var index = $"{folder}/index{i.ToString(CultureInfo.InvariantCulture)}";
                if (File.Exists(index + "/level") && Text(index + "/level") == "2" && Bytes(Text(index + "/size")) is { } bytes)
                    return bytes;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A container may hide them.
        }
        return null;

        static string Text(string path)
        {
            using var file = File.OpenHandle(path);
            Span<byte> content = stackalloc byte[32];
            return Encoding.ASCII.GetString(content[..RandomAccess.Read(file, content, 0)]).Trim();
        }
    }

    // "2048K"
    private static int? Bytes(string text)
    {
        var unit = text.Length > 0 ? text[^1] : ' ';
        var factor = unit switch { 'K' => 1024L, 'M' => 1024L * 1024, _ => 1L };
        var digits = factor == 1 ? text : text[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is > 0 and < 1 << 30 && size * factor is > 0 and < 1 << 30 ? (int)(size * factor) : null;
    }
}
