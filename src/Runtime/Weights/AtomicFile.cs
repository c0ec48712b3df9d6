namespace Blockwright.Weights;

/// <summary>Writes a file so that at its path stands either what stood there before, or all of the new content.</summary>
internal static class AtomicFile
{
    private const int BufferSize = 1 << 16;

    // Not the bits that run a file as somebody else.
    private const UnixFileMode Permissions = (UnixFileMode)0x1ff;

    /// <exception cref="IOException">The file could not be written, or what stands there is no regular file, or there is no such folder (<see cref="DirectoryNotFoundException"/>).</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var full = Path.GetFullPath(path);
        // The move would put a file in the place of a device or a pipe, and whoever uses those would not be asked. The system follows the links here, as
        // some lead to what has no path (/dev/stdout to a pipe).
        if (FileKind.IsSpecial(full))
            throw new IOException(Directory.Exists(full)
                ? $"{path} is no regular file but a folder: name a file in it."
                : $"{path} is no regular file but a pipe, a device or a socket. What is written goes to a file of its own, which is moved to this name at the end.");
        // It would replace a link rather than what it points to, too, be that there or not.
        var target = new FileInfo(full) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full : full;
        // Beside the target: a move is atomic only within one file system. The name is its own, as one with the target's in it could be too long.
        var temporary = Path.Combine(Path.GetDirectoryName(target) ?? "", $"blockwright-{Guid.NewGuid():N}.tmp");
        if (Path.GetDirectoryName(target) is { Length: > 0 } folder && !Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{path} cannot be written: there is no folder {folder}.");
        var isMoved = false;
        try
        {
            using (var stream = CreateFor(path, temporary, target))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
            isMoved = true;
        }
        finally
        {
            if (!isMoved)
                File.Delete(temporary);
        }
    }

    /// <summary>A folder that takes no file says so of a name that nobody has heard of.</summary>
    private static FileStream CreateFor(string path, string temporary, string target)
    {
        try
        {
            return Create(temporary, target);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException(Said(), e);
        }
        // A file that is to be replaced may have gone meanwhile: that is another.
        catch (FileNotFoundException e) when (e.FileName == temporary)
        {
            throw new IOException(Said(), e);
        }

        string Said() => $"{path} cannot be written: its folder, {Path.GetDirectoryName(target)}, takes no new file, to which the content goes before it is moved to that name.";
    }

    /// <summary>Creates the file with the permissions of the one that it is to replace; with the usual ones if there is none.</summary>
    private static FileStream Create(string path, string replaced)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = BufferSize };
        if (OperatingSystem.IsWindows() || !File.Exists(replaced))
            return new FileStream(path, options);
        var mode = File.GetUnixFileMode(replaced) & Permissions;
        options.UnixCreateMode = mode;
        var stream = new FileStream(path, options);
        try
        {
            // The process's mask may have taken some away. It never adds any, so the file was at no time open to more users than the one it replaces.
            if (File.GetUnixFileMode(stream.SafeFileHandle) != mode)
                File.SetUnixFileMode(stream.SafeFileHandle, mode);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
