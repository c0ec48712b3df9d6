using Blockwright.Kernels;

namespace Blockwright.Cpu;

/// <summary>A step on its memory.</summary>
internal abstract class BoundStep
{
    /// <summary>Does a share of it.</summary>
    public abstract void Run(Share share);
}

/// <summary>Binds a plan's steps to memory, checking that their shapes fit.</summary>
internal static class StepBinder
{
    public static BoundStep Bind(CpuProgram program, int index, CpuWorkspace workspace, MapLookup maps, int firstImage)
    {
        var step = program.Plan.Steps[index];
        if (step.Kind == StepKind.Planes)
            return new PlanesStep(workspace, maps.Planes(step.Output), firstImage);
        if (step.Kind == StepKind.Output)
            return new OutputStep(workspace, maps.Runs(step.Inputs)[0], firstImage);
        var output = maps.Map(step.Output);
        if (step.Kind == StepKind.Input)
            return new InputStep(workspace, output, firstImage);
        var inputs = maps.Runs(step.Inputs);
        var others = maps.Runs(step.Others);
        var activation = CpuProgram.ActivationOf(step);
        return step.Kind switch
        {
            StepKind.Convolution => new ConvolutionStep((PackedConvolution)program.Packed[index]!, step.Window, inputs, output, activation, others.Length > 0 ? others[0] : default),
            StepKind.Depthwise => new DepthwiseStep((PackedDepthwise[])program.Packed[index]!, step.Window, inputs, output, activation),
            StepKind.MaxPool or StepKind.AvgPool => new PoolStep(program.Set, step, inputs, output),
            StepKind.GlobalPool => new GlobalPoolStep(program.Set, inputs, output),
            StepKind.Gather => new GatherStep(program.Set, inputs, output),
            StepKind.Activation => new ActivationStep(program.Set, inputs, output, activation),
            StepKind.Affine => new AffineStep(program.Set, (PackedAffine)program.Packed[index]!, inputs, output, activation),
            StepKind.Add or StepKind.Multiply => new BinaryStep(program.Set, step.Kind, Pieces(inputs, others, output), activation),
            StepKind.Flatten => new FlattenStep(inputs[0], output, program.Plan),
            var other => throw new NotSupportedException($"No kernel for {other}."),
        };
    }

    /// <summary>Binds a convolution and the window over it, and before them the image's planes, to go by bands of rows.</summary>
    public static BoundStep BindBand(CpuProgram program, int first, int last, CpuWorkspace workspace, MapLookup maps, int image, BandMemory memory)
    {
        var (convolution, isPlanes) = (last - 1, last - first == 2);
        var step = program.Plan.Steps[convolution];
        RowSource source = isPlanes
            ? new PlaneRows(workspace, image, maps.Planes(program.Plan.Steps[first].Output), [.. step.Inputs], memory)
            : new MapRows(maps.Runs(step.Inputs), memory);
        return new BandedStep(program, convolution, source, maps.Map(step.Output), maps.Map(program.Plan.Steps[last].Output), memory);
    }

    /// <summary>Cuts two operands and a result at the borders of either's runs.</summary>
    private static (FeatureMap Left, FeatureMap Right, FeatureMap Output)[] Pieces(FeatureMap[] left, FeatureMap[] right, FeatureMap output)
    {
        var pieces = new List<(FeatureMap, FeatureMap, FeatureMap)>();
        int i = 0, j = 0, fromLeft = 0, fromRight = 0;
        for (var done = 0; done < output.Channels;)
        {
            var count = Math.Min(left[i].Channels - fromLeft, right[j].Channels - fromRight);
            pieces.Add((left[i].Slice(fromLeft, count), right[j].Slice(fromRight, count), output.Slice(done, count)));
            (done, fromLeft, fromRight) = (done + count, fromLeft + count, fromRight + count);
            if (fromLeft == left[i].Channels)
                (i, fromLeft) = (i + 1, 0);
            if (fromRight == right[j].Channels)
                (j, fromRight) = (j + 1, 0);
        }
        return [.. pieces];
    }
}

internal sealed unsafe class PlanesStep(CpuWorkspace workspace, PlanarImages target, int firstImage) : BoundStep
{
    public override void Run(Share share)
    {
        var pitch = (long)target.Channels * target.Height * target.Width;
        new PlanarImages(workspace.Input + (firstImage * pitch), target.Images, target.Channels, target.Height, target.Width).CopyTo(target, share);
    }
}

internal sealed unsafe class InputStep(CpuWorkspace workspace, FeatureMap target, int firstImage) : BoundStep
{
    public override void Run(Share share)
    {
        var pitch = (long)target.Channels * target.Height * target.Width;
        new PlanarImages(workspace.Input + (firstImage * pitch), target.Images, target.Channels, target.Height, target.Width).CopyTo(target, share);
    }
}

internal sealed unsafe class OutputStep(CpuWorkspace workspace, FeatureMap source, int firstImage) : BoundStep
{
    public override void Run(Share share)
    {
        var pitch = (long)source.Channels * source.Height * source.Width;
        new PlanarImages(workspace.Output + (firstImage * pitch), source.Images, source.Channels, source.Height, source.Width).CopyFrom(source, share);
    }
}

internal sealed class ConvolutionStep(PackedConvolution weights, Window window, FeatureMap[] inputs, FeatureMap output, Activation activation, FeatureMap residual) : BoundStep
{
    public override void Run(Share share) => Convolution.Run(weights, window, inputs, output, activation, residual, share);
}

internal sealed class DepthwiseStep(PackedDepthwise[] weights, Window window, FeatureMap[] inputs, FeatureMap output, Activation activation) : BoundStep
{
    private readonly FeatureMap[] _outputs = Side.ByLines(inputs, output);

    public override void Run(Share share)
    {
        for (var i = 0; i < inputs.Length; i++)
            Depthwise.Run(weights[i], window, inputs[i], _outputs[i], activation, share);
    }
}

internal sealed class PoolStep(InstructionSet set, PlanStep step, FeatureMap[] inputs, FeatureMap output) : BoundStep
{
    private readonly FeatureMap[] _outputs = Side.ByLines(inputs, output);

    public override void Run(Share share)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (step.Kind == StepKind.MaxPool)
                Pooling.Max(set, step.Window, inputs[i], _outputs[i], share);
            else
                Pooling.Average(set, step.Window, step.CountIncludePad, inputs[i], _outputs[i], share);
        }
    }
}

internal sealed class GlobalPoolStep(InstructionSet set, FeatureMap[] inputs, FeatureMap output) : BoundStep
{
    private readonly FeatureMap[] _outputs = Side.BySide(inputs, output);

    public override void Run(Share share)
    {
        for (var i = 0; i < inputs.Length; i++)
            Pooling.GlobalAverage(set, inputs[i], _outputs[i], share);
    }
}

internal sealed class GatherStep(InstructionSet set, FeatureMap[] inputs, FeatureMap output) : BoundStep
{
    public override void Run(Share share) => Elementwise.Gather(set, inputs, output, share);
}

internal sealed class ActivationStep(InstructionSet set, FeatureMap[] inputs, FeatureMap output, Activation activation) : BoundStep
{
    private readonly FeatureMap[] _outputs = Side.BySide(inputs, output);

    public override void Run(Share share)
    {
        for (var i = 0; i < inputs.Length; i++)
            Elementwise.Copy(set, inputs[i], _outputs[i], activation, share);
    }
}

internal sealed class AffineStep(InstructionSet set, PackedAffine affine, FeatureMap[] inputs, FeatureMap output, Activation activation) : BoundStep
{
    private readonly FeatureMap[] _outputs = Side.BySide(inputs, output);
    private readonly FeatureMap[] _scales = Side.BySide(inputs, affine.Scale);
    private readonly FeatureMap[] _shifts = Side.BySide(inputs, affine.Shift);

    public override void Run(Share share)
    {
        for (var i = 0; i < inputs.Length; i++)
            Elementwise.MultiplyAdd(set, inputs[i], Elementwise.Spread(_scales[i], inputs[i]), Elementwise.Spread(_shifts[i], inputs[i]), _outputs[i], activation, share);
    }
}

internal sealed class BinaryStep(InstructionSet set, StepKind kind, (FeatureMap Left, FeatureMap Right, FeatureMap Output)[] pieces, Activation activation) : BoundStep
{
    public override void Run(Share share)
    {
        foreach (var (left, right, output) in pieces)
        {
            if (kind == StepKind.Add)
                Elementwise.Add(set, left, right, output, activation, share);
            else if (right.Height == left.Height && right.Width == left.Width)
                Elementwise.Multiply(set, left, right, output, activation, share);
            else
                Elementwise.Multiply(set, left, Elementwise.Spread(right, left), output, activation, share);
        }
    }
}

/// <summary>Maps to features in torch's order: channel by channel, each row by row.</summary>
internal sealed unsafe class FlattenStep : BoundStep
{
    private readonly FeatureMap _input;
    private readonly FeatureMap _output;

    public FlattenStep(FeatureMap input, FeatureMap output, CpuPlan plan)
    {
        if (output.Channels != input.Channels * input.Height * input.Width)
            throw new ArgumentException($"{plan.Network} flattens maps of {output.Channels / input.Channels} pixels; this input gives {input.Height} x {input.Width}. Use the declared size, {plan.Height} x {plan.Width}.");
        (_input, _output) = (input, output);
    }

    public override void Run(Share share)
    {
        for (var image = 0; image < _input.Images; image++)
            new PlanarImages(_output.Data + (image * _output.ImagePitch), 1, _input.Channels, _input.Height, _input.Width).CopyFrom(_input.Batch(image, 1), share);
    }
}

internal static class Side
{
    /// <summary>The slices of a map that match runs, each from a cache line's beginning on: whole registers may be written to each.</summary>
    public static FeatureMap[] ByLines(FeatureMap[] runs, FeatureMap map)
    {
        var result = new FeatureMap[runs.Length];
        for (int i = 0, first = 0; i < runs.Length; i++)
        {
            var lanes = FeatureLayout.WholeLines(runs[i].Channels);
            result[i] = map.Slice(first, runs[i].Channels) with { Lanes = lanes };
            first += lanes;
        }
        return result;
    }

    /// <summary>The slices of a map that lie side by side and match runs.</summary>
    public static FeatureMap[] BySide(FeatureMap[] runs, FeatureMap map)
    {
        var result = new FeatureMap[runs.Length];
        for (int i = 0, first = 0; i < runs.Length; first += runs[i].Channels, i++)
            result[i] = map.Slice(first, runs[i].Channels);
        return result;
    }
}
