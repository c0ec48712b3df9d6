using Blockwright;
using BlockwrightNet.Train;
using static TorchSharp.torch;

namespace BlockwrightNet.Tests;

public class ShapeNetTests
{
    [Fact]
    public void ItLearns()
    {
        random.manual_seed(1);
        var (training, test) = (Shapes.Draw(1500, seed: 1), Shapes.Draw(300, seed: 2));
        using var network = new ShapeNet();
        var trainer = new Trainer(network);

        for (var epoch = 0; epoch < 8; epoch++)
            trainer.Epoch(training);

        Assert.InRange(Trainer.Accuracy(network, test), 0.8, 1);
    }

    [Fact]
    public void TheSnapshotComputesWhatTheNetworkDoes()
    {
        using var network = new ShapeNet();
        network.eval();
        using var guard = inference_mode();
        using var images = randn(5, 1, Shapes.Side, Shapes.Side);
        using var expected = network.call(images);
        using var fused = network.Fuse();

        using var actual = fused.call(images);

        Assert.True((expected - actual).abs().max().item<float>() < 1e-4f);
    }

    [Fact]
    public void WeightsAreReadAsTheyWereWritten()
    {
        var folder = Directory.CreateTempSubdirectory();
        var file = Path.Combine(folder.FullName, "network.safetensors");
        using var network = new ShapeNet();
        network.SaveWeights(file);
        using var other = new ShapeNet();

        other.LoadWeights(file);

        Assert.All(network.state_dict(), pair => Assert.True(pair.Value.eq(other.state_dict()[pair.Key]).all().item<bool>()));
        folder.Delete(recursive: true);
    }

    [Fact]
    public void ItStaysSmall() => Assert.InRange(ShapeNet.Cost.Parameters, 1, 100_000);
}
