using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A number for each channel, as a map of one pixel.</summary>
internal sealed unsafe class ChannelNumbers : IDisposable
{
    private readonly AlignedMemory _memory;

    public ChannelNumbers(float[] numbers)
    {
        var layout = new FeatureLayout(numbers.Length, 1, 1);
        _memory = new AlignedMemory(layout.ImagePitch);
        Map = layout.At(_memory, 1);
        numbers.CopyTo(new Span<float>(Map.Data, numbers.Length));
    }

    public FeatureMap Map { get; }

    public void Dispose() => _memory.Dispose();
}

/// <summary>A step that multiplies each channel by a number of its own and adds another.</summary>
internal abstract class ScalingStep(PlanStep plan, FoldedLayer layer) : CpuStep(plan)
{
    protected ChannelNumbers Scale { get; } = new(Order.Permute(layer.Weight, plan.OutOrder, 1));

    protected ChannelNumbers Shift { get; } = new(Order.Permute(layer.Bias, plan.OutOrder, 1));

    public override void Dispose()
    {
        Scale.Dispose();
        Shift.Dispose();
    }
}
