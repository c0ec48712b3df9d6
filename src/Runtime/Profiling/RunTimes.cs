namespace Blockwright;

/// <summary>When the steps of some runs began and ended.</summary>
/// <param name="Stamps">Of each run: the moment before its first step, and the one after each, in ticks of <see cref="System.Diagnostics.Stopwatch"/>'s. A step begins when the one before it ends.</param>
/// <param name="Plain">What a run takes that nobody looks into, as often.</param>
internal abstract record RunTimes(long[][] Stamps, long[] Plain)
{
    /// <summary>The steps by the layers that they compute.</summary>
    public abstract NetworkProfile Profile(NetworkPlans plans, int batch, int height, int width);
}
