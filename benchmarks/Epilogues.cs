using System.Diagnostics;
using Blockwright.Benchmarks.Networks;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Benchmarks;

/// <summary>A network's time with one activation in the place of all that it has.</summary>
/// <param name="Activation">The activation.</param>
/// <param name="MedianMs">The median of its times.</param>
/// <param name="LeastMs">The least of them.</param>
/// <param name="LeastFactor">The least over ReLU's least, which other work on the machine touches less than it does medians.</param>
/// <param name="Factor">The median, over the rounds, of its time over ReLU's in the same round.</param>
/// <param name="Low">A tenth of the rounds is below.</param>
/// <param name="High">A tenth of the rounds is above.</param>
/// <param name="NanosecondsMore">What it takes more than ReLU, for each value that it is applied to.</param>
public sealed record EpilogueRow(string Activation, double MedianMs, double LeastMs, double LeastFactor, double Factor, double Low, double High, double NanosecondsMore);

/// <summary>What each activation costs in a network: its plan with that one in the place of all others, in one process, round by round.</summary>
public static class Epilogues
{
    private const string Measure = "ReLU";
    private const int RoundsToWarm = 10;

    private static readonly Dictionary<string, double[]> Parameters = new() { ["LeakyReLU"] = [0.01], ["ELU"] = [1] };

    /// <summary>A row for each activation; ReLU has a second one, which says how far two networks alike are apart.</summary>
    public static IEnumerable<EpilogueRow> Run(DeclaredNetwork network, InstructionSet set, int threads, int rounds)
    {
        var plan = network.Network.Plans.Cpu ?? throw new NotSupportedException($"{network.Name} has a layer without a kernel.");
        string[] names = [Measure, Measure, .. Activation.Names.Where(static name => name != Measure).Order(StringComparer.Ordinal)];
        var weights = WeightFolding.Fold(network.Module, plan);
        var networks = names.Select(name => network.On(With(plan, name), weights, new FuseOptions { Threads = threads, InstructionSet = set })).ToList();
        try
        {
            var times = Time(networks, network, rounds);
            var values = plan.Steps.Where(static step => !step.Function.IsNone).Sum(step => Values(plan, step));
            var least = Math.Min(times[0].Min(), times[1].Min());
            return [.. names.Select((name, i) =>
            {
                var factors = times[i].Zip(times[0], static (time, measure) => time / measure).Order().ToList();
                var factor = factors[factors.Count / 2];
                return new EpilogueRow(name, Median(times[i]), times[i].Min(), times[i].Min() / least, factor, factors[factors.Count / 10], factors[factors.Count * 9 / 10], (times[i].Min() - least) * 1e6 / values);
            })];
        }
        finally
        {
            networks.ForEach(static each => each.Dispose());
        }
    }

    private static List<double>[] Time(List<KernelNetwork> networks, DeclaredNetwork network, int rounds)
    {
        var random = new Random(1);
        var images = new float[network.Input.Channels * network.Input.Height * network.Input.Width];
        for (var i = 0; i < images.Length; i++)
            images[i] = (float)((random.NextDouble() * 4) - 2);
        var outputs = new float[network.Outputs];
        var times = networks.Select(static _ => new List<double>()).ToArray();
        for (var round = -RoundsToWarm; round < rounds; round++)
        {
            for (var turn = 0; turn < networks.Count; turn++)
            {
                // Nobody always comes after the same one.
                var i = (int)(((uint)round + (uint)turn) % (uint)networks.Count);
                networks[i].Run(images, outputs, 1);
                var start = Stopwatch.GetTimestamp();
                networks[i].Run(images, outputs, 1);
                if (round >= 0)
                    times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }
        return times;
    }

    private static CpuPlan With(CpuPlan plan, string name) =>
        plan with { Steps = [.. plan.Steps.Select(step => step.Function.IsNone ? step : step with { Function = new PlanFunction(name, [.. Parameters.GetValueOrDefault(name, [])]) })] };

    private static long Values(CpuPlan plan, PlanStep step)
    {
        var buffer = plan.Buffers[step.Output];
        return (long)plan.Grids[buffer.Grid].Height * plan.Grids[buffer.Grid].Width * buffer.Channels;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
