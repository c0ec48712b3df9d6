using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>Maps brought to another size.</summary>
internal sealed class ResampleStep(PlanStep plan, InstructionSet set, Resampling kind) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(set, kind, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(InstructionSet set, Resampling kind, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.ByLines(inputs, output);
        private readonly ResampledAxis _rows = ResampledAxis.Of(kind, inputs[0].Height, output.Height);
        private readonly ResampledAxis _columns = ResampledAxis.Of(kind, inputs[0].Width, output.Width);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                Resampler.Run(set, _rows, _columns, inputs[i], _outputs[i], share);
        }
    }
}
