using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A depthwise convolution, or one in groups that share registers: each run of channels by itself, with weights of its own.</summary>
internal sealed class DepthwiseStep : CpuStep, IRowWindow, IConvolving
{
    private readonly PackedDepthwise[] _packed;
    private readonly Activation _function;

    public DepthwiseStep(PlanStep plan, InstructionSet set, FoldedLayer layer)
        : base(plan)
    {
        var (group, first) = ((int)layer.Shape[1], 0);
        var each = group * plan.Window.Taps;
        var (weights, bias) = (Convolutions.WeightsOf(plan, layer), Convolutions.BiasOf(plan, layer));
        _packed = new PackedDepthwise[plan.Inputs.Length];
        for (var i = 0; i < _packed.Length; i++)
        {
            var count = plan.Inputs[i].Count;
            _packed[i] = new PackedDepthwise(
                set, weights.AsSpan(first * each, count * each), bias.Length == 0 ? [] : bias.AsSpan(first, count), count, plan.Window.KernelHeight, plan.Window.KernelWidth, group);
            first += count;
        }
        _function = CpuSteps.FunctionOf(plan);
    }

    public Window Window => Plan.Window;

    public void Run(in FeatureMap input, in FeatureMap output, int first, int count) => Depthwise.Run(_packed[0], Window, input, output, _function, first, count);

    public override BoundStep Bind(StepMemory memory) => Bind(memory.Runs(Plan.Inputs), memory.Map(Plan.Output), default, memory.Scratch);

    public BoundStep Bind(FeatureMap[] inputs, FeatureMap output, FeatureMap residual, ScratchMemory scratch) => new Bound(this, inputs, output);

    public override void Dispose()
    {
        foreach (var packed in _packed)
            packed.Dispose();
    }

    private sealed class Bound(DepthwiseStep step, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.ByLines(inputs, output);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                Depthwise.Run(step._packed[i], step.Window, inputs[i], _outputs[i], step._function, share);
        }
    }
}
