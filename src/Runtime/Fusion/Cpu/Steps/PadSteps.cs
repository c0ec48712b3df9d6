using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>Maps within zeros.</summary>
internal sealed class ZeroPadStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(set, Plan.Window, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(InstructionSet set, Window window, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.ByLines(inputs, output);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                var (input, whole) = (inputs[i], _outputs[i]);
                Elementwise.Copy(set, input, whole.Part(window.PaddingHeight, input.Height, window.PaddingWidth, input.Width), Activation.None, share);
                ClearRound(whole, input.Height, input.Width, share);
            }
        }

        private unsafe void ClearRound(FeatureMap map, int height, int width, Share share)
        {
            var (first, end) = share.Of(map.Images * map.Height);
            for (var line = first; line < end; line++)
            {
                var (image, y) = Math.DivRem(line, map.Height);
                var isWithin = y >= window.PaddingHeight && y < window.PaddingHeight + height;
                for (var x = 0; x < map.Width; x++)
                {
                    if (!isWithin || x < window.PaddingWidth || x >= window.PaddingWidth + width)
                        new Span<float>(map.Pixel(image, y, x), map.Channels).Clear();
                }
            }
        }
    }
}

/// <summary>Maps within their own pixels, mirrored at the border, which is there once.</summary>
internal sealed class ReflectionPadStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(set, Plan.Window, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(InstructionSet set, Window window, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _outputs = Side.ByLines(inputs, output);
        private readonly ResampledAxis _rows = ResampledAxis.Mirrored(inputs[0].Height, window.PaddingHeight, window.PaddingBelow);
        private readonly ResampledAxis _columns = ResampledAxis.Mirrored(inputs[0].Width, window.PaddingWidth, window.PaddingRight);

        public override void Run(Share share)
        {
            for (var i = 0; i < inputs.Length; i++)
                Resampler.Run(set, _rows, _columns, inputs[i], _outputs[i], share);
        }
    }
}
