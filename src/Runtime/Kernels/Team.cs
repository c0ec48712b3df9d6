using System.Diagnostics;
using System.Runtime.ExceptionServices;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>What a team works through: steps, each of which reads what the steps before it wrote, and falls into parts that do not.</summary>
/// <param name="state">What the caller gave.</param>
/// <param name="step">Which step, from 0.</param>
/// <param name="member">Which thread this is, from 0: for memory of its own.</param>
/// <param name="share">The part of the step to do.</param>
public delegate void TeamWork(object state, int step, int member, Share share);

/// <summary>
/// Threads that work through steps together. The caller is one of them; a team of one has no other thread. A thread takes the part with its own number
/// if nobody has, so that it finds in its caches what it wrote before, and else any that is left: a thread that the operating system holds up
/// holds up the others by one part at most. Whoever waits spins for a bounded time and then sleeps.
/// </summary>
/// <remarks>One work at a time has the team: <see cref="TryRun"/> says no to a second caller, who then works alone.</remarks>
public sealed class Team : IDisposable
{
    /// <summary>The most threads, and the most parts of a step: more than there are processors in a machine.</summary>
    public const int Most = 1024;

    /// <summary>The longest that a thread spins before it sleeps: longer than the gaps between operations, shorter than anyone would notice.</summary>
    public static readonly TimeSpan LongestSpin = TimeSpan.FromMicroseconds(200);

    // Who spins where there are more threads than processors keeps a thread from running that has something to do.
    private readonly long _spinTicks;
    private readonly List<Thread> _threads;
    private readonly Lock _owner = new();
    private readonly object _gate = new();
    private TeamWork? _work;
    private object? _state;
    private int _firstStep;
    private int _steps;
    private TeamParts _parts = new(Most);
    private Exception? _failure;
    private int _sleepers;
    private bool _disposed;

    /// <summary>Starts <paramref name="threads"/> - 1 threads, which sleep.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread, or more than <see cref="Most"/>.</exception>
    public Team(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, Most);
        Threads = threads;
        _spinTicks = threads > Environment.ProcessorCount ? 0 : (long)(LongestSpin.TotalSeconds * Stopwatch.Frequency);
        _threads = new List<Thread>(threads - 1);
        try
        {
            for (var member = 1; member < threads; member++)
                _threads.Add(Start(member));
        }
        catch
        {
            // The system has no more threads: those that it gave end.
            Dispose();
            throw;
        }
    }

    /// <summary>Members, the caller among them.</summary>
    public int Threads { get; }

    /// <summary>Works through the steps, and returns true when they are done; false at once if another work has the team.</summary>
    /// <param name="work">Does a part of a step. Keep one delegate: a new one is an allocation.</param>
    /// <param name="state">What the work needs.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="parts">The parts of each step, at most <see cref="Most"/>; as many as threads, or images if the threads share these out.</param>
    /// <exception cref="ObjectDisposedException">The team was disposed of.</exception>
    /// <remarks>What the work throws on any thread is thrown here, and the steps after it are not begun.</remarks>
    public bool TryRun(TeamWork work, object state, int steps, int parts)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, Most);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        if (!_owner.TryEnter())
            return false;
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (Threads == 1 || parts == 1)
                Alone(work, state, steps, parts);
            else
                Lead(work, state, steps, parts);
            return true;
        }
        finally
        {
            _owner.Exit();
        }
    }

    /// <summary>Ends the threads, after the work that runs.</summary>
    public void Dispose()
    {
        lock (_owner)
        {
            if (_disposed)
                return;
            _disposed = true;
            _parts.Begin(TeamParts.Finished, 0);
            WakeSleepers();
        }

        foreach (var thread in _threads)
            thread.Join();
    }

    /// <summary>Works through the steps on the calling thread.</summary>
    /// <param name="work">Does a part of a step.</param>
    /// <param name="state">What the work needs.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="parts">The parts of each step.</param>
    public static void Alone(TeamWork work, object state, int steps, int parts)
    {
        ArgumentNullException.ThrowIfNull(work);
        for (var step = 0; step < steps; step++)
        {
            for (var part = 0; part < parts; part++)
                work(state, step, 0, new Share(part, parts));
        }
    }

    private Thread Start(int member)
    {
        var thread = new Thread(() => Serve(member)) { IsBackground = true, Name = Invariant($"Blockwright {member}") };
        thread.Start();
        return thread;
    }

    private void Lead(TeamWork work, object state, int steps, int parts)
    {
        _work = work;
        _state = state;
        _failure = null;
        for (_firstStep = 0; _firstStep < steps && _failure == null; _firstStep += _steps)
        {
            _steps = Math.Min(steps - _firstStep, TeamParts.Finished);
            _parts.Begin(0, parts);
            WakeSleepers();
            while (TakePart(0, out _))
            {
            }
        }

        _work = null;
        _state = null;
        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    private void Serve(int member)
    {
        while (true)
        {
            while (TakePart(member, out var word))
            {
                if (TeamParts.Step(word) == TeamParts.Finished)
                    WaitWhile(word);
            }

            if (_disposed)
                return;
        }
    }

    /// <summary>Does a part of the current step, or waits until there may be one. False when the run is over (for the leader) or the team is (for the others).</summary>
    private bool TakePart(int member, out ulong word)
    {
        word = _parts.Word;
        if (TeamParts.Step(word) == TeamParts.Finished)
            return member > 0 && !_disposed;
        var part = _parts.Take(word, member);
        if (part < 0)
            WaitWhile(word);
        else
            Do(TeamParts.Step(word), member, part);
        return true;
    }

    private void Do(int step, int member, int part)
    {
        try
        {
            if (Volatile.Read(ref _failure) == null)
                _work!(_state!, _firstStep + step, member, new Share(part, _parts.Count));
        }
        catch (Exception exception)
        {
            // Whatever it is, the leader throws it.
            Interlocked.CompareExchange(ref _failure, exception, null);
        }

        if (_parts.Done())
        {
            _parts.GoOn(step + 1 < _steps ? step + 1 : TeamParts.Finished);
            WakeSleepers();
        }
    }

    private void WaitWhile(ulong word)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            for (var i = 0; i < 64; i++)
            {
                if (_parts.Word != word)
                    return;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() - start < _spinTicks);

        lock (_gate)
        {
            Interlocked.Increment(ref _sleepers);
            while (_parts.Word == word)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _sleepers);
        }
    }

    // A sleeper counts itself before it looks at the word for the last time; here the word has changed before the count is read.
    private void WakeSleepers()
    {
        if (Volatile.Read(ref _sleepers) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
