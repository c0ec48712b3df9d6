using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A convolution or linear layer, a residual and an activation in its epilogue.</summary>
internal sealed class ConvolutionStep(PlanStep plan, InstructionSet set, FoldedLayer layer) : ProductStep(plan), IConvolving
{
    public PackedConvolution Packed { get; } =
        new(set, Convolutions.WeightsOf(plan, layer), Convolutions.BiasOf(plan, layer), (int)layer.Shape[0], Convolutions.RunsOf(plan), plan.Window.KernelHeight, plan.Window.KernelWidth, plan.Groups);

    public Activation Function { get; } = CpuSteps.FunctionOf(plan);

    public override AlignedMemory Weights => Packed.Memory;

    public override AlignedMemory? Following
    {
        set => Packed.Following = value;
    }

    public override BoundStep Bind(StepMemory memory) => Bind(memory.Runs(Plan.Inputs), memory.Map(Plan.Output), memory.Residual(Plan), memory.Scratch);

    public BoundStep Bind(FeatureMap[] inputs, FeatureMap output, FeatureMap residual, ScratchMemory scratch) => new Bound(this, inputs, output, residual);

    public override void Dispose() => Packed.Dispose();

    private sealed class Bound(ConvolutionStep step, FeatureMap[] inputs, FeatureMap output, FeatureMap residual) : BoundStep
    {
        public override void Run(Share share) => Convolution.Run(step.Packed, step.Plan.Window, inputs, output, step.Function, residual, share);
    }
}
