namespace Blockwright.Weights;

/// <summary>Writes a file so that at its path stands either what stood there before, or all of the new content.</summary>
internal static class AtomicFile
{
    private const int BufferSize = 1 << 16;

    /// <exception cref="IOException">The file could not be written, or what stands there is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        // The move would replace a link rather than what it points to, be that there or not.
        var full = Path.GetFullPath(path);
        var target = new FileInfo(full) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full : full;
        // It would put a file in the place of a device or a pipe, too, and whoever uses those would not be asked.
        if (FileKind.IsSpecial(target))
            throw new IOException($"{path} is no regular file. Weights are saved to a file of their own, which is moved to this name at the end.");
        // Beside the target: a move is atomic only within one file system.
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        var isMoved = false;
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
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
}
