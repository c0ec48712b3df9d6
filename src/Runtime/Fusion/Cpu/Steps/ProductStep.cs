using Blockwright.Kernels;
using Blockwright.Kernels.Winograd;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A convolution or linear layer, whichever way it is computed.</summary>
internal abstract class ProductStep(PlanStep plan) : CpuStep(plan)
{
    /// <summary>The packed weights.</summary>
    public abstract AlignedMemory Weights { get; }

    /// <summary>The weights that are read after these, which come while the last of these pass.</summary>
    public abstract AlignedMemory? Following { set; }

    /// <summary>The way that is fastest at the declared size.</summary>
    public static ProductStep Make(CpuPlan network, PlanStep plan, InstructionSet set, FoldedLayer layer, bool isExact)
    {
        var grid = network.Grids[network.Buffers[plan.Output].Grid];
        var readsPlanes = plan.Inputs.Any(run => network.Buffers[run.Buffer].IsPlanes);
        if (!readsPlanes && plan.Groups > 1 && GroupedStep.Serves(plan, set, layer))
            return new GroupedStep(plan, set, layer);
        return !isExact && !readsPlanes && plan.Groups == 1 && WinogradConvolution.IsServed(plan.Window)
            && WinogradCost.Best(set, RunsOf(plan), (int)layer.Shape[0], grid.Height, grid.Width) is { } form
            ? new WinogradStep(plan, set, form, layer)
            : new ConvolutionStep(plan, set, layer);
    }

    /// <summary>The channels of each run of the input.</summary>
    protected static int[] RunsOf(PlanStep plan) => [.. plan.Inputs.Select(static run => run.Count)];

    /// <summary>The biases, in the order in which the output's channels lie.</summary>
    protected static float[] BiasOf(PlanStep plan, FoldedLayer layer) => Order.Permute(layer.Bias, plan.OutOrder, 1);

    /// <summary>The weights, in the order in which the channels of both sides lie.</summary>
    protected static float[] WeightsOf(PlanStep plan, FoldedLayer layer)
    {
        var outChannels = (int)layer.Shape[0];
        var perGroup = layer.Weight.Length / outChannels / plan.Window.Taps;
        var rows = Order.Permute(layer.Weight, plan.OutOrder, perGroup * plan.Window.Taps);
        return plan.InOrder.IsEmpty ? rows : PermuteColumns(rows, plan, outChannels, perGroup, plan.Window.Taps);
    }

    /// <summary>Brings each output channel's weights into the order in which the input's channels are read, within its group.</summary>
    private static float[] PermuteColumns(float[] weights, PlanStep plan, int outChannels, int perGroup, int taps)
    {
        var result = new float[weights.Length];
        for (var row = 0; row < outChannels; row++)
        {
            var group = row / (outChannels / plan.Groups);
            for (var column = 0; column < perGroup; column++)
            {
                var from = plan.InOrder[(group * perGroup) + column] - (group * perGroup);
                Array.Copy(weights, ((row * perGroup) + from) * taps, result, ((row * perGroup) + column) * taps, taps);
            }
        }
        return result;
    }
}
