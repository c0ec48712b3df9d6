using System.Collections.Immutable;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>
/// Gives buffers memory: one that nobody reads any more leaves its slot to the next. The zeros of a halo are written once and never again, so a buffer with
/// a halo shares its slot only with buffers of just its layout.
/// </summary>
internal static class SlotAssignment
{
    public static (ImmutableArray<PlanBuffer> Buffers, int Slots) Assign(IReadOnlyList<CpuTensor> tensors, IReadOnlyList<PlanStep> steps, IReadOnlyList<PlanGrid> grids)
    {
        var last = Lives(tensors.Count, steps).Read;
        var free = new Dictionary<Layout, SortedSet<int>>();
        var readLast = new List<(Layout Layout, int Slot)>?[steps.Count];
        var slots = 0;
        var buffers = new PlanBuffer[tensors.Count];
        for (var step = 0; step < steps.Count; step++)
        {
            foreach (var (freed, number) in (step > 0 ? readLast[step - 1] : null) ?? [])
                free[freed].Add(number);
            if (steps[step].Output < 0)
                continue;
            var tensor = tensors[steps[step].Output];
            var layout = new Layout(tensor.Halo > 0 ? tensor.Width : 0, tensor.Halo > 0 ? tensor.Grid : 0, tensor.Halo, tensor.IsPlanes);
            if (!free.TryGetValue(layout, out var known))
                free.Add(layout, known = []);
            var slot = known.Count > 0 ? known.Min : slots++;
            known.Remove(slot);
            var end = Math.Max(step, last[tensor.Id]);
            if (GoByBands(steps, end, last) && IsLarge(tensors[steps[end].Output], grids))
                end += EndsWithPixels(steps, end + 1, last) ? 2 : 1;
            (readLast[end] ??= []).Add((layout, slot));
            buffers[tensor.Id] = new(tensor.Width, tensor.Grid, tensor.Halo, slot, tensor.IsPlanes);
        }
        return (buffers.ToImmutableArray(), slots);
    }

    /// <summary>
    /// Whether a convolution and the window after it may go some rows at a time, so that what lies between is never whole in memory: the window's first rows are then written while the convolution's last are
    /// still to be read.
    /// </summary>
    private static bool GoByBands(IReadOnlyList<PlanStep> steps, int step, int[] last) =>
        step + 1 < steps.Count && steps[step] is { Kind: KernelKind.Convolution, Others.IsEmpty: true, Output: >= 0 } convolution
        && steps[step + 1] is { Kind: KernelKind.Depthwise or KernelKind.MaxPool or KernelKind.AvgPool, Inputs.Length: 1 } window
        && window.Inputs[0].Buffer == convolution.Output && last[convolution.Output] == step + 1;

    /// <summary>Whether a convolution of single pixels alone reads a window, and may go by bands with it.</summary>
    private static bool EndsWithPixels(IReadOnlyList<PlanStep> steps, int window, int[] last) =>
        window + 1 < steps.Count && steps[window + 1] is { Kind: KernelKind.Convolution, Inputs.Length: 1 } pixels
        && pixels.Window == Window.Pixel && pixels.Inputs[0].Buffer == steps[window].Output && last[steps[window].Output] == window + 1;

    /// <summary>Whether a map is one that goes by bands on any machine; others may share memory with what is written next.</summary>
    private static bool IsLarge(CpuTensor tensor, IReadOnlyList<PlanGrid> grids)
    {
        const int Large = 1024 * 1024;
        var grid = grids[tensor.Grid];
        return CacheLine.ImageFloats(tensor.Width, grid.Height, grid.Width, tensor.Halo) * sizeof(float) > Large;
    }

    /// <summary>The step that makes each buffer, and the last one that reads it.</summary>
    public static (int[] Made, int[] Read) Lives(int tensors, IReadOnlyList<PlanStep> steps)
    {
        var (made, read) = (new int[tensors], new int[tensors]);
        for (var step = 0; step < steps.Count; step++)
        {
            if (steps[step].Output >= 0)
                made[steps[step].Output] = step;
            foreach (var run in steps[step].Reads)
                read[run.Buffer] = step;
        }
        return (made, read);
    }

    /// <summary>What two buffers in one slot must have in common.</summary>
    private readonly record struct Layout(int Channels, int Grid, int Halo, bool IsPlanes);
}
