using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Blockwright.Generator.Tests.Bounds;

/// <summary>
/// The processor time of one thread: on a machine that others use too, the time that passes says nothing. Where the system does not say it, the time that passes must do.
/// </summary>
internal sealed class ThreadClock
{
    private const int ClockOfThread = 3; // CLOCK_THREAD_CPUTIME_ID

    private readonly int _thread;

    private ThreadClock(int thread) => _thread = thread;

    /// <summary>The processor time that this thread has had.</summary>
    public static TimeSpan Now => OperatingSystem.IsLinux() && ReadClock(ClockOfThread, out var time) == 0
        ? new(((long)time.Seconds * TimeSpan.TicksPerSecond) + ((long)time.Nanoseconds / 100))
        : Stopwatch.GetElapsedTime(0);

    /// <summary>The clock of the thread that asks, for others to read.</summary>
    public static ThreadClock OfThisThread() => new(OperatingSystem.IsLinux() ? ThreadId() : 0);

    /// <summary>What <see cref="Now"/> would say in the clock's thread, to some milliseconds; null where the thread has ended.</summary>
    public TimeSpan? TryRead()
    {
        if (_thread == 0)
            return Now;
        try
        {
            var nanoseconds = File.ReadAllText($"/proc/self/task/{_thread.ToString(CultureInfo.InvariantCulture)}/schedstat").Split(' ')[0];
            return new(long.Parse(nanoseconds, CultureInfo.InvariantCulture) / 100);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int ReadClock(int clock, out TimeSpec time);

    [DllImport("libc", EntryPoint = "gettid")]
    private static extern int ThreadId();

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
