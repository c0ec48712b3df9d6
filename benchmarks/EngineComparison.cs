using System.Diagnostics;
using System.Text.Json.Serialization;
using Blockwright.Benchmarks.Engines;
using Blockwright.Benchmarks.Networks;
using Blockwright.Kernels;

namespace Blockwright.Benchmarks;

/// <summary>One engine at one batch size and number of threads.</summary>
public sealed record EngineRow(
    string Network,
    int Batch,
    int Threads,
    string Engine,
    double MedianMs,
    double LeastMs,
    double P10Ms,
    double P90Ms,
    double Gflops,
    double RatioForward,
    double RatioOrt,
    double MaxRelDiff,
    double MegabytesAnImage);

/// <summary>Names of the JSON file.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<EngineRow>))]
public sealed partial class EngineJson : JsonSerializerContext;

/// <summary>Times several engines in one process, round by round, so that what else the machine does falls on all of them alike.</summary>
/// <param name="network">The network.</param>
/// <param name="export">ONNX files of the same network that others exported, which are timed as well.</param>
/// <param name="rounds">Rounds.</param>
/// <param name="sets">Instruction sets of the kernels.</param>
public sealed class EngineComparison(DeclaredNetwork network, IReadOnlyList<string> export, int rounds, InstructionSet[] sets)
{
    // The first calls of a turn find the caches full of the engine before it.
    private const int CallsBefore = 3;
    private const int CallsTimed = 5;

    // And its threads waiting, on the cores: libgomp's and ONNX Runtime's spin for a while after a call.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    // Of calls that take long a few are enough.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(400);

    /// <summary>The rows of one batch size and number of threads.</summary>
    public List<EngineRow> Run(int batch, int threads)
    {
        var images = Images(batch);
        var expected = network.Reference(images, batch);
        var engines = Engines(images, batch, threads);
        try
        {
            var times = Time(engines, expected.Length);
            var medians = times.Select(t => At(t, 0.5)).ToArray();
            var forward = medians[0];
            var ort = engines.Zip(medians).Where(e => e.First.IsOnnxRuntime).Min(e => e.Second);
            return [.. engines.Select((engine, i) => new EngineRow(
                network.Name, batch, threads, engine.Name, medians[i], times[i][0], At(times[i], 0.1), At(times[i], 0.9), batch * network.Flops / medians[i] / 1e6, forward / medians[i], ort / medians[i],
                Difference(engine, expected), engine.Bytes / 1e6 / batch))];
        }
        finally
        {
            foreach (var engine in engines)
                engine.Dispose();
        }
    }

    /// <summary>What each fusion of the plan is worth.</summary>
    public IEnumerable<(string Name, double MedianMs, double Factor)> Ablate(int batch, int threads) => Ablation.Run(network, Images(batch), batch, threads, rounds * CallsTimed);

    // As a normalised photograph is distributed.
    private float[] Images(int batch)
    {
        var random = new Random(1);
        var (channels, height, width) = network.Input;
        var images = new float[batch * channels * height * width];
        for (var i = 0; i < images.Length; i++)
            images[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return images;
    }

    private List<IEngine> Engines(float[] images, int batch, int threads)
    {
        var (channels, height, width) = network.Input;
        int[] input = [batch, channels, height, width];
        var models = export.Select(static path => ("export", File.ReadAllBytes(path))).Append(("plain graph", network.Onnx(batch))).ToList();
        var engines = new List<IEngine> { new ForwardEngine(network.Network, images, input, threads) };
        // Spinning is about waiting for other threads: with one there is nothing to tell apart.
        foreach (var spins in threads == 1 ? new[] { true } : [true, false])
        {
            var suffix = threads == 1 ? "" : spins ? ", spinning" : ", not spinning";
            engines.AddRange(models.Select(model => new OnnxRuntimeEngine($"ONNX Runtime, {model.Item1}{suffix}", model.Item2, images, input, threads, spins)));
        }

        engines.AddRange(sets.Select(set => new FusedEngine(network.Network, set, images, batch, threads)));
        return engines;
    }

    private List<double>[] Time(List<IEngine> engines, int outputs)
    {
        var logits = new float[outputs];
        var times = engines.Select(_ => new List<double>()).ToArray();
        foreach (var engine in engines)
        {
            var warm = new TimedTurns(rounds * CallsTimed);
            while (warm.Next() && warm.Run < 0)
                engine.Run(logits);
        }
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < engines.Count; i++)
            {
                Thread.Sleep(Pause);
                Calls(engines[i], logits, CallsBefore, null);
                Calls(engines[i], logits, CallsTimed, times[i]);
            }
        }

        foreach (var list in times)
            list.Sort();
        return times;
    }

    private static void Calls(IEngine engine, float[] logits, int most, List<double>? times)
    {
        var begin = Stopwatch.GetTimestamp();
        for (var call = 0; call < most && (call == 0 || Stopwatch.GetElapsedTime(begin) < Turn); call++)
        {
            var start = Stopwatch.GetTimestamp();
            engine.Run(logits);
            times?.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static double At(List<double> sorted, double quantile) => sorted[(int)(quantile * (sorted.Count - 1))];

    private static double Difference(IEngine engine, double[] expected)
    {
        var logits = new float[expected.Length];
        engine.Run(logits);
        return expected.Zip(logits, (e, l) => Math.Abs(e - l)).Max() / expected.Max(Math.Abs);
    }
}
