using System.Diagnostics;
using System.Text.Json.Serialization;
using Blockwright.Benchmarks.Engines;
using Blockwright.Benchmarks.Networks;
using Blockwright.Kernels;

namespace Blockwright.Benchmarks;

/// <summary>One engine at one batch size and number of threads.</summary>
public sealed record ComparisonRow(
    string Network,
    int Batch,
    int Threads,
    string Engine,
    double MedianMs,
    double P10Ms,
    double P90Ms,
    double Gflops,
    double RatioEager,
    double RatioOrt,
    double MaxRelDiff);

/// <summary>Names of the JSON file.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(List<ComparisonRow>))]
public sealed partial class ComparisonJson : JsonSerializerContext;

/// <summary>Times several engines in one process, round by round, so that what else the machine does falls on all of them alike.</summary>
public sealed class Comparison(string network, string reference, int rounds, InstructionSet[] sets)
{
    // The first calls of a turn find the caches full of the engine before it.
    private const int CallsBefore = 3;
    private const int CallsTimed = 5;

    // And its threads waiting, on the cores: libgomp's and ONNX Runtime's spin for a while after a call.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    private readonly string _path = Path.Combine(reference, OnnxName(network));
    private readonly BlockModule _declared = Declared.Load(network, Path.Combine(reference, Path.ChangeExtension(OnnxName(network), ".pth")));
    private readonly ShuffleNetWeights _weights = new(Path.Combine(reference, OnnxName(network)));

    /// <summary>Floating-point operations for one image.</summary>
    public double Flops => _weights.Flops();

    /// <summary>The rows of one batch size and number of threads.</summary>
    public List<ComparisonRow> Run(int batch, int threads)
    {
        var images = Images(batch);
        var expected = TorchEngine.Reference(_weights, images, batch);
        var engines = Engines(images, batch, threads);
        try
        {
            var times = Time(engines, expected.Length);
            var medians = times.Select(t => At(t, 0.5)).ToArray();
            var eager = medians[0];
            var ort = engines.Zip(medians).Where(e => e.First.IsOnnxRuntime).Min(e => e.Second);
            return [.. engines.Select((engine, i) => new ComparisonRow(
                network, batch, threads, engine.Name, medians[i], At(times[i], 0.1), At(times[i], 0.9), batch * Flops / medians[i] / 1e6, eager / medians[i], ort / medians[i], Difference(engine, expected)))];
        }
        finally
        {
            foreach (var engine in engines)
                engine.Dispose();
        }
    }

    /// <summary>What each fusion of the plan is worth.</summary>
    public IEnumerable<(string Name, double MedianMs, double Factor)> Ablate(int batch, int threads) => Ablation.Run(_declared, Images(batch), batch, threads, rounds * CallsTimed);

    /// <summary>The file of torchvision's export.</summary>
    public static string OnnxName(string network) => network.ToLowerInvariant() switch
    {
        "shufflenetv2_x1_0" => "shufflenet_v2_x1_0.onnx",
        "shufflenetv2_x0_5" => "shufflenet_v2_x0_5.onnx",
        _ => throw new ArgumentException($"No network {network}. There are ShuffleNetV2_x1_0 and ShuffleNetV2_x0_5.", nameof(network)),
    };

    // As a normalised photograph is distributed.
    private static float[] Images(int batch)
    {
        var random = new Random(1);
        var images = new float[batch * 3 * 224 * 224];
        for (var i = 0; i < images.Length; i++)
            images[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return images;
    }

    private List<IEngine> Engines(float[] images, int batch, int threads)
    {
        var classes = _weights["fc"].Out;
        var export = File.ReadAllBytes(_path);
        var plain = PlainOnnxShuffleNet.Build(_weights, batch);
        var engines = new List<IEngine> { new TorchEngine(_weights, images, batch, threads) };
        // Spinning is about waiting for other threads: with one there is nothing to tell apart.
        foreach (var spins in threads == 1 ? new[] { true } : [true, false])
        {
            var suffix = threads == 1 ? "" : spins ? ", spinning" : ", not spinning";
            engines.Add(new OnnxRuntimeEngine($"ONNX Runtime, export{suffix}", export, images, batch, classes, threads, spins));
            engines.Add(new OnnxRuntimeEngine($"ONNX Runtime, plain graph{suffix}", plain, images, batch, classes, threads, spins));
        }

        engines.Add(new ForwardEngine(_declared, images, batch, threads));
        engines.AddRange(sets.Select(set => new FusedEngine(_declared, set, images, batch, threads)));
        return engines;
    }

    private List<double>[] Time(List<IEngine> engines, int outputs)
    {
        var logits = new float[outputs];
        var times = engines.Select(_ => new List<double>()).ToArray();
        foreach (var engine in engines)
        {
            for (var i = 0; i < 40; i++)
                engine.Run(logits);
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < engines.Count; i++)
            {
                Thread.Sleep(Pause);
                for (var call = 0; call < CallsBefore; call++)
                    engines[i].Run(logits);
                for (var call = 0; call < CallsTimed; call++)
                {
                    var start = Stopwatch.GetTimestamp();
                    engines[i].Run(logits);
                    times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }

        foreach (var list in times)
            list.Sort();
        return times;
    }

    private static double At(List<double> sorted, double quantile) => sorted[(int)(quantile * (sorted.Count - 1))];

    private static double Difference(IEngine engine, double[] expected)
    {
        var logits = new float[expected.Length];
        engine.Run(logits);
        return expected.Zip(logits, (e, l) => Math.Abs(e - l)).Max() / expected.Max(Math.Abs);
    }
}
