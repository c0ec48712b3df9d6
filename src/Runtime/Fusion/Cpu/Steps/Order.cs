using System.Collections.Immutable;

namespace Blockwright.Cpu.Steps;

/// <summary>Weights in the order in which their channels lie in memory.</summary>
internal static class Order
{
    /// <summary>Pieces of <paramref name="each"/> values, brought into an order; empty is the natural one.</summary>
    public static float[] Permute(float[] values, ImmutableArray<int> order, int each)
    {
        if (order.IsEmpty || values.Length == 0)
            return values;
        var result = new float[values.Length];
        for (var i = 0; i < order.Length; i++)
            Array.Copy(values, order[i] * each, result, i * each, each);
        return result;
    }
}
