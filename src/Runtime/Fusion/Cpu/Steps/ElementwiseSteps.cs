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

/// <summary>A batch norm or a learned factor that no convolution takes in.</summary>
internal sealed class AffineStep(PlanStep plan, InstructionSet set, FoldedLayer layer) : ScalingStep(plan, layer)
{
    private readonly Activation _function = CpuSteps.FunctionOf(plan);

    public override BoundStep Bind(StepMemory memory) => new Bound(this, set, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(AffineStep step, InstructionSet set, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.BySide(inputs, output);
        private readonly FeatureMap[] _scales = Side.BySide(inputs, step.Scale.Map);
        private readonly FeatureMap[] _shifts = Side.BySide(inputs, step.Shift.Map);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                Elementwise.MultiplyAdd(set, inputs[i], Elementwise.Spread(_scales[i], inputs[i]), Elementwise.Spread(_shifts[i], inputs[i]), _outputs[i], step._function, share);
        }
    }
}

/// <summary>A slope where the input is not above 0: one, or one for each channel.</summary>
internal sealed class PReLUStep(PlanStep plan, InstructionSet set, FoldedLayer layer) : CpuStep(plan)
{
    private readonly ChannelNumbers _slopes = new(SlopesOf(plan, layer));

    public override BoundStep Bind(StepMemory memory) => new Bound(set, memory.Runs(Plan.Inputs), _slopes.Map, memory.Map(Plan.Output));

    public override void Dispose() => _slopes.Dispose();

    private static float[] SlopesOf(PlanStep plan, FoldedLayer layer)
    {
        if (layer.Weight is not [var only])
            return Order.Permute(layer.Weight, plan.OutOrder, 1);
        var slopes = new float[plan.Inputs.Sum(static run => run.Count)];
        Array.Fill(slopes, only);
        return slopes;
    }

    private sealed class Bound(InstructionSet set, FeatureMap[] inputs, FeatureMap slopes, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.BySide(inputs, output);
        private readonly FeatureMap[] _slopes = Side.BySide(inputs, slopes);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                Elementwise.PReLU(set, inputs[i], Elementwise.Spread(_slopes[i], inputs[i]), _outputs[i], share);
        }
    }
}

/// <summary>A sum or a product, whose second operand may be spread: a pixel over the map, or a map of one channel over all channels.</summary>
internal sealed class BinaryStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory)
    {
        var (left, right, output) = (memory.Runs(Plan.Inputs), memory.Runs(Plan.Others), memory.Map(Plan.Output));
        var function = CpuSteps.FunctionOf(Plan);
        return right is [{ Channels: 1 } only] && output.Channels > 1 ? new OverChannels(set, Plan.Kind, function, left, only, output) : new Bound(set, Plan.Kind, function, Side.Pieces(left, right, output));
    }

    private sealed class OverChannels(InstructionSet set, KernelKind kind, Activation function, FeatureMap[] inputs, FeatureMap right, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.BySide(inputs, output);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                if (kind == KernelKind.Add)
                    Elementwise.AddPixels(set, inputs[i], right, _outputs[i], function, share);
                else
                    Elementwise.MultiplyPixels(set, inputs[i], right, _outputs[i], function, share);
            }
        }
    }

    private sealed class Bound(InstructionSet set, KernelKind kind, Activation function, (FeatureMap Left, FeatureMap Right, FeatureMap Output)[] pieces) : BoundStep
    {
        public override void Run(Share share)
        {
            foreach (var (left, right, output) in pieces)
            {
                var other = right.Height == left.Height && right.Width == left.Width ? right : Elementwise.Spread(right, left);
                if (kind == KernelKind.Add)
                    Elementwise.Add(set, left, other, output, function, share);
                else
                    Elementwise.Multiply(set, left, other, output, function, share);
            }
        }
    }
}
