using System.Runtime.CompilerServices;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu;

/// <summary>
/// A small part of each step's work, on zeros, as soon as its weights are packed: the JIT compiles kernels while others are packed, and the first run finds them. One thread's.
/// </summary>
internal sealed class Rehearsal : IDisposable
{
    // A step's part, of so many.
    private const int Parts = 8;

    // Of all maps, several of which share memory: each thread that packs has some of its own, and clears it. The first run of larger networks takes long enough for nobody to notice the JIT.
    private const long MostFloats = 1L << 23;

    private readonly List<AlignedMemory> _memory = [];
    private readonly ScratchMemory _scratch;
    private readonly StepMemory _maps;

    private unsafe Rehearsal(CpuPlan plan, (int Height, int Width)[] grids)
    {
        _scratch = new ScratchMemory(1, Allocate);
        _maps = new StepMemory(new CallerMemory(plan.Inputs.Count(), plan.Results.Length), new BufferMaps(plan, grids, 1, [new(0, plan.Steps.Length, false)], new bool[plan.Buffers.Length], Allocate), _scratch, StepMemory.All);

        float* Allocate(long floats)
        {
            _memory.Add(new AlignedMemory(floats));
            return _memory[^1].Pointer;
        }
    }

    /// <summary>None where nothing is compiled at run time, and for maps that take much memory at the declared size.</summary>
    public static Rehearsal? Of(string network, CpuPlan plan)
    {
        if (!RuntimeFeature.IsDynamicCodeCompiled)
            return null;
        var grids = GridSizes.Of(network, plan.Grids, plan.SizeRules, plan.Grids[0].Height, plan.Grids[0].Width);
        var floats = plan.Buffers.Sum(buffer => CacheLine.ImageFloats(buffer.Channels, grids[buffer.Grid].Height, grids[buffer.Grid].Width, buffer.Halo));
        return floats <= MostFloats ? new(plan, grids) : null;
    }

    /// <summary>Lets a step do a part of its work. What it reads and writes of the caller's is not there, and what torch computes may do anything.</summary>
    public void Run(CpuStep step)
    {
        if (step.Plan.Kind is KernelKind.Planes or KernelKind.Input or KernelKind.Output or KernelKind.Island)
            return;
        var bound = step.Bind(_maps);
        _scratch.Allocate();
        bound.Run(new Share(0, Parts));
    }

    public void Dispose() => _memory.ForEach(static memory => memory.Dispose());
}
