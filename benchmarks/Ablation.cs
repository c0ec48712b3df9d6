using System.Collections.Immutable;
using System.Diagnostics;
using Blockwright.Benchmarks.Networks;
using Blockwright.Plans;

namespace Blockwright.Benchmarks;

/// <summary>What each fusion is worth: the plan with one of them undone, against the plan as it is, in one process, round by round.</summary>
public static class Ablation
{
    private static readonly (string Name, Func<CpuPlan, CpuPlan> Undo)[] Variants =
    [
        ("as it is", static plan => plan),
        ("batch norm: a pass of its own", static plan => Rewrite(plan, SeparateNorm)),
        ("activation: a pass of its own", static plan => Rewrite(plan, SeparateActivation)),
        ("concatenation: what a 1x1 reads is brought into one piece", static plan => Rewrite(plan, Gather)),
        ("concatenation and shuffle: into one piece, in the shuffled order", static plan => Rewrite(plan, GatherInOrder)),
    ];

    /// <summary>Each variant's median time in ms, and its factor over the plan as it is.</summary>
    public static IEnumerable<(string Name, double MedianMs, double Factor)> Run(DeclaredNetwork network, float[] images, int batch, int threads, int rounds)
    {
        var plan = network.Network.Plans.Cpu!;
        var networks = Variants.Select(variant => variant.Undo(plan)).Select(undone => network.On(undone, WeightFolding.Fold(network.Module, undone), new FuseOptions { Threads = threads })).ToList();
        try
        {
            var logits = new float[batch * network.Outputs];
            var times = networks.Select(static _ => new List<double>()).ToList();
            for (var round = -5; round < rounds; round++)
            {
                for (var i = 0; i < networks.Count; i++)
                {
                    networks[i].Run(images, logits, batch);
                    var start = Stopwatch.GetTimestamp();
                    networks[i].Run(images, logits, batch);
                    if (round >= 0)
                        times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
            var medians = times.ConvertAll(static list => list.Order().ElementAt(list.Count / 2));
            return [.. Variants.Select((variant, i) => (variant.Name, medians[i], medians[i] / medians[0]))];
        }
        finally
        {
            networks.ForEach(static each => each.Dispose());
        }
    }

    /// <summary>Replaces each step by one or two; a new buffer has memory of its own.</summary>
    private static CpuPlan Rewrite(CpuPlan plan, Func<CpuPlan, PlanStep, int, (PlanBuffer Buffer, PlanStep First, PlanStep Second)?> undo)
    {
        var buffers = plan.Buffers.ToList();
        var steps = new List<PlanStep>();
        foreach (var step in plan.Steps)
        {
            if (undo(plan, step, buffers.Count) is not var (buffer, first, second))
            {
                steps.Add(step);
                continue;
            }
            // The new buffers of all steps but one are free when the next is written: they share.
            buffers.Add(buffer with { Slot = plan.Slots });
            steps.Add(first);
            steps.Add(second);
        }
        return plan with { Buffers = [.. buffers], Steps = [.. steps], Slots = plan.Slots + 1 };
    }

    private static (PlanBuffer, PlanStep, PlanStep)? SeparateNorm(CpuPlan plan, PlanStep step, int fresh)
    {
        // A window over several runs leaves gaps between its results, which a batch norm has no numbers for.
        if (step.Weights is not { NormKey.Length: > 0, Key.Length: > 0 } weights || step.Others.Length > 0 || (step.Kind == KernelKind.Depthwise && step.Inputs.Length > 1))
            return null;
        var target = plan.Buffers[step.Output];
        return (target with { Halo = 0 },
            step with { Output = fresh, Weights = weights with { NormKey = "" }, Function = PlanFunction.None },
            new PlanStep(KernelKind.Affine, step.Output) { Inputs = [new(fresh, 0, target.Channels)], Weights = weights with { Key = "", Shape = [weights.Shape[0]], HasBias = false }, Function = step.Function, OutOrder = step.OutOrder });
    }

    private static (PlanBuffer, PlanStep, PlanStep)? SeparateActivation(CpuPlan plan, PlanStep step, int fresh)
    {
        if (step.Function.IsNone || step.Kind == KernelKind.Activation)
            return null;
        var target = plan.Buffers[step.Output];
        return (target with { Halo = 0 },
            step with { Output = fresh, Function = PlanFunction.None },
            new PlanStep(KernelKind.Activation, step.Output) { Inputs = [new(fresh, 0, target.Channels)], Function = step.Function });
    }

    private static (PlanBuffer, PlanStep, PlanStep)? Gather(CpuPlan plan, PlanStep step, int fresh) => Gather(plan, step, fresh, step.Inputs, step.InOrder);

    private static (PlanBuffer, PlanStep, PlanStep)? GatherInOrder(CpuPlan plan, PlanStep step, int fresh)
    {
        var channels = step.Inputs.SelectMany(static run => Enumerable.Range(run.First, run.Count).Select(channel => new PlanRun(run.Buffer, channel, 1))).ToArray();
        if (step.InOrder.Length == channels.Length)
            Array.Sort([.. step.InOrder], channels);
        return Gather(plan, step, fresh, [.. channels], []);
    }

    private static (PlanBuffer, PlanStep, PlanStep)? Gather(CpuPlan plan, PlanStep step, int fresh, ImmutableArray<PlanRun> runs, ImmutableArray<int> order)
    {
        if (step.Kind != KernelKind.Convolution || step.Inputs.Length < 2 || plan.Buffers[step.Inputs[0].Buffer].IsPlanes)
            return null;
        var count = step.Inputs.Sum(static run => run.Count);
        return (plan.Buffers[step.Inputs[0].Buffer] with { Channels = count, Halo = 0 },
            new PlanStep(KernelKind.Gather, fresh) { Inputs = runs },
            step with { Inputs = [new(fresh, 0, count)], InOrder = order });
    }
}
