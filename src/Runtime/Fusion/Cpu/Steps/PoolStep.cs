using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A pool over each channel by itself.</summary>
internal sealed class PoolStep(PlanStep plan, InstructionSet set) : CpuStep(plan), IRowWindow
{
    public Window Window => Plan.Window;

    public void Run(in FeatureMap input, in FeatureMap output, int first, int count)
    {
        if (Plan.Kind == KernelKind.MaxPool)
            Pooling.Max(set, Window, input, output, first, count);
        else
            Pooling.Average(set, Window, Plan.CountIncludePad, input, output, first, count);
    }

    public override BoundStep Bind(StepMemory memory) => new Bound(this, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private void Run(in FeatureMap input, in FeatureMap output, Share share)
    {
        if (Plan.Kind == KernelKind.MaxPool)
            Pooling.Max(set, Window, input, output, share);
        else
            Pooling.Average(set, Window, Plan.CountIncludePad, input, output, share);
    }

    private sealed class Bound(PoolStep step, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.ByLines(inputs, output);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                step.Run(inputs[i], _outputs[i], share);
        }
    }
}

/// <summary>The mean of each map.</summary>
internal sealed class GlobalPoolStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    private readonly InstructionSet _set = set;

    public override BoundStep Bind(StepMemory memory) => new Bound(_set, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(InstructionSet set, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.BySide(inputs, output);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                Pooling.GlobalAverage(set, inputs[i], _outputs[i], share);
        }
    }
}
