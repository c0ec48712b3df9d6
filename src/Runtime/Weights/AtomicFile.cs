namespace Blockwright.Weights;

/// <summary>Writes a file so that at its path stands either what stood there before, or all of the new content.</summary>
internal static class AtomicFile
{
    private const int BufferSize = 1 << 16;

    public static void Write(string path, Action<Stream> write)
    {
        // The move would replace a link rather than what it points to.
        var target = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
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
