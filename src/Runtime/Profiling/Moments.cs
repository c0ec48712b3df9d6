using System.Diagnostics;

namespace Blockwright;

/// <summary>From moments to a profile.</summary>
internal static class Moments
{
    /// <summary>A profile of runs whose steps are the same in each.</summary>
    /// <param name="title">What was run.</param>
    /// <param name="rows">The rows, without times.</param>
    /// <param name="rowOf">The row of each step of a run.</param>
    /// <param name="stamps">Of each run: the moment before its first step, and the one after each.</param>
    /// <param name="plain">What runs took without.</param>
    /// <param name="peak">Floating-point operations a second at most; 0 where nobody knows.</param>
    /// <param name="speed">Bytes a second at most; 0 where nobody knows.</param>
    public static NetworkProfile Profile(string title, IReadOnlyList<ProfileRow> rows, IReadOnlyList<int> rowOf, long[][] stamps, long[] plain, double peak = 0, double speed = 0)
    {
        var seconds = rows.Select(_ => new double[stamps.Length]).ToArray();
        var events = new List<ProfileEvent>(stamps.Length * rowOf.Count);
        for (var run = 0; run < stamps.Length; run++)
        {
            for (var step = 0; step < rowOf.Count; step++)
            {
                var took = Seconds(stamps[run][step + 1] - stamps[run][step]);
                seconds[rowOf[step]][run] += took;
                events.Add(new(run, rowOf[step], Seconds(stamps[run][step] - stamps[0][0]), took));
            }
        }
        var all = seconds.Sum(static row => row.Sum());
        var timed = rows.Select((row, i) => row with
        {
            Calls = stamps.Length * rowOf.Count(each => each == i),
            TotalSeconds = seconds[i].Sum(),
            MedianSeconds = NetworkProfile.Median(seconds[i]),
            Share = seconds[i].Sum() / all,
        });
        return new(title, [.. timed], events, [.. stamps.Select(static run => Seconds(run[^1] - run[0]))], [.. plain.Select(Seconds)]) { PeakFlopsPerSecond = peak, PeakBytesPerSecond = speed };
    }

    private static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;
}
