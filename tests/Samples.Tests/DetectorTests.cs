using Detector;
using static TorchSharp.torch;

namespace Blockwright.Samples.Tests;

public class DetectorTests
{
    private const float Rounding = 1e-6f;

    [Theory]
    [InlineData(0, 0, 2, 2, 1)]
    [InlineData(1, 0, 3, 2, 2 / 6f)]
    [InlineData(1, 1, 3, 3, 1 / 7f)]
    [InlineData(0, 0, 1, 1, 1 / 4f)]
    [InlineData(2, 0, 4, 2, 0)] // side by side
    [InlineData(5, 5, 6, 6, 0)]
    public void OverlapIsIntersectionOverUnion(float left, float top, float right, float bottom, float expected)
    {
        var (one, other) = (new Box(0, 0, 2, 2), new Box(left, top, right, bottom));

        Assert.Equal(expected, one.Overlap(other), Rounding);
        Assert.Equal(expected, other.Overlap(one), Rounding);
    }

    [Fact]
    public void OfOverlappingDetectionsOfAClassTheBestIsKept()
    {
        var best = new Detection(0, 0.9f, new(0, 0, 10, 10));
        var near = new Detection(0, 0.8f, new(1, 0, 11, 10)); // overlaps the best by 9/11
        var ofAnother = new Detection(1, 0.7f, new(1, 0, 11, 10));
        var half = new Detection(0, 0.6f, new(5, 0, 15, 10)); // overlaps the best by 1/3, and the near one, which is gone, by 6/14
        var far = new Detection(0, 0.5f, new(40, 40, 50, 50));

        Assert.Equal([best, ofAnother, half, far], Detection.SuppressOverlaps([far, near, half, best, ofAnother], 0.5f));
        Assert.Equal([best, ofAnother, far], Detection.SuppressOverlaps([far, near, half, best, ofAnother], 0.3f));
    }

    /// <summary>Two objects of a class in two images. Precision at each hit is hits over detections up to there; recall grows by a half.</summary>
    [Theory]
    [InlineData("hit hit", 1)]
    [InlineData("hit miss hit", (1 + (2 / 3.0)) / 2)]
    [InlineData("miss hit hit", 2 / 3.0)] // the precision of 1/2 at the first hit is 2/3 later
    [InlineData("hit again", 0.5)]
    [InlineData("hit again hit", (1 + (2 / 3.0)) / 2)]
    [InlineData("hit", 0.5)]
    [InlineData("miss miss", 0)]
    [InlineData("", 0)]
    public void PrecisionIsTheAreaUnderItsCurve(string order, double expected)
    {
        var box = new Box(0, 0, 10, 10);
        IReadOnlyList<Labelled> objects = [new(2, box)];
        var found = new List<Detection>[] { [], [] };
        var (score, hits) = (1f, 0);
        foreach (var each in order.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            score -= 0.1f;
            var image = each == "again" ? hits - 1 : Math.Min(hits, 1);
            // 6 of 10 rows are an overlap of 0.6, 4 of 0.4.
            found[image].Add(new(2, score, each == "miss" ? new(0, 0, 10, 4) : new(0, 0, 10, 6)));
            hits += each == "hit" ? 1 : 0;
        }

        Assert.Equal(expected, AveragePrecision.Mean(found, [objects, objects]), 1e-9);
    }

    [Fact]
    public void PrecisionIsTheMeanOverTheClassesThatThereAre()
    {
        var (box, other) = (new Box(0, 0, 10, 10), new Box(50, 50, 60, 60));
        IReadOnlyList<Detection> found = [new(0, 0.9f, box), new(1, 0.8f, box), new(2, 0.7f, other)];

        // One is right, one is in the wrong place, and of a third class there is nothing to be found.
        Assert.Equal(0.5, AveragePrecision.Mean([found], [[new(0, box), new(1, other)]]), 1e-9);
        Assert.Throws<ArgumentException>(() => AveragePrecision.Mean([found], []));
    }

    [Fact]
    public void ScenesFollowTheirSeed()
    {
        var scenes = Scene.Draw(20, seed: 5);

        Assert.Equal(scenes.Select(static scene => scene.Pixels), Scene.Draw(20, seed: 5).Select(static scene => scene.Pixels));
        Assert.NotEqual(scenes[0].Pixels, Scene.Draw(1, seed: 6)[0].Pixels);
        Assert.All(scenes, static scene => Assert.InRange(scene.Objects.Count, 1, Scene.MostObjects));
        Assert.All(scenes.SelectMany(static scene => scene.Objects), static labelled =>
        {
            Assert.InRange(labelled.Class, 0, Scene.Classes.Count - 1);
            Assert.True(labelled.Box is { Left: >= 0, Top: >= 0, Right: <= Scene.Side, Bottom: <= Scene.Side, Width: >= 10, Height: >= 10 });
        });
    }

    /// <summary>A network that says what is to be said finds all that a cell answers for, just where it is.</summary>
    [Fact]
    public void WhatIsToBeSaidIsWhatIsFound()
    {
        var scenes = Scene.Draw(50, seed: 7);
        using var tensors = new SceneTensors(scenes);
        var all = arange(scenes.Count);
        using var distances = tensors.Distances(all).log().clamp(-20);
        using var said = cat([distances, (20 * tensors.Classes(all)) - 10], 1);
        var found = Enumerable.Range(0, scenes.Count).Select(i => (IReadOnlyList<Detection>)Cells.Detect(said[i].contiguous().data<float>().ToArray(), Scene.Classes.Count, 0.5f)).ToList();

        Assert.Equal(1, AveragePrecision.Mean(found, [.. scenes.Select(static scene => scene.Objects)]), 1e-9);
        foreach (var (scene, detections) in scenes.Zip(found))
        {
            Assert.Equal(scene.Objects.Count, detections.Count);
            Assert.All(detections, detection => Assert.Contains(scene.Objects, labelled => labelled.Class == detection.Class && labelled.Box.Overlap(detection.Box) > 0.999f));
        }
    }

    [Fact]
    public void AnObjectIsOfTheOutputOfItsSize()
    {
        // 12 x 12 cells, then 6 x 6, then 3 x 3.
        Assert.Equal(189, Cells.Count);
        Assert.All(Owned(new(20, 20, 36, 36)), static cell => Assert.InRange(cell, 0, 143));
        Assert.All(Owned(new(20, 20, 50, 50)), static cell => Assert.InRange(cell, 144, 179));
        Assert.All(Owned(new(10, 10, 70, 70)), static cell => Assert.InRange(cell, 180, 188));

        static List<int> Owned(Box box)
        {
            var owners = Cells.Assign([new(0, box)]);
            var owned = Enumerable.Range(0, owners.Length).Where(cell => owners[cell] == 0).ToList();
            Assert.NotEmpty(owned);
            return owned;
        }
    }

    /// <summary>At a score of a half the focal loss of a cell is 1/4 of the entropy, ln 2, by a balance of 1/4 where an object is and 3/4 where none is.</summary>
    [Fact]
    public void TheLossIsTheFocalLossAndTheBoxesOverlap()
    {
        using var said = zeros(1, 5, 2);
        using var classes = tensor(new float[,,] { { { 1, 0 } } });
        using var distances = tensor(new float[,,] { { { 1, 0 }, { 1, 0 }, { 1, 0 }, { 3, 0 } } });
        using var loss = DetectionLoss.Of(said, classes, distances);

        // A box of 2 x 2 is said in one of 2 x 4: half of it.
        Assert.Equal((0.25 * Math.Log(2) * (0.25 + 0.75)) + 0.5, loss.item<float>(), 1e-5);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(40)]
    [InlineData(50)]
    public void EachRatioIsFusedOnKernels(int percent)
    {
        manual_seed(2);
        using var network = new DetectorNet(percent);
        network.eval();
        using var fused = network.Fuse();
        using var noGradient = no_grad();
        using var images = randn(2, 3, Scene.Side, Scene.Side);
        using var expected = Cells.Join(network.call(images));
        using var found = Cells.Join(fused.call(images));

        Assert.NotNull(fused.Kernels);
        Assert.Equal([2, Cells.Sides + Scene.Classes.Count, Cells.Count], found.shape);
        Assert.True((found - expected).abs().max().item<float>() <= 1e-5 * Math.Max(1, expected.abs().max().item<float>()));
    }

    /// <summary>A tenth of what the sample does: it finds the first things.</summary>
    [Fact]
    public void PrecisionRisesInTraining()
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        using var campaign = new Campaign(output);

        var result = campaign.Run(40, steps: 220, seed: 0, folder["boxes.png"]);

        Assert.InRange(result.Before, 0, 0.02);
        Assert.InRange(result.Precision, 0.2, 1);
        Assert.Equal(40, result.Percent);
        Assert.Contains("40 %: step 200 of 220, loss 0.", output.ToString(), StringComparison.Ordinal);
        Assert.Equal((4 * 294) + 6, global::Samples.RgbImage.Decode(folder["boxes.png"]).Width);
    }

    [Theory]
    [InlineData("--steps", "9")]
    [InlineData("--steps", "many")]
    [InlineData("--output", "boxes.jpg")]
    public void OptionsAreCheckedBeforeTraining(string option, string value)
    {
        var run = ConsoleRun.Detector(option, value);

        Assert.Equal(1, run.Code);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("to train on", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ThePictureHasTheScenesAndTheirBoxes()
    {
        using var folder = new TemporaryFolder();
        var scene = new Scene(new byte[Scene.Channels * Scene.Side * Scene.Side], [new(1, new(10, 20, 30, 40))]);
        using (var file = File.Create(folder["picture.png"]))
            Picture.Of([scene, scene], [[new(0, 0.9f, new(12, 22, 32, 42))], []], 2, 3).WritePng(file);

        var picture = global::Samples.RgbImage.Decode(folder["picture.png"]);
        Assert.Equal(((2 * 294) + 6, 294 + 6), (picture.Width, picture.Height));
        Assert.Equal((255, 255, 255), At(6 + 30, 6 + 60)); // the upper left corner of what is there
        Assert.Equal((255, 40, 40), At(6 + 36, 6 + 66)); // of what was found
        Assert.Equal((0, 0, 0), At(6 + 60, 6 + 90));
        Assert.Equal((255, 255, 255), At(6 + 294 + 30, 6 + 60));

        (int, int, int) At(int x, int y)
        {
            var at = ((y * picture.Width) + x) * 3;
            return (picture.Pixels[at], picture.Pixels[at + 1], picture.Pixels[at + 2]);
        }
    }
}
