using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Blockwright.Generator;

/// <summary>A text's hash, the same on every machine and in every process.</summary>
internal static class StableHash
{
    /// <param name="text">What is hashed.</param>
    /// <param name="bytes">How many of the hash's bytes are given, two digits each.</param>
    public static string Of(string text, int bytes)
    {
        using var hash = SHA256.Create();
        return string.Concat(hash.ComputeHash(Encoding.UTF8.GetBytes(text)).Take(bytes).Select(static value => value.ToString("x2", CultureInfo.InvariantCulture)));
    }
}
