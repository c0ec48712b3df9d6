using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Blockwright.Benchmarks.Guidelines;

/// <summary>What one network of an experiment took.</summary>
/// <param name="Variant">The network.</param>
/// <param name="MultiplyAdds">Of one image.</param>
/// <param name="Forward">The emitted forward: TorchSharp, operation by operation.</param>
/// <param name="Fused">Fuse().</param>
public sealed record GuidelineRow(Variant Variant, long MultiplyAdds, Rate Forward, Rate Fused);

/// <summary>How fast something is.</summary>
/// <param name="ImagesPerSecond">By the median time.</param>
/// <param name="Low">A tenth of the rounds is slower than this share of the median.</param>
/// <param name="High">A tenth of the rounds is faster than this.</param>
/// <param name="OfFirst">The median, over the rounds, of its speed over the first network's in the same round.</param>
public sealed record Rate(double ImagesPerSecond, double Low, double High, double OfFirst);

/// <summary>Runs an experiment: each round calls every network both ways.</summary>
public sealed class GuidelineBenchmark(FuseDevice device, int batch, int threads, int rounds)
{
    private const int RoundsToWarm = 5;

    /// <summary>Measures the networks of an experiment.</summary>
    public IReadOnlyList<GuidelineRow> Run(Experiment experiment)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        set_num_threads(threads);
        var modules = experiment.Variants.Select(variant => Prepared(variant.Network())).ToList();
        var snapshots = modules.Select(module => module.Fuse(new FuseOptions { Device = device, Threads = threads })).ToList();
        try
        {
            var calls = modules.Select(module => Call(module, module.call)).Concat(modules.Zip(snapshots, (module, fused) => Call(module, fused.call))).ToList();
            var times = Time(calls);
            return [.. experiment.Variants.Select((variant, i) => new GuidelineRow(
                variant, modules[i].GetCost().MultiplyAdds, RateOf(times[i], times[0]), RateOf(times[modules.Count + i], times[modules.Count])))];
        }
        finally
        {
            snapshots.ForEach(static snapshot => snapshot.Dispose());
            modules.ForEach(static module => module.Dispose());
        }
    }

    private NetworkModule Prepared(NetworkModule module)
    {
        module.eval();
        if (device == FuseDevice.Cuda)
            module.to(CUDA);
        return module;
    }

    private Action Call(NetworkModule module, Func<Tensor, Tensor> function)
    {
        var cost = module.GetCost();
        var input = randn([batch, cost.Channels, cost.Height, cost.Width], device: device == FuseDevice.Cuda ? CUDA : CPU);
        return () =>
        {
            using var output = function(input);
            if (device == FuseDevice.Cuda)
                cuda.synchronize();
        };
    }

    private List<double>[] Time(List<Action> calls)
    {
        var times = calls.Select(static _ => new List<double>()).ToArray();
        for (var round = -RoundsToWarm; round < rounds; round++)
        {
            for (var turn = 0; turn < calls.Count; turn++)
            {
                // Nobody always comes after the same one. The first call brings back what the others drove out of the caches.
                var i = (int)((uint)(round + RoundsToWarm + turn) % (uint)calls.Count);
                calls[i]();
                var start = Stopwatch.GetTimestamp();
                calls[i]();
                if (round >= 0)
                    times[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return times;
    }

    private Rate RateOf(List<double> times, List<double> first)
    {
        var median = Quantile(times, 0.5);
        return new(batch / median, median / Quantile(times, 0.9), median / Quantile(times, 0.1), Quantile([.. first.Zip(times, static (one, other) => one / other)], 0.5));
    }

    private static double Quantile(List<double> values, double share) => values.Order().ElementAt((int)Math.Round(share * (values.Count - 1)));
}
