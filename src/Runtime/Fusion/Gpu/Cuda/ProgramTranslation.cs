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
            [.. launch.Arguments.Select(argument => ArgumentOf(program, sizes, slots, argument, batch))])
        {
            Uses = [.. launch.Reads.Select(run => UseOf(program, sizes, slots, run, batch, isWritten: false)), .. launch.Writes.Select(run => UseOf(program, sizes, slots, run, batch, isWritten: true))],
        });
        var callers = Enumerable.Range(0, program.Callers).Select(buffer => BytesOf(sizes, buffer, batch)).ToList();
        return new([.. callers.Take(program.Inputs)], [.. callers.Skip(program.Inputs)], work, [.. launches]);
    }

    /// <summary>A pointer to all that a buffer has, or a number. What of a buffer is read and what is written, <see cref="UseOf"/> says.</summary>
    private static KernelArgument ArgumentOf(GpuProgram program, GpuSizes sizes, long[] slots, GpuArgument argument, int batch) => argument switch
    {
        { Kind: GpuArgumentKind.Weights } => KernelArgument.Reads(MemoryOwner.Weights, 0, Math.Max(1, program.WeightFloats) * sizeof(float)),
        { Kind: GpuArgumentKind.Buffer, Value: var buffer } when OwnerOf(program, buffer) is var (owner, number) => KernelArgument.Reads(owner, OffsetOf(program, slots, buffer), BytesOf(sizes, buffer, batch), number),
        _ => KernelArgument.Of(sizes.ValueOf(argument, batch)),
    };

    /// <summary>Some planes of a buffer, in each image.</summary>
    private static MemoryUse UseOf(GpuProgram program, GpuSizes sizes, long[] slots, PlanRun run, int batch, bool isWritten)
    {
        var image = sizes.FloatsOf(run.Buffer) * sizeof(float);
        var plane = image / program.Buffers[run.Buffer].Planes;
        var (owner, number) = OwnerOf(program, run.Buffer);
        return new(owner, OffsetOf(program, slots, run.Buffer) + (run.First * plane), run.Count * plane, isWritten) { Number = number, Times = batch, Period = image };
    }

    private static (MemoryOwner Owner, int Number) OwnerOf(GpuProgram program, int buffer) =>
        buffer < program.Inputs ? (MemoryOwner.Input, buffer)
        : buffer < program.Callers ? (MemoryOwner.Output, buffer - program.Inputs)
        : (MemoryOwner.Work, 0);

    private static long OffsetOf(GpuProgram program, long[] slots, int buffer) => program.Buffers[buffer].Slot is >= 0 and var slot ? slots[slot] : 0;

    private static long BytesOf(GpuSizes sizes, int buffer, int batch) => sizes.FloatsOf(buffer) * batch * sizeof(float);
}
