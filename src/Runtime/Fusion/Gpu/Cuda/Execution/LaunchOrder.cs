using System.Collections;

namespace Blockwright.Gpu.Cuda;

/// <summary>
/// What has to wait for what. A step waits for an earlier one that writes what it reads, that reads what it writes, or that writes what it writes: memory is used again, so the last two are as real as the
/// first. What waits already by way of another is not said again.
/// </summary>
internal static class LaunchOrder
{
    /// <param name="steps">What each step reads and writes, in an order that is right.</param>
    /// <returns>For each step the earlier ones that it waits for, the latest first.</returns>
    public static int[][] Of(IReadOnlyList<IReadOnlyList<MemoryUse>> steps)
    {
        var after = new int[steps.Count][];
        var before = new BitArray[steps.Count];
        var direct = new List<int>();
        for (var step = 0; step < steps.Count; step++)
        {
            before[step] = new BitArray(steps.Count);
            direct.Clear();
            for (var earlier = step - 1; earlier >= 0; earlier--)
                if (!before[step][earlier] && Conflict(steps[step], steps[earlier]))
                {
                    direct.Add(earlier);
                    before[step].Or(before[earlier])[earlier] = true;
                }
            after[step] = [.. direct];
        }
        return after;
    }

    private static bool Conflict(IReadOnlyList<MemoryUse> step, IReadOnlyList<MemoryUse> earlier)
    {
        foreach (var use in step)
            foreach (var other in earlier)
                if (use.Conflicts(other))
                    return true;
        return false;
    }
}
