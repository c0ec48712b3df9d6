using System.Buffers.Binary;
using System.Security.Cryptography;
using static System.FormattableString;

namespace Blockwright.Gpu.Cuda;

/// <summary>
/// The file of compiled kernels: a header, then the code. The driver runs what it is given, so a file that is cut, changed, or called by another's name is told from a good one by the header: its
/// first bytes, the key, the kind, the length and a hash of all that.
/// </summary>
internal static class CodeFile
{
    public const string Extension = ".bwcode";

    private const int HeaderBytes = 16 + CodeKey.Bytes + SHA256.HashSizeInBytes;
    private const int KeyAt = 16;
    private const int HashAt = KeyAt + CodeKey.Bytes;

    // The last byte is the format's version.
    private static ReadOnlySpan<byte> Magic => "BWCODE\0\x1"u8;

    public static byte[] Write(CodeKey key, CodeImage image)
    {
        var file = new byte[HeaderBytes + image.Bytes.Length];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), (int)image.Kind);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(12), image.Bytes.Length);
        key.ToBytes().CopyTo(file, KeyAt);
        image.Bytes.CopyTo(file, HeaderBytes);
        Hash(file).CopyTo(file, HashAt);
        return file;
    }

    /// <summary>The code of a file; null where it is damaged or another's.</summary>
    public static CodeImage? Read(byte[] file, CodeKey key, string path)
    {
        if (file.Length <= HeaderBytes || !file.AsSpan().StartsWith(Magic))
            return null;
        var kind = (CodeKind)BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8));
        var isWhole = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12)) == file.Length - HeaderBytes
            && kind is CodeKind.Cubin or CodeKind.Ptx
            && file.AsSpan(KeyAt, CodeKey.Bytes).SequenceEqual(key.ToBytes())
            && file.AsSpan(HashAt, SHA256.HashSizeInBytes).SequenceEqual(Hash(file));
        return isWhole ? new(kind, file[HeaderBytes..], path) : null;
    }

    /// <summary>What a file is called that a compiler of a version wrote; or any, where that is not known.</summary>
    public static string Name(CodeKey key, (int Major, int Minor)? compiler) =>
        compiler is { } version ? Invariant($"{key.Text}-{version.Major}.{version.Minor}{Extension}") : $"{key.Text}-*{Extension}";

    private static byte[] Hash(byte[] file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(file, 0, HashAt);
        hash.AppendData(file, HeaderBytes, file.Length - HeaderBytes);
        return hash.GetHashAndReset();
    }
}
