using System.Globalization;
using System.Text;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>
/// What tells whether a file of folded weights is a network's: a hash of what its weights mean and nothing else (keys, shapes, biases, norms, their eps, the layers' order),
/// so that a file that somebody saved is read for as long as that stays.
/// </summary>
internal static class WeightIdentity
{
    // Stands before the hash; to be raised when the text below changes its meaning, since then no file fits any more.
    private const int Version = 1;
    private const int Bytes = 16;

    public static string Of(RowsPlan plan)
    {
        var text = new StringBuilder();
        foreach (var operation in plan.Operations)
        {
            if (operation.Weights is not { } weights)
                continue;
            text.Append(weights.Key).Append('|').Append(string.Join("x", weights.Shape.Select(static size => size.ToString(CultureInfo.InvariantCulture))))
                .Append(weights.HasBias ? "|bias|" : "||").Append(weights.NormKey).Append('|').Append(weights.NormKey.Length == 0 ? "" : Bits(weights.Eps)).Append('\n');
        }
        return $"{Version.ToString(CultureInfo.InvariantCulture)}-{StableHash.Of(text.ToString(), Bytes)}";
    }

    // The compiler runs on several runtimes, which spell some numbers differently.
    private static string Bits(double value) => BitConverter.DoubleToInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture);
}
