using Blockwright.Analyzers.HandWritten.Construction;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>A tensor in a unit's forward.</summary>
internal abstract class UnitFlow
{
    /// <summary>How many operations read it.</summary>
    public int Reads { get; set; }

    /// <summary>Whether it was given to a dispose scope when it was made, if one was open.</summary>
    public bool IsOwned { get; set; }

    /// <summary>Whether it was disposed, by the class or by a scope that has ended.</summary>
    public bool Disposed { get; set; }

    internal sealed class Input : UnitFlow;

    /// <summary>One of the two parts of the input's channels.</summary>
    internal sealed class Part(int index) : UnitFlow
    {
        public int Index { get; } = index;
    }

    /// <summary>Layers over the input or a part of it.</summary>
    internal sealed class Branch(UnitFlow from, IReadOnlyList<UnitRun> runs) : UnitFlow
    {
        public UnitFlow From { get; } = from;

        public IReadOnlyList<UnitRun> Runs { get; } = runs;
    }

    internal sealed class Concat(UnitFlow first, UnitFlow second) : UnitFlow
    {
        public UnitFlow First { get; } = first;

        public UnitFlow Second { get; } = second;
    }

    /// <summary>A step of a shuffle that is written out: N x groups x C/groups x H x W, with the two in the middle swapped or not yet.</summary>
    internal sealed class Apart(UnitFlow whole, long groups, bool swapped) : UnitFlow
    {
        public UnitFlow Whole { get; } = whole;

        public long Groups { get; } = groups;

        public bool Swapped { get; } = swapped;

        /// <summary>Whether its values lie in order, so that <c>view</c> takes it.</summary>
        public bool IsContiguous { get; init; } = !swapped;
    }

    internal sealed class Shuffled(UnitFlow whole, long groups) : UnitFlow
    {
        public UnitFlow Whole { get; } = whole;

        public long Groups { get; } = groups;
    }
}

/// <summary>What only this reader knows, in what a walk gives.</summary>
internal static class UnitValues
{
    public static T? As<T>(this Known? known)
        where T : class => (known as Known.Foreign)?.Value as T;
}

/// <summary>Tensors in an array.</summary>
internal sealed record UnitFlows(IReadOnlyList<UnitFlow> Elements);

/// <summary>A tensor's <c>shape</c>.</summary>
internal sealed record UnitSizes(UnitFlow Of);
