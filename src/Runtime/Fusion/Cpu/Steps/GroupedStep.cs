using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A convolution in groups of a few channels.</summary>
internal sealed class GroupedStep(PlanStep plan, InstructionSet set, FoldedLayer layer) : ProductStep(plan), IRowWindow
{
    private readonly PackedGroups _packed = new(set, WeightsOf(plan, layer), BiasOf(plan, layer), (int)layer.Shape[0], (int)layer.Shape[1], plan.Window.KernelHeight, plan.Window.KernelWidth);
    private readonly Activation _function = CpuSteps.FunctionOf(plan);

    public override AlignedMemory Weights => _packed.Memory;

    /// <summary>Its own weights stay in the cache: nothing is fetched while they pass.</summary>
    public override AlignedMemory? Following
    {
        set { }
    }

    public Window Window => Plan.Window;

    /// <summary>Whether the kernel takes a step: one run of as many channels as it gives, in groups that share a register.</summary>
    public static bool Serves(PlanStep plan, InstructionSet set, FoldedLayer layer) =>
        plan.Inputs.Length == 1 && plan.Others.IsEmpty && plan.Inputs[0].Count == layer.Shape[0] && GroupedConvolution.Fits(set, (int)layer.Shape[1]) && GroupedConvolution.Fits(plan.Window);

    public void Run(in FeatureMap input, in FeatureMap output, int first, int count) => GroupedConvolution.Run(_packed, Window, input, output, _function, first, count);

    public override BoundStep Bind(StepMemory memory) => new Bound(this, memory.Runs(Plan.Inputs)[0], memory.Map(Plan.Output));

    public override void Dispose() => _packed.Dispose();

    private sealed class Bound(GroupedStep step, FeatureMap input, FeatureMap output) : BoundStep
    {
        public override void Run(Share share) => GroupedConvolution.Run(step._packed, step.Window, input, output, step._function, share);
    }
}
