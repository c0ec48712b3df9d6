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
    private const int Folder = 0x4000;

    /// <summary>Whether something stands at the path that is no regular file. Links are followed, to nothing as well.</summary>
    public static bool IsSpecial(string path) => Directory.Exists(path) || IsPipeOrDevice(path);

    /// <summary>Whether a pipe, a device or a socket stands at the path. It is not opened for reading, which waits at a pipe until somebody writes.</summary>
    public static bool IsPipeOrDevice(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return false;
        return OperatingSystem.IsLinux() && HasOtherType(path) is { } isOther ? isOther : CannotSeek(path);
    }

    /// <summary>Null if the system cannot be asked.</summary>
    private static bool? HasOtherType(string path)
    {
        Span<byte> status = stackalloc byte[Size];
        try
        {
            // It fails where a link leads to nothing, or through a folder that this user may not enter: whoever opens the file hears of that.
            return Statx(CurrentDirectory, path, 0, WantType, status) == 0 && (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) is not (Regular or Folder);
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
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return !stream.CanSeek;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException)
        {
            // A file that may only be read, or a link to nothing.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> status);
}
