using System.Diagnostics;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Blockwright;

/// <summary>
/// Runs that are timed, and those before them. Caches are warm after a few; but what the JIT took for rarely called it has compiled in haste, and compiles again, twice, behind the runs' backs. Until it has been silent
/// for a while, the same network takes up to a fifth longer.
/// </summary>
/// <param name="runs">The runs that are timed.</param>
internal struct TimedTurns(int runs)
{
    // Whoever asks for fewer wants a glance, not a figure.
    private const int Glance = 20;

    // The JIT waits 100 ms for what else is called for the first time.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private readonly long _begin = Stopwatch.GetTimestamp();
    private int _cold = Math.Clamp(runs / 5, 1, 20);
    private long _changed = Stopwatch.GetTimestamp();
    private long _methods;

    /// <summary>The run that is timed, from 0 on; -1 before them.</summary>
    public int Run { get; private set; } = -1;

    /// <summary>Whether there is a further run.</summary>
    public bool Next() => (Run < 0 && IsCold()) || ++Run < runs;

    private bool IsCold()
    {
        if (_cold-- > 0)
            return true;
        if (runs < Glance || !RuntimeFeature.IsDynamicCodeCompiled || Stopwatch.GetElapsedTime(_begin) > Longest)
            return false;
        var methods = JitInfo.GetCompiledMethodCount();
        if (methods != _methods)
            (_methods, _changed) = (methods, Stopwatch.GetTimestamp());
        return Stopwatch.GetElapsedTime(_changed) < Silence;
    }
}
