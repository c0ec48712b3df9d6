using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>An activation that no epilogue takes in.</summary>
internal sealed class ActivationStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(set, CpuSteps.FunctionOf(Plan), memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(InstructionSet set, Activation function, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.BySide(inputs, output);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                Elementwise.Copy(set, inputs[i], _outputs[i], function, share);
        }
    }
}

/// <summary>A batch norm that no convolution takes in.</summary>
internal sealed unsafe class AffineStep : CpuStep
{
    private readonly InstructionSet _set;
    private readonly Activation _function;
    private readonly AlignedMemory _memory;
    private readonly FeatureMap _scale;
    private readonly FeatureMap _shift;

    public AffineStep(PlanStep plan, InstructionSet set, FoldedLayer layer)
        : base(plan)
    {
        (_set, _function) = (set, CpuSteps.FunctionOf(plan));
        // Scales and shifts as maps of one pixel.
        var layout = new FeatureLayout(layer.Weight.Length, 1, 1);
        _memory = new AlignedMemory(2 * layout.ImagePitch);
        _scale = layout.At(_memory.Pointer, 1);
        _shift = layout.At(_memory.Pointer + layout.ImagePitch, 1);
        Order.Permute(layer.Weight, plan.OutOrder, 1).CopyTo(new Span<float>(_scale.Data, layer.Weight.Length));
        Order.Permute(layer.Bias, plan.OutOrder, 1).CopyTo(new Span<float>(_shift.Data, layer.Bias.Length));
    }

    public override BoundStep Bind(StepMemory memory) => new Bound(this, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    public override void Dispose() => _memory.Dispose();

    private sealed class Bound(AffineStep step, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.BySide(inputs, output);
        private readonly FeatureMap[] _scales = Side.BySide(inputs, step._scale);
        private readonly FeatureMap[] _shifts = Side.BySide(inputs, step._shift);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                Elementwise.MultiplyAdd(step._set, inputs[i], Elementwise.Spread(_scales[i], inputs[i]), Elementwise.Spread(_shifts[i], inputs[i]), _outputs[i], step._function, share);
        }
    }
}

/// <summary>A sum, or a product whose second factor may be a gate.</summary>
internal sealed class BinaryStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) =>
        new Bound(set, Plan.Kind, CpuSteps.FunctionOf(Plan), Side.Pieces(memory.Runs(Plan.Inputs), memory.Runs(Plan.Others), memory.Map(Plan.Output)));

    private sealed class Bound(InstructionSet set, KernelKind kind, Activation function, (FeatureMap Left, FeatureMap Right, FeatureMap Output)[] pieces) : BoundStep
    {
        public override void Run(Share share)
        {
            foreach (var (left, right, output) in pieces)
            {
                if (kind == KernelKind.Add)
                    Elementwise.Add(set, left, right, output, function, share);
                else if (right.Height == left.Height && right.Width == left.Width)
                    Elementwise.Multiply(set, left, right, output, function, share);
                else
                    Elementwise.Multiply(set, left, Elementwise.Spread(right, left), output, function, share);
            }
        }
    }
}
