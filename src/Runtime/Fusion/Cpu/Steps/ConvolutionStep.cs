using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A convolution or linear layer, a residual and an activation in its epilogue.</summary>
internal sealed class ConvolutionStep : CpuStep
{
    public ConvolutionStep(PlanStep plan, InstructionSet set, FoldedLayer layer)
        : base(plan)
    {
        var outChannels = (int)layer.Shape[0];
        var taps = plan.Window.Taps;
        var perGroup = layer.Weight.Length / outChannels / taps;
        var rows = Order.Permute(layer.Weight, plan.OutOrder, perGroup * taps);
        var weights = plan.InOrder.IsEmpty ? rows : PermuteColumns(rows, plan, outChannels, perGroup, taps);
        Packed = new(set, weights, Order.Permute(layer.Bias, plan.OutOrder, 1), outChannels, [.. plan.Inputs.Select(static run => run.Count)], plan.Window.KernelHeight, plan.Window.KernelWidth, plan.Groups);
        Function = CpuSteps.FunctionOf(plan);
    }

    public PackedConvolution Packed { get; }

    public Activation Function { get; }

    public override BoundStep Bind(StepMemory memory) => new Bound(this, memory.Runs(Plan.Inputs), memory.Map(Plan.Output), Plan.Others.IsEmpty ? default : memory.Runs(Plan.Others)[0]);

    public override void Dispose() => Packed.Dispose();

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

    private sealed class Bound(ConvolutionStep step, FeatureMap[] inputs, FeatureMap output, FeatureMap residual) : BoundStep
    {
        public override void Run(Share share) => Convolution.Run(step.Packed, step.Plan.Window, inputs, output, step.Function, residual, share);
    }
}
