using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A softmax of each pixel over its channels, or its logarithm.</summary>
internal sealed class SoftmaxStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(set, Plan.Kind == KernelKind.LogSoftmax, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(InstructionSet set, bool isLog, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        public override void Run(Share share) => PixelSoftmax.Run(set, inputs, isLog, output, share);
    }
}

/// <summary>The mean of each pixel's channels, or the greatest of them.</summary>
internal sealed class ChannelReductionStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(set, Plan.Kind == KernelKind.ChannelMean, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(InstructionSet set, bool isMean, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        public override void Run(Share share) => PixelReduction.Run(set, inputs, isMean, output, share);
    }
}
