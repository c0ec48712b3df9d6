using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>
/// A transposed convolution: pixels that lie a stride apart are made by the same taps, and so each such part of the result is a convolution of stride 1 of its own, which writes every so many pixels. A part that no
/// tap reaches holds the bias alone.
/// </summary>
internal sealed class TransposedStep : CpuStep
{
    private readonly InstructionSet _set;
    private readonly Activation _function;
    private readonly ChannelNumbers _bias;
    private readonly List<(TransposedAxis Rows, TransposedAxis Columns, IConvolving? Step)> _parts = [];

    public TransposedStep(CpuPlan network, PlanStep plan, InstructionSet set, FoldedLayer layer, bool isExact)
        : base(plan)
    {
        (_set, _function) = (set, CpuSteps.FunctionOf(plan));
        var (window, grid, whole) = (plan.Window, network.Grids[network.Buffers[plan.Output].Grid], layer.OutFirst(plan.Groups));
        _bias = new ChannelNumbers(layer.Bias.Length > 0 ? Convolutions.BiasOf(plan, layer) : new float[whole.Shape[0]]);
        foreach (var rows in TransposedAxis.Of(window.KernelHeight, window.StrideHeight, window.PaddingHeight, window.DilationHeight))
        {
            foreach (var columns in TransposedAxis.Of(window.KernelWidth, window.StrideWidth, window.PaddingWidth, window.DilationWidth))
            {
                var isReached = rows.Taps.Length > 0 && columns.Taps.Length > 0;
                _parts.Add((rows, columns, isReached ? Convolutions.OfPixels(Part(rows, columns), set, Taken(whole, rows, columns), isExact, Math.Max(1, rows.Count(grid.Height)), Math.Max(1, columns.Count(grid.Width))) : null));
            }
        }
    }

    public override BoundStep Bind(StepMemory memory)
    {
        var (inputs, output, residual) = (memory.Runs(Plan.Inputs), memory.Map(Plan.Output), memory.Residual(Plan));
        return new Bound([.. _parts.Where(part => part.Rows.Count(output.Height) > 0 && part.Columns.Count(output.Width) > 0).Select(part => Bind(part, inputs, output, residual, memory.Scratch))]);
    }

    public override void Dispose()
    {
        _bias.Dispose();
        foreach (var (_, _, step) in _parts)
            step?.Dispose();
    }

    private BoundStep Bind((TransposedAxis Rows, TransposedAxis Columns, IConvolving? Step) part, FeatureMap[] inputs, FeatureMap output, FeatureMap residual, ScratchMemory scratch)
    {
        var (rows, columns, step) = part;
        var (written, added) = (Every(output), residual.Channels == 0 ? residual : Every(residual));
        return step?.Bind(Array.ConvertAll(inputs, Read), written, added, scratch) ?? new Unreached(_set, Elementwise.Spread(_bias.Map, written), written, added, _function);

        FeatureMap Every(FeatureMap map) => map.Every(rows.First, rows.Stride, rows.Count(map.Height), columns.First, columns.Stride, columns.Count(map.Width));

        FeatureMap Read(FeatureMap map) => map.Part(rows.Start, rows.Reach(written.Height), columns.Start, columns.Reach(written.Width));
    }

    private PlanStep Part(TransposedAxis rows, TransposedAxis columns) =>
        Plan with { Kind = KernelKind.Convolution, Window = new(rows.Taps.Length, columns.Taps.Length, DilationHeight: rows.Dilation, DilationWidth: columns.Dilation) };

    /// <summary>The weights of some taps, in the order in which a convolution meets them.</summary>
    private FoldedLayer Taken(FoldedLayer layer, TransposedAxis rows, TransposedAxis columns)
    {
        var taken = new float[layer.Weight.Length / Plan.Window.Taps * rows.Taps.Length * columns.Taps.Length];
        var next = 0;
        for (var at = 0; at < layer.Weight.Length; at += Plan.Window.Taps)
        {
            foreach (var row in rows.Taps)
            {
                foreach (var column in columns.Taps)
                    taken[next++] = layer.Weight[at + (row * Plan.Window.KernelWidth) + column];
            }
        }
        return new([layer.Shape[0], layer.Shape[1], rows.Taps.Length, columns.Taps.Length], taken, layer.Bias);
    }

    private sealed class Bound(BoundStep[] parts) : BoundStep
    {
        public override void Run(Share share)
        {
            foreach (var part in parts)
                part.Run(share);
        }
    }

    private sealed class Unreached(InstructionSet set, FeatureMap bias, FeatureMap output, FeatureMap residual, Activation function) : BoundStep
    {
        public override void Run(Share share)
        {
            if (residual.Channels == 0)
                Elementwise.Copy(set, bias, output, function, share);
            else
                Elementwise.Add(set, bias, residual, output, function, share);
        }
    }
}
