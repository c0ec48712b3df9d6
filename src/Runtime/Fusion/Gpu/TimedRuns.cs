using System.Diagnostics;

namespace Blockwright.Gpu;

/// <summary>Times a GPU's runs, each beside one that nobody looks into.</summary>
internal static class TimedRuns
{
    /// <summary>The images of each part of a run, where a device takes no more at a time.</summary>
    public static int[] Parts(int batch, int most) => [.. Enumerable.Range(0, (batch + most - 1) / most).Select(part => Math.Min(most, batch - (part * most)))];

    /// <param name="executor">What runs as usual.</param>
    /// <param name="timed">What runs with moments.</param>
    /// <param name="sizes">The sizes of one image.</param>
    /// <param name="parts">The images of each part.</param>
    /// <param name="input">N x C x H x W values, an input behind another.</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    /// <param name="runs">Runs that are timed.</param>
    public static LaunchTimes Time(IKernelExecutor executor, ITimedCalls timed, GpuSizes sizes, int[] parts, ReadOnlySpan<float> input, int height, int width, int runs)
    {
        var batch = parts.Sum();
        var output = new float[sizes.OutputFloats * batch];
        var (stamps, plain) = (new long[runs][], new long[runs]);
        var turns = new TimedTurns(runs);
        while (turns.Next())
        {
            var start = Stopwatch.GetTimestamp();
            executor.Run(input, output, batch, height, width);
            var took = Stopwatch.GetTimestamp() - start;
            var moments = Run(timed, parts, input, output);
            if (turns.Run >= 0)
                (plain[turns.Run], stamps[turns.Run]) = (took, moments);
        }
        return new(executor.Device, parts, stamps, plain);
    }

    private static long[] Run(ITimedCalls timed, int[] parts, ReadOnlySpan<float> input, Span<float> output)
    {
        var moments = new List<double> { 0 };
        for (var part = ImagePart.Of(parts.Sum(), parts[0]); part.Count > 0; part = part.Next(parts[0]))
        {
            // What passes between two parts is no step's.
            var before = moments[^1];
            moments.AddRange(timed.Run(part, input, output).Skip(1).Select(moment => before + moment));
        }
        return [.. moments.Select(static moment => (long)(moment * Stopwatch.Frequency))];
    }
}
