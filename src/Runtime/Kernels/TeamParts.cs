using System.Numerics;
using System.Runtime.CompilerServices;

namespace Blockwright.Kernels;

/// <summary>
/// The step that a team is at, and which of its parts are taken. Parts go by words of 32: a word is run number (16 bits) | step (16 bits) | parts taken (32 bits). Whoever changes a word
/// from what it read has the part, since a step ends only when its parts are done. A part that there is not is taken from the beginning.
/// </summary>
internal struct TeamParts
{
    /// <summary>The step of a run that is over; more steps than this a run has not.</summary>
    public const int Finished = ushort.MaxValue;

    private const int PerWord = 32;

    // A word in each cache line: threads that take parts of one do not disturb the others'.
    private const int Spacing = CacheLine.Bytes / sizeof(ulong);

    // The first parts' word, which those who wait watch: it is opened last. What is done is counted beside it, in the same cache line as a rule: whoever takes a part counts it, too.
    private ulong _first = Head(0, Finished);
    private int _done;
    private readonly ulong[] _further;

    /// <summary>Makes room for <paramref name="most"/> parts; no run is under way.</summary>
    public TeamParts(int most) => _further = new ulong[most / PerWord * Spacing];

    /// <summary>The parts of each step.</summary>
    public int Count { get; private set; }

    /// <summary>The word that changes with each step.</summary>
    public ulong Word => Volatile.Read(ref _first);

    /// <summary>The step of a word.</summary>
    public static int Step(ulong word) => (int)(word >> 32 & ushort.MaxValue);

    /// <summary>Begins a run, with its first step or, to end all, with none.</summary>
    public void Begin(int step, int parts)
    {
        Count = parts;
        Open(Run(_first) + 1, step);
    }

    /// <summary>Goes on to another step of the run.</summary>
    public void GoOn(int step) => Open(Run(_first), step);

    /// <summary>Counts a part as done. True if it is the step's last one: then nobody else does anything until another one begins.</summary>
    public bool Done() => Interlocked.Increment(ref _done) == Count;

    /// <summary>Takes a part of the word's step: the one with the member's own number, or else any. Gives -1 if none is left, or the step is over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(ulong word, int member) => Count <= PerWord ? Take(ref _first, word, word, member) : TakeOfMany(word, member);

    private int TakeOfMany(ulong word, int member)
    {
        var parts = Count;
        var groups = (parts + PerWord - 1) / PerWord;
        var group = member < parts ? member / PerWord : 0;
        for (var i = 0; i < groups; i++)
        {
            ref var words = ref group == 0 ? ref _first : ref Further(group);
            var bit = Take(ref words, Volatile.Read(ref words), word, member - (group * PerWord));
            if (bit >= 0)
                return (group * PerWord) + bit;
            group = group + 1 < groups ? group + 1 : 0;
        }
        return -1;
    }

    private void Open(int run, int step)
    {
        _done = 0;
        for (var group = 1; group * PerWord < Count; group++)
            Volatile.Write(ref Further(group), Head(run, step) | Missing(group));
        Interlocked.Exchange(ref _first, Head(run, step) | Missing(0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Take(ref ulong parts, ulong found, ulong word, int preferred)
    {
        while (true)
        {
            var free = ~(uint)found;
            if (found >> 32 != word >> 32 || free == 0)
                return -1;
            var bit = (uint)preferred < PerWord && (free >> preferred & 1) != 0 ? preferred : BitOperations.TrailingZeroCount(free);
            var now = Interlocked.CompareExchange(ref parts, found | 1ul << bit, found);
            if (now == found)
                return bit;
            found = now;
        }
    }

    private static ulong Head(int run, int step) => (ulong)(ushort)run << 48 | (ulong)(ushort)step << 32;

    private static int Run(ulong word) => (int)(word >> 48);

    private readonly uint Missing(int group)
    {
        var count = Count - (group * PerWord);
        return count >= PerWord ? 0 : uint.MaxValue << count;
    }

    private readonly ref ulong Further(int group) => ref _further[(group - 1) * Spacing];
}
