using System.Globalization;
using System.Text;
using Blockwright.Plans;

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
            Add(text, weights);
            foreach (var other in weights.Plus)
                Add(text.Append('+'), other);
        }
        return $"{Version.ToString(CultureInfo.InvariantCulture)}-{StableHash.Of(text.ToString(), Bytes)}";
    }

    private static void Add(StringBuilder text, PlanWeights weights) =>
        text.Append(weights.Key).Append('|').Append(string.Join("x", weights.Shape.Select(static size => size.ToString(CultureInfo.InvariantCulture))))
            .Append(weights.TransposedGroups > 0 ? $"|transposed {weights.TransposedGroups.ToString(CultureInfo.InvariantCulture)}" : "").Append(weights.HasBias ? "|bias|" : "||").Append(weights.NormKey).Append('|').Append(weights.NormKey.Length == 0 ? "" : Bits(weights.Eps)).Append('\n');

    // The compiler runs on several runtimes, which spell some numbers differently.
    private static string Bits(double value) => BitConverter.DoubleToInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture);
}
