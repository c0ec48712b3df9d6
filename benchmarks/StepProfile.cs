using System.Diagnostics;
using Blockwright.Benchmarks.Engines;
using Blockwright.Cpu;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Benchmarks;

/// <summary>The time that each step of a plan takes on one thread, within whole runs: each step finds the caches as the steps before it leave them.</summary>
public static unsafe class StepProfile
{
    /// <summary>Each step with its floating-point operations and the median of its times in seconds.</summary>
    public static IReadOnlyList<(string Name, double Flops, double Seconds)> Run(BlockModule network, InstructionSet set, int runs)
    {
        var plan = Declared.PlanOf(network);
        var folded = WeightFolding.Fold(network, plan);
        using var program = new CpuProgram(network.GetName(), plan, folded, set);
        var (height, width) = (plan.Grids[0].Height, plan.Grids[0].Width);
        using var workspace = new CpuWorkspace(program, 1, height, width, 1, new FuseOptions().BandBytes);
        using var input = new AlignedMemory((long)plan.InChannels * height * width);
        using var output = new AlignedMemory((long)plan.OutChannels * workspace.OutHeight * workspace.OutWidth);
        workspace.Input = input.Pointer;
        workspace.Output = output.Pointer;
        var random = new Random(1);
        for (var i = 0L; i < input.Length; i++)
            input.Pointer[i] = (float)(random.NextDouble() - 0.5);
        var times = Enumerable.Range(0, workspace.StepCount).Select(static _ => new List<double>()).ToArray();
        for (var run = -20; run < runs; run++)
        {
            for (var i = 0; i < times.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                workspace.Run(i, Share.Whole);
                if (run >= 0)
                    times[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return [.. times.Select((list, i) =>
        {
            var (first, last) = workspace.PlanStepsOf(i);
            var steps = plan.Steps.Skip(first).Take(last + 1 - first).ToList();
            return (string.Join(", ", steps.Select(NameOf)), steps.Sum(Flops), list.Order().ElementAt(runs / 2));
        })];

        double Flops(PlanStep step)
        {
            if (step.Weights is not { Key.Length: > 0 } weights)
                return 0;
            var grid = plan.Grids[plan.Buffers[step.Output].Grid];
            return 2.0 * grid.Height * grid.Width * folded[weights.FoldedKey].Weight.Length;
        }
    }

    private static string NameOf(PlanStep step) => step.Weights?.FoldedKey ?? step.Kind.ToString();
}
