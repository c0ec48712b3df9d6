using System.Security.Cryptography;
using System.Text;

namespace Blockwright.Gpu.Cuda;

/// <summary>What compiled code is of: a hash of its source, of what it is compiled for and of how. Who compiled it is not in it, as it may have to be found by who has no compiler.</summary>
internal readonly record struct CodeKey
{
    public const int Bytes = SHA256.HashSizeInBytes;

    private CodeKey(string text) => Text = text;

    /// <summary>The hash, as a file is called by it.</summary>
    public string Text { get; }

    /// <summary>The key of a source for each target that it may be compiled for: the source, which is long, is hashed once.</summary>
    public static Func<string, CodeKey> Of(string source)
    {
        var ofSource = Hash(source);
        return target => new CodeKey(Hash($"{ofSource}\n{string.Join("\n", CompilerOptions.For(target))}"));
    }

    public byte[] ToBytes() => Convert.FromHexString(Text);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
