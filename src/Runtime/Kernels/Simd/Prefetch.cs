using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Blockwright.Kernels.Simd;

/// <summary>Asks for a cache line that will be read soon. It does nothing where .NET has no such instruction, and never faults.</summary>
internal static unsafe class Prefetch
{
    /// <summary>Into the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(float* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(address);
    }

    /// <summary>The line that a result will go to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Written(float* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    /// <summary>The lines that a panel's results will go to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Panel<TPanel>(float* address) where TPanel : unmanaged, IPanel<TPanel>
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch0(address);
        if (TPanel.Lanes > 16)
            Sse.Prefetch0(address + 16);
        if (TPanel.Lanes > 32)
            Sse.Prefetch0(address + 32);
    }
}
