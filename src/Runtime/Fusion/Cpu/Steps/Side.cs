using Blockwright.Kernels;

namespace Blockwright.Cpu.Steps;

/// <summary>Parts of a map that match runs of channels.</summary>
internal static class Side
{
    /// <summary>The slices of a map that match runs, each from a cache line's beginning on: whole registers may be written to each.</summary>
    public static FeatureMap[] ByLines(FeatureMap[] runs, FeatureMap map)
    {
        var result = new FeatureMap[runs.Length];
        for (int i = 0, first = 0; i < runs.Length; i++)
        {
            var lanes = CacheLine.WholeLines(runs[i].Channels);
            result[i] = map.Slice(first, runs[i].Channels) with { Lanes = lanes };
            first += lanes;
        }
        return result;
    }

    /// <summary>The slices of a map that lie side by side and match runs.</summary>
    public static FeatureMap[] BySide(FeatureMap[] runs, FeatureMap map)
    {
        var result = new FeatureMap[runs.Length];
        for (int i = 0, first = 0; i < runs.Length; first += runs[i].Channels, i++)
            result[i] = map.Slice(first, runs[i].Channels);
        return result;
    }

    /// <summary>Cuts two operands and a result at the borders of either's runs.</summary>
    public static (FeatureMap Left, FeatureMap Right, FeatureMap Output)[] Pieces(FeatureMap[] left, FeatureMap[] right, FeatureMap output)
    {
        var pieces = new List<(FeatureMap, FeatureMap, FeatureMap)>();
        int i = 0, j = 0, fromLeft = 0, fromRight = 0;
        for (var done = 0; done < output.Channels;)
        {
            var count = Math.Min(left[i].Channels - fromLeft, right[j].Channels - fromRight);
            pieces.Add((left[i].Slice(fromLeft, count), right[j].Slice(fromRight, count), output.Slice(done, count)));
            (done, fromLeft, fromRight) = (done + count, fromLeft + count, fromRight + count);
            if (fromLeft == left[i].Channels)
                (i, fromLeft) = (i + 1, 0);
            if (fromRight == right[j].Channels)
                (j, fromRight) = (j + 1, 0);
        }
        return [.. pieces];
    }
}
