using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A norm of each pixel over its channels.</summary>
internal sealed class LayerNormStep(PlanStep plan, InstructionSet set, FoldedLayer layer) : ScalingStep(plan, layer)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(this, set, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(LayerNormStep step, InstructionSet set, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        public override void Run(Share share) => PixelNorm.Run(set, inputs, step.Scale.Map, step.Shift.Map, step.Plan.Eps, output, share);
    }
}

/// <summary>Each pixel's channels beside their neighbours, in the layer's order.</summary>
internal sealed class ResponseStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(set, Plan.Response, memory.Runs(Plan.Inputs)[0], memory.Map(Plan.Output), memory.Scratch);

    private sealed unsafe class Bound : BoundStep
    {
        private readonly InstructionSet _set;
        private readonly ResponseNumbers _numbers;
        private readonly FeatureMap _input;
        private readonly FeatureMap _output;
        private readonly ScratchMemory _scratch;

        public Bound(InstructionSet set, ResponseNumbers numbers, FeatureMap input, FeatureMap output, ScratchMemory scratch)
        {
            (_set, _numbers, _input, _output, _scratch) = (set, numbers, input, output, scratch);
            scratch.Reserve(PixelResponse.ScratchFloats(input.Channels, numbers), scratch.Parts);
        }

        public override void Run(Share share) => PixelResponse.Run(_set, _input, _numbers, _output, _scratch.Of(share.Part), share);
    }
}

/// <summary>The mean of each map, and behind the means its variance.</summary>
internal sealed class MomentsStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(set, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(InstructionSet set, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _means = Side.BySide(inputs, output.Slice(0, output.Channels / 2));
        private readonly FeatureMap[] _variances = Side.BySide(inputs, output.Slice(output.Channels / 2, output.Channels / 2));

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                MapMoments.Run(set, inputs[i], _means[i], _variances[i], share);
        }
    }
}

/// <summary>A norm over groups of maps, by what was measured of each: a scale and a shift for each channel of an image, which each thread reckons for itself.</summary>
internal sealed class GroupNormStep(PlanStep plan, InstructionSet set, FoldedLayer? layer) : CpuStep(plan)
{
    private readonly Activation _function = CpuSteps.FunctionOf(plan);
    private readonly float[] _scales = layer is null ? [] : Order.Permute(layer.Weight, plan.OutOrder, 1);
    private readonly float[] _shifts = layer is null ? [] : Order.Permute(layer.Bias, plan.OutOrder, 1);
    private readonly int[] _members = MembersOf(plan);

    public override BoundStep Bind(StepMemory memory) => new Bound(this, set, memory.Runs(Plan.Inputs), memory.Runs(Plan.Others)[0], memory.Map(Plan.Output), memory.Scratch);

    /// <summary>The places of the channels, group by group.</summary>
    private static int[] MembersOf(PlanStep plan)
    {
        var places = Enumerable.Range(0, plan.Inputs.Sum(static run => run.Count)).ToArray();
        if (!plan.OutOrder.IsEmpty)
            Array.Sort(plan.OutOrder.ToArray(), places);
        return places;
    }

    /// <summary>What each channel of an image is multiplied by, and what is then added.</summary>
    private void Reckon(FeatureMap moments, int image, Span<float> scales, Span<float> shifts)
    {
        var all = moments.Values(image);
        var means = all[..(all.Length / 2)];
        var variances = all[means.Length..];
        var size = _members.Length / Plan.Groups;
        for (var first = 0; first < _members.Length; first += size)
        {
            var members = _members.AsSpan(first, size);
            var (mean, variance) = (0d, 0d);
            foreach (var place in members)
                mean += means[place] / (double)size;
            foreach (var place in members)
                variance += (variances[place] + ((means[place] - mean) * (means[place] - mean))) / size;
            var factor = 1 / Math.Sqrt(variance + Plan.Eps);
            foreach (var place in members)
            {
                var scale = _scales.Length > 0 ? _scales[place] * factor : factor;
                scales[place] = (float)scale;
                shifts[place] = (float)((_shifts.Length > 0 ? _shifts[place] : 0) - (mean * scale));
            }
        }
    }

    private sealed unsafe class Bound : BoundStep
    {
        private readonly GroupNormStep _step;
        private readonly InstructionSet _set;
        private readonly FeatureMap[] _inputs;
        private readonly FeatureMap[] _outputs;
        private readonly FeatureMap _moments;
        private readonly ScratchMemory _scratch;
        private readonly FeatureLayout _layout;

        public Bound(GroupNormStep step, InstructionSet set, FeatureMap[] inputs, FeatureMap moments, FeatureMap output, ScratchMemory scratch)
        {
            (_step, _set, _inputs, _outputs, _moments, _scratch) = (step, set, inputs, Side.BySide(inputs, output), moments, scratch);
            _layout = new FeatureLayout(output.Channels, 1, 1);
            // Whole registers are read from any channel on.
            scratch.Reserve((2 * _layout.ImagePitch) + CacheLine.Floats, scratch.Parts);
        }

        public override void Run(Share share)
        {
            var memory = _scratch.Of(share.Part);
            FeatureMap scales = _layout.At(memory, 1), shifts = _layout.At(memory + _layout.ImagePitch, 1);
            for (var image = 0; image < _moments.Images; image++)
            {
                _step.Reckon(_moments, image, scales.Values(0), shifts.Values(0));
                for (int i = 0, first = 0; i < _inputs.Length; first += _inputs[i].Channels, i++)
                {
                    var input = _inputs[i].Batch(image, 1);
                    var (scale, shift) = (scales.Slice(first, input.Channels), shifts.Slice(first, input.Channels));
                    Elementwise.MultiplyAdd(_set, input, Elementwise.Spread(scale, input), Elementwise.Spread(shift, input), _outputs[i].Batch(image, 1), _step._function, share);
                }
            }
        }
    }
}
