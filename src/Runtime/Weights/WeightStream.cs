namespace Blockwright.Weights;

/// <summary>An open file of weights: reads at any place, and says where if there is nothing to read.</summary>
internal sealed class WeightStream : IDisposable
{
    private WeightStream(string path, FileStream stream)
    {
        Path = path;
        Stream = stream;
        Length = stream.Length;
    }

    public string Path { get; }

    public FileStream Stream { get; }

    public long Length { get; }

    public static WeightStream Open(string path)
    {
        if (Directory.Exists(path))
            throw new UnauthorizedAccessException($"{path} is a folder: name a file in it.");
        // Opening a pipe waits until somebody writes.
        if (FileKind.IsPipeOrDevice(path))
            throw Unseekable(path);
        // Delete: a save may put a new file in this one's place; what is open here stays as it is.
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        if (stream.CanSeek)
            return new WeightStream(path, stream);
        stream.Dispose();
        throw Unseekable(path);
    }

    /// <summary>Fills the destination from a place in the file. Does not move the stream.</summary>
    public void Read(Span<byte> destination, long offset, string? entry)
    {
        while (destination.Length > 0)
        {
            var read = RandomAccess.Read(Stream.SafeFileHandle, destination, offset);
            if (read == 0)
                throw new WeightsException(Path, $"the file ends here; {destination.Length} more bytes were expected. It is truncated.", entry, offset);
            destination = destination[read..];
            offset += read;
        }
    }

    /// <summary>Whether these are the file's first bytes.</summary>
    public bool StartsWith(ReadOnlySpan<byte> bytes)
    {
        if (Length < bytes.Length)
            return false;
        Span<byte> start = stackalloc byte[bytes.Length];
        Read(start, 0, entry: null);
        return start.SequenceEqual(bytes);
    }

    public void Dispose() => Stream.Dispose();

    private static WeightsException Unseekable(string path)
        => new(path, "it is no regular file but a pipe, a device or a socket, and weights are read at random places. Copy it to a file first.");
}
