using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>An image's planes, brought into a halo. Its buffer has the input's number.</summary>
internal sealed unsafe class PlanesStep(PlanStep plan) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(memory, Plan.Output, memory.Planes(Plan.Output));

    private sealed class Bound(StepMemory memory, int input, PlanarImages target) : BoundStep
    {
        public override void Run(Share share) => memory.InputImages(input, target.Images, target.Channels, target.Height, target.Width).CopyTo(target, share);
    }
}

/// <summary>An image, pixel by pixel. Its buffer has the input's number.</summary>
internal sealed class InputStep(PlanStep plan) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(memory, Plan.Output, memory.Map(Plan.Output));

    private sealed class Bound(StepMemory memory, int input, FeatureMap target) : BoundStep
    {
        public override void Run(Share share) => memory.InputImages(input, target.Images, target.Channels, target.Height, target.Width).CopyTo(target, share);
    }
}

/// <summary>A result, in torch's order.</summary>
internal sealed class OutputStep(PlanStep plan) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) =>
        memory.IsPlanes(Plan.Inputs[0].Buffer) ? new OfPlanes(memory, Plan.Result, memory.Planes(Plan.Inputs[0].Buffer)) : new OfPixels(memory, Plan.Result, memory.Runs(Plan.Inputs)[0]);

    private sealed class OfPixels(StepMemory memory, int result, FeatureMap source) : BoundStep
    {
        public override void Run(Share share) => memory.OutputImages(result, source.Images, source.Channels, source.Height, source.Width).CopyFrom(source, share);
    }

    private sealed class OfPlanes(StepMemory memory, int result, PlanarImages source) : BoundStep
    {
        public override void Run(Share share) => source.CopyTo(memory.OutputImages(result, source.Images, source.Channels, source.Height, source.Width), share);
    }
}

/// <summary>Runs brought into one piece.</summary>
internal sealed class GatherStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(set, memory.Runs(Plan.Inputs), memory.Map(Plan.Output));

    private sealed class Bound(InstructionSet set, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        public override void Run(Share share) => Elementwise.Gather(set, inputs, output, share);
    }
}

/// <summary>Maps to features in torch's order: channel by channel, each row by row.</summary>
internal sealed unsafe class FlattenStep(PlanStep plan) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(memory.Runs(Plan.Inputs)[0], memory.Map(Plan.Output));

    private sealed class Bound(FeatureMap input, FeatureMap output) : BoundStep
    {
        public override void Run(Share share)
        {
            for (var image = 0; image < input.Images; image++)
                new PlanarImages(output.Data + (image * output.ImagePitch), 1, input.Channels, input.Height, input.Width).CopyFrom(input.Batch(image, 1), share);
        }
    }
}
