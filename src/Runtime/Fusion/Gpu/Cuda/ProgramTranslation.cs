using Blockwright.Plans;

namespace Blockwright.Gpu.Cuda;

/// <summary>A network's program for any GPU as what CUDA is asked to do.</summary>
internal static class ProgramTranslation
{
    // As cuMemAlloc's own addresses: whatever a kernel may want to read at once.
    private const long Alignment = 256;

    /// <param name="network">The network's name.</param>
    /// <param name="program">The program.</param>
    /// <param name="weights">The folded weights.</param>
    public static CudaProgram Of(string network, GpuProgram program, FoldedWeights weights)
    {
        var sources = program.Kernels.Select(static kernel => new KernelSource(kernel.Name + ".cu", Dialect.Source(Dialect.Cuda, [kernel]), [kernel.Name])).ToList();
        return new(network, sources, WeightPacking.Pack(program, weights), size => ScheduleOf(program, new GpuSizes(network, program, size.Height, size.Width), size.Batch));
    }

    /// <summary>What is launched for some images, no more than <see cref="GpuSizes.MostImages"/>.</summary>
    private static LaunchSchedule ScheduleOf(GpuProgram program, GpuSizes sizes, int batch)
    {
        var slots = new long[program.Slots];
        var work = 0L;
        for (var slot = 0; slot < slots.Length; slot++)
        {
            slots[slot] = work;
            work += ((sizes.FloatsOfSlot(slot) * batch * sizeof(float)) + Alignment - 1) / Alignment * Alignment;
        }
        var launches = program.ScheduleOf(batch).Launches.Select(launch => new KernelLaunch(
            program.Kernels[launch.Kernel].Name,
            new(checked((int)sizes.GroupsOf(launch, batch))),
            new(program.Kernels[launch.Kernel].Threads),
            0, // Kernels declare theirs themselves.
            [.. launch.Arguments.Select(argument => ArgumentOf(program, sizes, slots, argument, batch))]));
        return new(BytesOf(sizes, GpuProgram.Input, batch), BytesOf(sizes, GpuProgram.Output, batch), work, [.. launches]);
    }

    /// <summary>
    /// A pointer or a number. A program does not say which of its buffers a kernel writes, so each that it may write counts as written: launches that could run at once then wait for each other, and none
    /// runs too early.
    /// </summary>
    private static KernelArgument ArgumentOf(GpuProgram program, GpuSizes sizes, long[] slots, GpuArgument argument, int batch) => argument switch
    {
        { Kind: GpuArgumentKind.Weights } => KernelArgument.Reads(MemoryOwner.Weights, 0, Math.Max(1, program.WeightFloats) * sizeof(float)),
        { Kind: GpuArgumentKind.Buffer, Value: GpuProgram.Input } => KernelArgument.Reads(MemoryOwner.Input, 0, BytesOf(sizes, GpuProgram.Input, batch)),
        { Kind: GpuArgumentKind.Buffer, Value: GpuProgram.Output } => KernelArgument.Writes(MemoryOwner.Output, 0, BytesOf(sizes, GpuProgram.Output, batch)),
        { Kind: GpuArgumentKind.Buffer, Value: var buffer } => KernelArgument.Writes(MemoryOwner.Work, slots[program.Buffers[buffer].Slot], BytesOf(sizes, buffer, batch)),
        _ => KernelArgument.Of(sizes.ValueOf(argument, batch)),
    };

    private static long BytesOf(GpuSizes sizes, int buffer, int batch) => sizes.FloatsOf(buffer) * batch * sizeof(float);
}
