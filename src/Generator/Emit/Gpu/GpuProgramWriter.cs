using System.Collections.Immutable;
using Blockwright.Generator.Plan.Gpu;
using Blockwright.Plans;

namespace Blockwright.Generator.Emit.Gpu;

/// <summary>A kernel's text, and how a step launches it.</summary>
internal sealed record WrittenKernel(KernelKind Kind, int Threads, int SharedBytes, string Source, GpuGroups Groups, ImmutableArray<GpuArgument> Arguments);

/// <summary>Writes a plan's kernels. Steps whose kernels have the same text share one.</summary>
internal sealed class GpuProgramWriter
{
    private readonly GpuPlan _plan;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ImmutableArray<GpuKernel>.Builder _kernels = ImmutableArray.CreateBuilder<GpuKernel>();

    private GpuProgramWriter(GpuPlan plan) => _plan = plan;

    public static GpuProgram Write(GpuPlan plan, CancellationToken cancellation = default) => new GpuProgramWriter(plan).Write(cancellation);

    private GpuProgram Write(CancellationToken cancellation)
    {
        var schedules = new List<GpuSchedule>();
        for (var choice = 0; choice < GpuPlan.Batches.Length; choice++)
        {
            var launches = _plan.Steps.Select(step => Launch(step, choice, cancellation)).ToImmutableArray();
            if (choice == 0 || !launches.Select(static launch => launch.Kernel).SequenceEqual(schedules[schedules.Count - 1].Launches.Select(static launch => launch.Kernel)))
                schedules.Add(new(GpuPlan.Batches[choice].From, launches));
        }
        var rows = _plan.Rows;
        return new(
            _plan.Identity, rows.Element, rows.Inputs, rows.Results.Select(static result => result.Planned).ToImmutableArray(), rows.Grids.ToImmutableArray(), rows.SizeRules.ToImmutableArray(), _plan.Slots, _plan.Buffers,
            _plan.Steps.Select(static step => step.Weights).OfType<GpuWeights>().ToImmutableArray(), _kernels.ToImmutable(), schedules.ToImmutableArray());
    }

    private GpuLaunch Launch(GpuStep step, int choice, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var written = Kernel(step, choice);
        if (!_numbers.TryGetValue(written.Source, out var number))
        {
            _numbers.Add(written.Source, number = _kernels.Count);
            var name = $"bw_{written.Kind.ToString().ToLowerInvariant()}_{PlanWords.Text(number)}";
            _kernels.Add(new(name, written.Threads, written.SharedBytes, written.Source.Replace(KernelText.Name, name)));
        }
        return new(number, written.Groups, written.Arguments, step.What) { Reads = Planes(step.Operands.Append(step.Residual)), Writes = Planes([step.Output]) };
    }

    /// <summary>The planes of some runs, each once, in as few runs as there can be.</summary>
    private static ImmutableArray<PlanRun> Planes(IEnumerable<ImmutableArray<PlanRun>> values)
    {
        var planes = new List<PlanRun>();
        foreach (var run in values.SelectMany(static runs => runs).OrderBy(static run => run.Buffer).ThenBy(static run => run.First))
        {
            var last = planes.Count > 0 ? planes[planes.Count - 1] : null;
            if (last is not null && last.Buffer == run.Buffer && run.First <= last.First + last.Count)
                planes[planes.Count - 1] = last with { Count = Math.Max(last.Count, run.First + run.Count - last.First) };
            else
                planes.Add(run);
        }
        return planes.ToImmutableArray();
    }

    private WrittenKernel Kernel(GpuStep step, int choice) => step.Kind switch
    {
        KernelKind.Convolution => ProductKernel.Write(_plan, step, step.Tiles[choice]),
        KernelKind.ConvTranspose => TransposedKernel.Write(_plan, step),
        KernelKind.Depthwise or KernelKind.MaxPool or KernelKind.AvgPool => ChannelwiseKernels.Window(_plan, step),
        KernelKind.Nearest or KernelKind.Bilinear or KernelKind.BilinearAligned or KernelKind.AdaptiveAvgPool or KernelKind.AdaptiveMaxPool => ResamplingKernels.Write(_plan, step),
        KernelKind.ZeroPad or KernelKind.ReflectionPad => ResamplingKernels.Surround(_plan, step),
        KernelKind.PixelShuffle or KernelKind.PixelUnshuffle => ResamplingKernels.Shuffle(_plan, step),
        KernelKind.GlobalPool => ChannelwiseKernels.Mean(_plan, step),
        KernelKind.LayerNorm => NormKernels.OfPixels(_plan, step),
        KernelKind.Permute => ArrangingKernels.Permute(_plan, step),
        KernelKind.Softmax or KernelKind.LogSoftmax when !step.Sizes.IsEmpty => ArrangingKernels.Softmax(_plan, step),
        KernelKind.Softmax or KernelKind.LogSoftmax => PixelKernels.Softmax(_plan, step),
        KernelKind.ChannelMean or KernelKind.ChannelMax => PixelKernels.Reduction(_plan, step),
        KernelKind.LocalResponseNorm => NormKernels.OfNeighbours(_plan, step),
        KernelKind.GroupNorm => NormKernels.OfGroups(_plan, step),
        KernelKind.Flatten => ChannelwiseKernels.Flatten(_plan, step),
        KernelKind.Affine or KernelKind.PReLU or KernelKind.Activation or KernelKind.Add or KernelKind.Multiply or KernelKind.Gather => ChannelwiseKernels.Elementwise(_plan, step),
        var other => throw new NotSupportedException($"A GPU has no kernel for {other}."),
    };
}
