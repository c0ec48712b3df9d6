using System.Collections.Immutable;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A value's elements in another order, or elsewhere in the same.</summary>
internal sealed class PermuteStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    private readonly Activation _function = CpuSteps.FunctionOf(plan);

    public override BoundStep Bind(StepMemory memory)
    {
        var (source, target) = (memory.Elements(Plan.Inputs[0]), memory.Elements(Plan.Output));
        var sizes = Sizes.Of(Plan.Sizes, memory, Plan.Inputs[0].Buffer);
        return new Bound(set, new Permutation(source, target, sizes, Plan.Dims.AsSpan()), _function);
    }

    private sealed class Bound(InstructionSet set, Permutation permutation, Activation function) : BoundStep
    {
        public override void Run(Share share) => permutation.Run(set, function, share);
    }
}

/// <summary>A softmax along another dimension than a map's channels, or its logarithm.</summary>
internal sealed class SoftmaxAlongStep(PlanStep plan, InstructionSet set) : CpuStep(plan)
{
    private const int Height = 2;

    public override BoundStep Bind(StepMemory memory)
    {
        var isLog = Plan.Kind == KernelKind.LogSoftmax;
        if (Plan.Sizes.IsEmpty)
        {
            FeatureMap input = memory.Runs(Plan.Inputs)[0], output = memory.Map(Plan.Output);
            return Plan.Dims[0] switch
            {
                1 => new AlongChannels(set, isLog, input, output),
                Height => new AlongHeight(set, isLog, input, output),
                _ => new AlongHeight(set, isLog, input.Turned(), output.Turned()),
            };
        }
        var sizes = Sizes.Of(Plan.Sizes, memory, Plan.Inputs[0].Buffer);
        var (source, target) = (memory.Elements(Plan.Inputs[0]), memory.Elements(Plan.Output));
        return sizes[2] == 1
            ? new AlongChannels(set, isLog, source.Rows(sizes[0], sizes[1]), target.Rows(sizes[0], sizes[1]))
            : new AlongHeight(set, isLog, source.Columns(sizes[0], sizes[1], sizes[2]), target.Columns(sizes[0], sizes[1], sizes[2]));
    }

    private sealed class AlongChannels(InstructionSet set, bool isLog, FeatureMap input, FeatureMap output) : BoundStep
    {
        private readonly FeatureMap[] _inputs = [input];

        public override void Run(Share share) => PixelSoftmax.Run(set, _inputs, isLog, output, share);
    }

    private sealed class AlongHeight(InstructionSet set, bool isLog, FeatureMap input, FeatureMap output) : BoundStep
    {
        public override void Run(Share share) => ColumnSoftmax.Run(set, input, isLog, output, share);
    }
}

/// <summary>Sizes as numbers.</summary>
internal static class Sizes
{
    /// <summary>How much sizes are over the map that a buffer holds.</summary>
    public static int[] Of(ImmutableArray<PlanDimension> sizes, StepMemory memory, int buffer)
    {
        var map = memory.SizeOf(buffer);
        return [.. sizes.Select(size => checked((int)size.At(map)))];
    }
}
