using System.Diagnostics;

namespace Blockwright.Tests.Shared;

/// <summary>What this process holds, without what its garbage collector merely keeps for later.</summary>
internal static class HeldMemory
{
    /// <summary>
    /// Bytes of living objects and of memory that is not the collector's (tensors, kernels' buffers, code). The heap itself is left out: by how much it grows
    /// between two collections is the collector's choice, by the machine's caches and load, and says nothing of what was left behind.
    /// </summary>
    public static long Bytes()
    {
        // Twice: what a finalizer frees, and what it held, is gone only then.
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        var living = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        return living + process.PrivateMemorySize64 - GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes;
    }
}
