using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu;

/// <summary>Allocates memory of floats, zeroed.</summary>
internal unsafe delegate float* Allocator(long floats);

/// <summary>Steps that images go through alike. A class for the reason that <see cref="PlanRun"/> is one.</summary>
/// <param name="First">The first of them.</param>
/// <param name="End">The one behind the last.</param>
/// <param name="IsTogether">Whether all images go side by side; else one goes to the end before the next begins.</param>
internal sealed record Stretch(int First, int End, bool IsTogether);

/// <summary>The maps of each buffer.</summary>
internal sealed unsafe class BufferMaps
{
    private readonly CpuPlan _plan;
    private readonly (int Height, int Width)[] _grids;
    private readonly float*[] _memory;
    private readonly int[] _images;

    public BufferMaps(CpuPlan plan, (int Height, int Width)[] grids, int images, IReadOnlyList<Stretch> stretches, bool[] passing, Allocator allocate)
    {
        (_plan, _grids) = (plan, grids);
        _memory = new float*[plan.Buffers.Length];
        _images = new int[plan.Buffers.Length];
        var (madeIn, isPassedOn) = (new int[plan.Buffers.Length], new bool[plan.Buffers.Length]);
        for (var stretch = 0; stretch < stretches.Count; stretch++)
        {
            foreach (var step in plan.Steps.AsSpan(stretches[stretch].First, stretches[stretch].End - stretches[stretch].First))
            {
                foreach (var run in step.Reads)
                    isPassedOn[run.Buffer] |= madeIn[run.Buffer] != stretch;
                if (step.Output >= 0)
                    (madeIn[step.Output], _images[step.Output]) = (stretch, stretches[stretch].IsTogether ? images : 1);
            }
        }

        // What one stretch leaves for another has memory of its own for all images: one image's steps would write over the others' in a shared slot.
        var slots = new long[plan.Slots];
        for (var i = 0; i < plan.Buffers.Length; i++)
        {
            if (passing[i])
                continue; // only some of its rows are ever there
            if (isPassedOn[i])
                _memory[i] = allocate(Floats(i) * (_images[i] = images));
            else
                slots[plan.Buffers[i].Slot] = Math.Max(slots[plan.Buffers[i].Slot], Floats(i) * _images[i]);
        }
        var slotMemory = new float*[plan.Slots];
        for (var i = 0; i < slots.Length; i++)
            slotMemory[i] = slots[i] > 0 ? allocate(slots[i]) : null;
        for (var i = 0; i < plan.Buffers.Length; i++)
        {
            if (_memory[i] == null && !passing[i])
                _memory[i] = slotMemory[plan.Buffers[i].Slot];
        }
    }

    public FeatureMap Map(int buffer, int image)
    {
        var map = Layout(buffer).At(_memory[buffer], _images[buffer]);
        return image < 0 || _images[buffer] == 1 ? map : map.Batch(image, 1);
    }

    public PlanarImages Planes(int buffer, int image)
    {
        var (channels, (height, width)) = (_plan.Buffers[buffer].Channels, _grids[_plan.Buffers[buffer].Grid]);
        return image < 0 || _images[buffer] == 1
            ? new(_memory[buffer], _images[buffer], channels, height, width, _plan.Buffers[buffer].Halo)
            : new(_memory[buffer] + (image * Floats(buffer)), 1, channels, height, width, _plan.Buffers[buffer].Halo);
    }

    public (int Height, int Width) SizeOf(int buffer) => _grids[_plan.Buffers[buffer].Grid];

    public bool IsPlanes(int buffer) => _plan.Buffers[buffer].IsPlanes;

    private FeatureLayout Layout(int buffer)
    {
        var (height, width) = _grids[_plan.Buffers[buffer].Grid];
        return new(_plan.Buffers[buffer].Channels, height, width, _plan.Buffers[buffer].Halo);
    }

    private long Floats(int buffer)
    {
        var layout = Layout(buffer);
        return IsPlanes(buffer) ? (long)layout.Channels * (layout.Height + (2 * layout.Halo)) * (layout.Width + (2 * layout.Halo)) : layout.ImagePitch;
    }
}
