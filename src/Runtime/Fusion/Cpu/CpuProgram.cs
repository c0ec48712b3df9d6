using System.Collections.Immutable;
using Blockwright.Kernels;

namespace Blockwright.Cpu;

/// <summary>A plan with its weights packed for one set of instructions. Immutable; any number of threads may use it.</summary>
internal sealed class CpuProgram : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    public CpuProgram(CpuPlan plan, FoldedWeights weights, InstructionSet set)
    {
        Plan = plan;
        Set = set;
        Weights = weights;
        Packed = [.. plan.Steps.Select(step => Pack(step, weights))];
        var convolutions = Packed.OfType<PackedConvolution>().ToList();
        foreach (var (packed, following) in convolutions.Zip(convolutions.Skip(1)))
            packed.Following = following;
    }

    public CpuPlan Plan { get; }

    public InstructionSet Set { get; }

    public FoldedWeights Weights { get; }

    /// <summary>For each step its packed weights: a <see cref="PackedConvolution"/>, a <see cref="PackedDepthwise"/> for each run, a <see cref="PackedAffine"/>, or null.</summary>
    public ImmutableArray<object?> Packed { get; }

    public void Dispose()
    {
        foreach (var owned in _owned)
            owned.Dispose();
    }

    public static Activation ActivationOf(PlanStep step) => Activation.Named(step.Activation, step.Activation == "LeakyReLU" ? [step.Slope] : []);

    private object? Pack(PlanStep step, FoldedWeights weights) => step.Kind switch
    {
        StepKind.Convolution => Own(PackConvolution(step, weights[step.WeightKey])),
        StepKind.Depthwise => PackDepthwise(step, weights[step.WeightKey]),
        StepKind.Affine => Own(new PackedAffine(Permute(weights[step.WeightKey].Weight, step.OutOrder, 1), Permute(weights[step.WeightKey].Bias, step.OutOrder, 1))),
        _ => null,
    };

    private PackedConvolution PackConvolution(PlanStep step, FoldedLayer layer)
    {
        var outChannels = (int)layer.Shape[0];
        var taps = step.Window.Taps;
        var perGroup = layer.Weight.Length / outChannels / taps;
        var rows = Permute(layer.Weight, step.OutOrder, perGroup * taps);
        var weights = step.InOrder.IsEmpty ? rows : PermuteColumns(rows, step, outChannels, perGroup, taps);
        return new(Set, weights, Permute(layer.Bias, step.OutOrder, 1), outChannels, [.. step.Inputs.Select(static run => run.Count)], step.Window.KernelHeight, step.Window.KernelWidth, step.Groups);
    }

    /// <summary>Brings each output channel's weights into the order in which the input's channels are read, within its group.</summary>
    private static float[] PermuteColumns(float[] weights, PlanStep step, int outChannels, int perGroup, int taps)
    {
        var result = new float[weights.Length];
        for (var row = 0; row < outChannels; row++)
        {
            var group = row / (outChannels / step.Groups);
            for (var column = 0; column < perGroup; column++)
            {
                var from = step.InOrder[(group * perGroup) + column] - (group * perGroup);
                Array.Copy(weights, ((row * perGroup) + from) * taps, result, ((row * perGroup) + column) * taps, taps);
            }
        }
        return result;
    }

    private PackedDepthwise[] PackDepthwise(PlanStep step, FoldedLayer layer)
    {
        var (taps, first) = (step.Window.Taps, 0);
        var (weights, bias) = (Permute(layer.Weight, step.OutOrder, taps), Permute(layer.Bias, step.OutOrder, 1));
        var packed = new PackedDepthwise[step.Inputs.Length];
        for (var i = 0; i < packed.Length; i++)
        {
            var count = step.Inputs[i].Count;
            packed[i] = Own(new PackedDepthwise(Set, weights.AsSpan(first * taps, count * taps), bias.Length == 0 ? [] : bias.AsSpan(first, count), count, step.Window.KernelHeight, step.Window.KernelWidth));
            first += count;
        }
        return packed;
    }

    private static float[] Permute(float[] values, ImmutableArray<int> order, int each)
    {
        if (order.IsEmpty || values.Length == 0)
            return values;
        var result = new float[values.Length];
        for (var i = 0; i < order.Length; i++)
            Array.Copy(values, order[i] * each, result, i * each, each);
        return result;
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}

/// <summary>Scales and shifts as maps of one pixel.</summary>
internal sealed unsafe class PackedAffine : IDisposable
{
    private readonly AlignedMemory _memory;

    public PackedAffine(float[] scales, float[] shifts)
    {
        var layout = new FeatureLayout(scales.Length, 1, 1);
        _memory = new AlignedMemory(2 * layout.ImagePitch);
        scales.CopyTo(new Span<float>(_memory.Pointer, scales.Length));
        shifts.CopyTo(new Span<float>(_memory.Pointer + layout.ImagePitch, shifts.Length));
        Scale = layout.At(_memory.Pointer, 1);
        Shift = layout.At(_memory.Pointer + layout.ImagePitch, 1);
    }

    public FeatureMap Scale { get; }

    public FeatureMap Shift { get; }

    public void Dispose() => _memory.Dispose();
}
