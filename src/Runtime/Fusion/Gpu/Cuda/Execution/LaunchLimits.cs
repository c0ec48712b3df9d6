using static System.FormattableString;

namespace Blockwright.Gpu.Cuda;

/// <summary>What a device launches at most. The driver says "invalid value" of more, and not which.</summary>
/// <param name="Threads">Of a block.</param>
/// <param name="SharedBytes">Of a block that asks for more than the usual 48 KiB.</param>
/// <param name="Grid">Blocks.</param>
internal sealed record LaunchLimits(int Threads, int SharedBytes, Extent Grid)
{
    // What every kernel has without asking.
    public const int UsualSharedBytes = 48 * 1024;

    /// <exception cref="CudaException">The launch is beyond the device's limits, or not of this world.</exception>
    public void Check(KernelLaunch launch, string device)
    {
        var threads = (long)launch.Block.X * launch.Block.Y * launch.Block.Z;
        if (launch.Block is not { X: > 0, Y: > 0, Z: > 0 } || threads > Threads)
            throw Beyond(launch, device, Invariant($"{launch.Block.X} x {launch.Block.Y} x {launch.Block.Z} threads a block"), Invariant($"{Threads}"));
        if (launch.SharedBytes < 0 || launch.SharedBytes > SharedBytes)
            throw Beyond(launch, device, Invariant($"{launch.SharedBytes} bytes of shared memory"), Invariant($"{SharedBytes}"));
        if (launch.Grid is not { X: > 0, Y: > 0, Z: > 0 } || launch.Grid.X > Grid.X || launch.Grid.Y > Grid.Y || launch.Grid.Z > Grid.Z)
            throw Beyond(launch, device, Invariant($"a grid of {launch.Grid.X} x {launch.Grid.Y} x {launch.Grid.Z} blocks"), Invariant($"{Grid.X} x {Grid.Y} x {Grid.Z}"));
    }

    /// <exception cref="CudaException">A kernel would leave its buffers.</exception>
    public static void CheckMemory(KernelLaunch launch, LaunchSchedule schedule, long weightBytes)
    {
        foreach (var use in launch.Arguments.Where(static argument => argument.IsPointer).Select(static argument => argument.Use).Concat(launch.Uses))
        {
            var bytes = use.Owner switch
            {
                MemoryOwner.Input => schedule.Inputs[use.Number],
                MemoryOwner.Output => schedule.Outputs[use.Number],
                MemoryOwner.Work => schedule.WorkBytes,
                _ => weightBytes,
            };
            if (use.Offset < 0 || use.Bytes <= 0 || use.Times < 1 || use.End - use.Offset > bytes - use.Offset)
                throw new CudaException(Invariant($"Kernel {launch.Kernel} would use {use.Bytes} bytes from {use.Offset} of {use.Owner}{(use.Number > 0 ? Invariant($" {use.Number}") : "")}, which has {bytes}. This is a fault of Blockwright: please report it."));
            if (use.IsWritten && use.Owner is MemoryOwner.Input or MemoryOwner.Weights)
                throw new CudaException($"Kernel {launch.Kernel} would write to {use.Owner}. This is a fault of Blockwright: please report it.");
        }
    }

    private static CudaException Beyond(KernelLaunch launch, string device, string asked, string most) =>
        new($"Kernel {launch.Kernel} asks for {asked}; {device} has at most {most}.");
}
