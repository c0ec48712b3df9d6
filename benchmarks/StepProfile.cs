using System.Diagnostics;
using Blockwright.Cpu;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Benchmarks;

/// <summary>A step of a plan, or several that go together.</summary>
/// <param name="Name">Its layers' keys.</param>
/// <param name="Way">How it is computed, where there are several ways.</param>
/// <param name="Flops">The floating-point operations of the direct sums.</param>
/// <param name="Bytes">What it reads and writes at least: its maps and its weights, each once.</param>
/// <param name="Seconds">The median of its times.</param>
public sealed record ProfiledStep(string Name, string Way, double Flops, double Bytes, double Seconds)
{
    // What a core reads of 16 MB, from its third-level cache, on the Xeon of README.md: 28 to 30 GB/s.
    private const double BytesPerSecond = 30e9;

    /// <summary>The seconds that it takes at least: its operations at the peak, or its bytes, whichever is more. A convolution by tiles may be below.</summary>
    public double Floor(double peak) => Math.Max(Flops / peak, Bytes / BytesPerSecond);
}

/// <summary>The time that each step of a plan takes on one thread, within whole runs: each step finds the caches as the steps before it leave them.</summary>
public static unsafe class StepProfile
{
    /// <summary>Each step.</summary>
    public static IReadOnlyList<ProfiledStep> Run(NetworkModule network, InstructionSet set, int runs)
    {
        var plan = network.Plans.Cpu ?? throw new NotSupportedException($"There is no kernel for a layer of {network.GetName()}, {network.Plans.WithoutKernel}.");
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
            var range = Enumerable.Range(first, last + 1 - first).ToList();
            return new ProfiledStep(
                string.Join(", ", range.Select(step => NameOf(plan.Steps[step]))), string.Join(", ", range.Select(step => program.Steps[step]).OfType<WinogradStep>().Select(static step => step.Form.ToString())),
                range.Sum(step => Flops(plan.Steps[step])), Bytes(first, last), list.Order().ElementAt(runs / 2));
        })];

        double Flops(PlanStep step)
        {
            if (step.Weights is not { Key.Length: > 0 } weights)
                return 0;
            var grid = plan.Grids[plan.Buffers[step.Output].Grid];
            return 2.0 * grid.Height * grid.Width * folded[weights.FoldedKey].Weight.Length;
        }

        // What passes from a step to the next within a band does not leave the cache.
        double Bytes(int first, int last)
        {
            var weights = Enumerable.Range(first, last + 1 - first).Sum(step => plan.Steps[step].Weights is { } each ? folded[each.FoldedKey].Weight.Length : 0L);
            var read = plan.Steps[first].Reads.Concat(plan.Steps[last].Others).Distinct().Sum(run => (long)run.Count * Pixels(run.Buffer));
            var written = plan.Steps[last].Output is >= 0 and var buffer ? plan.Buffers[buffer].Channels * Pixels(buffer) : 0;
            return sizeof(float) * (double)(weights + read + written);
        }

        long Pixels(int buffer) => (long)plan.Grids[plan.Buffers[buffer].Grid].Height * plan.Grids[plan.Buffers[buffer].Grid].Width;
    }

    private static string NameOf(PlanStep step) => step.Weights?.FoldedKey ?? step.Kind.ToString();
}
