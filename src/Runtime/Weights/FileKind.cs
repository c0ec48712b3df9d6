using System.Runtime.InteropServices;

namespace Blockwright.Weights;

/// <summary>Tells regular files from devices, pipes, sockets and directories, which .NET does not say without opening them.</summary>
internal static partial class FileKind
{
    // statx(2) has the same layout on every architecture.
    private const int CurrentDirectory = -100;
    private const uint WantType = 1;
    private const int Size = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>Whether something stands at the path that is no regular file. Links are followed.</summary>
    public static bool IsSpecial(string path)
    {
        if (Directory.Exists(path))
            return true;
        if (!File.Exists(path) || OperatingSystem.IsWindows())
            return false;
        return OperatingSystem.IsLinux() && Mode(path) is { } mode ? (mode & TypeMask) != Regular : CannotSeek(path);
    }

    private static int? Mode(string path)
    {
        Span<byte> status = stackalloc byte[Size];
        try
        {
            return Statx(CurrentDirectory, path, 0, WantType, status) == 0 ? MemoryMarshal.Read<ushort>(status[ModeOffset..]) : null;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // A C library of before 2018, or of another name.
            return null;
        }
    }

    /// <summary>Open for both, a pipe waits for nobody.</summary>
    private static bool CannotSeek(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return !stream.CanSeek;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> status);
}
