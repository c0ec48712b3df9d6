using System.Runtime.CompilerServices;
using Blockwright.Kernels;
using Blockwright.Kernels.Winograd;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>The ways to compute a convolution, and its weights in the order in which they are packed for any of them.</summary>
internal static class Convolutions
{
    /// <summary>The way that is fastest at the declared size.</summary>
    public static CpuStep Make(CpuPlan network, PlanStep plan, InstructionSet set, FoldedLayer layer, bool isExact)
    {
        // A stem reads planes: channels that do not lie side by side.
        if (plan.Inputs.Any(run => network.Buffers[run.Buffer].IsPlanes))
            return new ConvolutionStep(plan, set, layer);
        var grid = network.Grids[network.Buffers[plan.Output].Grid];
        return (CpuStep)OfPixels(plan, set, layer, isExact, grid.Height, grid.Width);
    }

    /// <summary>The same of maps whose channels lie side by side, for results of a size.</summary>
    public static IConvolving OfPixels(PlanStep plan, InstructionSet set, FoldedLayer layer, bool isExact, int height, int width)
    {
        if (plan.Groups > 1)
            return SharesRegisters(plan, set, layer) ? new DepthwiseStep(plan, set, layer) : new ConvolutionStep(plan, set, layer);
        return !isExact && WinogradConvolution.IsServed(plan.Window) && WinogradCost.Best(set, RunsOf(plan), (int)layer.Shape[0], height, width) is { } form
            ? new WinogradStep(plan, set, form, layer)
            : new ConvolutionStep(plan, set, layer);
    }

    /// <summary>The channels of each run of the input.</summary>
    public static int[] RunsOf(PlanStep plan) => [.. plan.Inputs.Select(static run => run.Count)];

    /// <summary>The biases, in the order in which the output's channels lie.</summary>
    public static float[] BiasOf(PlanStep plan, FoldedLayer layer) => Order.Permute(layer.Bias, plan.OutOrder, 1);

    /// <summary>The weights, in the order in which the channels of both sides lie.</summary>
    public static float[] WeightsOf(PlanStep plan, FoldedLayer layer)
    {
        var outChannels = (int)layer.Shape[0];
        var perGroup = layer.Weight.Length / outChannels / plan.Window.Taps;
        var rows = Order.Permute(layer.Weight, plan.OutOrder, perGroup * plan.Window.Taps);
        return plan.InOrder.IsEmpty ? rows : PermuteColumns(rows, plan, outChannels, perGroup, plan.Window.Taps);
    }

    /// <summary>Whether several groups fit into a register: one run of as many channels as come out, and nothing is added.</summary>
    private static bool SharesRegisters(PlanStep plan, InstructionSet set, FoldedLayer layer)
    {
        var group = (int)layer.Shape[1];
        return plan.Inputs.Length == 1 && plan.Others.IsEmpty && plan.Inputs[0].Count == layer.Shape[0] && PackedDepthwise.Fits(set, group) && plan.Window.Taps * group <= Depthwise.MostWeights;
    }

    /// <summary>Brings each output channel's weights into the order in which the input's channels are read, within its group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float[] PermuteColumns(float[] weights, PlanStep plan, int outChannels, int perGroup, int taps)
    {
        var result = new float[weights.Length];
        for (var row = 0; row < outChannels; row++)
        {
            var group = row / (outChannels / plan.Groups);
            for (var column = 0; column < perGroup; column++)
            {
                var from = plan.InOrder[(group * perGroup) + column] - (group * perGroup);
                for (var tap = 0; tap < taps; tap++)
                    result[(((row * perGroup) + column) * taps) + tap] = weights[(((row * perGroup) + from) * taps) + tap];
            }
        }
        return result;
    }
}
