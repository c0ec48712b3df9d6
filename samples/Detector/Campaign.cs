using System.Diagnostics;
using Blockwright;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Detector;

/// <summary>What came of one ratio.</summary>
/// <param name="Percent">How much of its channels a unit lets through.</param>
/// <param name="Parameters">The network's learned parameters.</param>
/// <param name="MultiplyAdds">Its multiply-adds for an image.</param>
/// <param name="Before">Its mAP before training.</param>
/// <param name="Precision">Its mAP on scenes that it has not seen.</param>
/// <param name="Training">How long the training took.</param>
/// <param name="Image">How long its snapshot takes for an image.</param>
public sealed record RatioResult(int Percent, long Parameters, long MultiplyAdds, double Before, double Precision, TimeSpan Training, TimeSpan Image);

/// <summary>Trains the detector at several ratios of its splits, each from the same seed on the same scenes, and compares what they find.</summary>
public sealed class Campaign(TextWriter output) : IDisposable
{
    public const int TrainingScenes = 1500;
    public const int TestScenes = 250;
    private const int BatchSize = 50;
    private const int LinesEvery = 100;
    private const float LeastScore = 0.05f;

    // What a person is shown: what a network is rather sure of.
    private const float LeastShown = 0.4f;

    private readonly IReadOnlyList<Scene> _test = Scene.Draw(TestScenes, seed: int.MaxValue);
    private SceneTensors? _training;

    /// <summary>Trains at a ratio.</summary>
    /// <param name="percent">The ratio.</param>
    /// <param name="steps">The steps of training.</param>
    /// <param name="seed">Decides the scenes, the first weights and the batches.</param>
    /// <param name="picture">Where boxes are drawn; null for nowhere.</param>
    public RatioResult Run(int percent, int steps, int seed, string? picture)
    {
        _training ??= new(Scene.Draw(TrainingScenes, seed));
        // Most of its maps are too small to share out: a second thread waits more than it computes.
        set_num_threads(1);
        random.manual_seed(seed);
        using var network = new DetectorNet(percent, Scene.Classes.Count);
        network.eval();
        var before = AveragePrecision.Mean(Detect(network, LeastScore).Found, Objects);
        var watch = Stopwatch.StartNew();
        new Trainer(network, _training).Run(steps, (step, loss) =>
        {
            if (step % LinesEvery == 0)
                output.WriteLine(Invariant($"{percent} %: step {step} of {steps}, loss {loss:0.000}"));
        });
        var training = watch.Elapsed;
        var (found, time) = Detect(network, LeastScore);
        if (picture is not null)
            Draw(found, picture);
        var cost = network.GetCost();
        return new(percent, cost.Parameters, cost.MultiplyAdds, before, AveragePrecision.Mean(found, Objects), training, time);
    }

    public void Dispose() => _training?.Dispose();

    private IReadOnlyList<IReadOnlyList<Labelled>> Objects => [.. _test.Select(static scene => scene.Objects)];

    /// <summary>What a snapshot finds on the test scenes, and how long it takes for one of them.</summary>
    private (IReadOnlyList<IReadOnlyList<Detection>> Found, TimeSpan Image) Detect(DetectorNet network, float least)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        using var scenes = new SceneTensors(_test);
        using var fused = network.Fuse(new FuseOptions { Threads = 1 });
        var found = new List<IReadOnlyList<Detection>>();
        var watch = new Stopwatch();
        for (var first = 0; first < _test.Count; first += BatchSize)
        {
            var images = scenes.Images(arange(first, Math.Min(first + BatchSize, _test.Count)));
            watch.Start();
            var said = Cells.Join(fused.call(images));
            watch.Stop();
            for (var i = 0; i < said.size(0); i++)
                found.Add(Cells.Detect(said[i].contiguous().data<float>().ToArray(), Scene.Classes.Count, least));
        }
        return (found, watch.Elapsed / _test.Count);
    }

    private void Draw(IReadOnlyList<IReadOnlyList<Detection>> found, string path)
    {
        const int Shown = 12, Columns = 4, Scale = 3;
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        using var file = File.Create(path);
        Picture.Of([.. _test.Take(Shown)], [.. found.Take(Shown).Select(static each => each.Where(static detection => detection.Score >= LeastShown).ToList())], Columns, Scale).WritePng(file);
    }
}
