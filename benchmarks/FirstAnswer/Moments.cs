using System.Diagnostics;
using System.Runtime;
using static System.FormattableString;

namespace Blockwright.Benchmarks.FirstAnswer;

/// <summary>When what happens in a started process, in milliseconds since its parent started it.</summary>
/// <param name="Main">Its first own line.</param>
/// <param name="Loaded">The network, or the session, is there.</param>
/// <param name="Answered">The first result.</param>
/// <param name="Compiling">What the JIT took of it, on all threads.</param>
/// <param name="Methods">How many methods it compiled.</param>
internal sealed record Moments(double Main, double Loaded, double Answered, double Compiling, int Methods)
{
    /// <summary>Takes them in the started process; the clock is the machine's, the same for both.</summary>
    /// <param name="started">The parent's clock at the start.</param>
    /// <param name="load">Loads, and gives what answers.</param>
    public static Moments Take(long started, Func<Action> load)
    {
        var main = Stopwatch.GetElapsedTime(started);
        var answer = load();
        var loaded = Stopwatch.GetElapsedTime(started);
        answer();
        var answered = Stopwatch.GetElapsedTime(started);
        return new(main.TotalMilliseconds, loaded.TotalMilliseconds, answered.TotalMilliseconds, JitInfo.GetCompilationTime().TotalMilliseconds, (int)JitInfo.GetCompiledMethodCount());
    }

    public override string ToString() => Invariant($"{Main:F3} {Loaded:F3} {Answered:F3} {Compiling:F3} {Methods}");

    public static Moments Parse(string line)
    {
        var numbers = line.Split(' ').Select(static number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return new(numbers[0], numbers[1], numbers[2], numbers[3], (int)numbers[4]);
    }
}
