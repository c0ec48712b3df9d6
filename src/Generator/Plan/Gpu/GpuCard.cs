namespace Blockwright.Generator.Plan.Gpu;

/// <summary>What the arithmetic of occupancy has to know of a card, as NVIDIA's programming guide has it (technical specifications per compute capability).</summary>
/// <param name="Name">Its compute capability.</param>
/// <param name="Multiprocessors">How many there are of the card that the numbers are of.</param>
/// <param name="MostThreads">Threads of a multiprocessor.</param>
/// <param name="MostGroups">Groups of a multiprocessor.</param>
/// <param name="SharedBytes">Shared memory of a multiprocessor.</param>
internal sealed record GpuCard(string Name, int Multiprocessors, int MostThreads, int MostGroups, int SharedBytes)
{
    /// <summary>Threads that run in step.</summary>
    public const int Warp = 32;

    /// <summary>Registers of a multiprocessor, on all of them.</summary>
    public const int Registers = 64 * 1024;

    /// <summary>What a kernel may declare by itself, on all of them.</summary>
    public const int MostStaticShared = 48 * 1024;

    /// <summary>Threads of a group, on all of them.</summary>
    public const int MostThreadsOfGroup = 1024;

    // What a group takes beyond what it declares.
    private const int SharedReserve = 1024;

    /// <summary>The card that tiles are chosen for.</summary>
    public static GpuCard Reference { get; } = new("sm_90", 132, 2048, 32, 228 * 1024);

    /// <summary>The groups that one multiprocessor holds at a time; 0 where not even one fits.</summary>
    public int GroupsAtOnce(int threads, int sharedBytes, int registers)
    {
        if (threads > MostThreadsOfGroup || sharedBytes > MostStaticShared)
            return 0;
        // Registers are given to warps, 256 at a time.
        var warps = (threads + Warp - 1) / Warp;
        var registersOfWarp = ((registers * Warp) + 255) / 256 * 256;
        var byRegisters = Registers / (registersOfWarp * warps);
        return Math.Min(Math.Min(MostThreads / (warps * Warp), MostGroups), Math.Min(byRegisters, SharedBytes / (sharedBytes + SharedReserve)));
    }
}
