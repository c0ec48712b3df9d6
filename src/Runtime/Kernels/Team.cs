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
    /// <summary>The most threads, and the most parts of a step.</summary>
    public const int Most = 32;

    /// <summary>The longest that a thread spins before it sleeps: longer than the gaps between operations, shorter than anyone would notice.</summary>
    public static readonly TimeSpan LongestSpin = TimeSpan.FromMicroseconds(200);

    private const int Finished = ushort.MaxValue;

    private static readonly long SpinTicks = (long)(LongestSpin.TotalSeconds * Stopwatch.Frequency);

    private readonly Thread[] _threads;
    private readonly Lock _owner = new();
    private readonly object _gate = new();
    private TeamWork? _work;
    private object? _state;
    private int _steps;
    private int _parts;
    private Exception? _failure;
    private int _sleepers;
    private int _done;
    private bool _disposed;

    // run number (16 bits) | step (16 bits) | parts taken (32 bits). Whoever changes it from what it read has the part, since a run or a step ends only when
    // its parts are done.
    private ulong _word = Pack(0, Finished);

    /// <summary>Starts <paramref name="threads"/> - 1 threads, which sleep.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one thread, or more than <see cref="Most"/>.</exception>
    public Team(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, Most);
        Threads = threads;
        _threads = new Thread[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var member = i + 1;
            _threads[i] = new Thread(() => Serve(member)) { IsBackground = true, Name = Invariant($"Blockwright {member}") };
            _threads[i].Start();
        }
    }

    /// <summary>Members, the caller among them.</summary>
    public int Threads { get; }

    /// <summary>Works through the steps, and returns true when they are done; false at once if another work has the team.</summary>
    /// <param name="work">Does a part of a step. Keep one delegate: a new one is an allocation.</param>
    /// <param name="state">What the work needs.</param>
    /// <param name="steps">How many steps, below 65,535.</param>
    /// <param name="parts">The parts of each step, at most <see cref="Most"/>; as many as threads, or images if the threads share these out.</param>
    /// <exception cref="ObjectDisposedException">The team was disposed of.</exception>
    /// <remarks>What the work throws on any thread is thrown here, and the steps after it are not begun.</remarks>
    public bool TryRun(TeamWork work, object state, int steps, int parts)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, Most);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(steps, Finished);
        if (!_owner.TryEnter())
            return false;
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (Threads == 1 || parts == 1)
                Alone(work, state, steps, parts);
            else if (steps > 0)
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
            Publish(Pack(Run(_word) + 1, Finished));
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

    private void Lead(TeamWork work, object state, int steps, int parts)
    {
        _work = work;
        _state = state;
        _steps = steps;
        _parts = parts;
        _failure = null;
        _done = 0;
        Publish(Pack(Run(_word) + 1, 0));
        while (TakePart(0, out _))
        {
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
                if (Step(word) == Finished)
                    WaitWhile(word);
            }

            if (_disposed)
                return;
        }
    }

    /// <summary>Does a part of the current step, or waits until there may be one. False when the run is over (for the leader) or the team is (for the others).</summary>
    private bool TakePart(int member, out ulong word)
    {
        word = Volatile.Read(ref _word);
        if (Step(word) == Finished)
            return member > 0 && !_disposed;
        var parts = _parts;
        var taken = (uint)word;
        var part = member < parts && (taken & (1u << member)) == 0 ? member : System.Numerics.BitOperations.TrailingZeroCount(~taken);
        if (part >= parts)
            WaitWhile(word);
        else if (Interlocked.CompareExchange(ref _word, word | (1ul << part), word) == word)
            Do(Step(word), member, part);
        return true;
    }

    private void Do(int step, int member, int part)
    {
        try
        {
            if (Volatile.Read(ref _failure) == null)
                _work!(_state!, step, member, new Share(part, _parts));
        }
        catch (Exception exception)
        {
            // Whatever it is, the leader throws it.
            Interlocked.CompareExchange(ref _failure, exception, null);
        }

        if (Interlocked.Increment(ref _done) < _parts)
            return;
        _done = 0;
        Publish(Pack(Run(_word), step + 1 < _steps ? step + 1 : Finished));
    }

    private void WaitWhile(ulong word)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            for (var i = 0; i < 64; i++)
            {
                if (Volatile.Read(ref _word) != word)
                    return;
                Thread.SpinWait(1);
            }
        }
        while (Stopwatch.GetTimestamp() - start < SpinTicks);

        lock (_gate)
        {
            Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref _word) == word)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _sleepers);
        }
    }

    // A sleeper counts itself before it looks at the word for the last time; here the word changes before the count is read.
    private void Publish(ulong word)
    {
        Interlocked.Exchange(ref _word, word);
        if (Volatile.Read(ref _sleepers) == 0)
            return;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    private static ulong Pack(int run, int step) => (ulong)(ushort)run << 48 | (ulong)(ushort)step << 32;

    private static int Run(ulong word) => (int)(word >> 48);

    private static int Step(ulong word) => (int)(word >> 32 & ushort.MaxValue);
}
