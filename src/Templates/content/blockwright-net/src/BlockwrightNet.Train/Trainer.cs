using Blockwright;
using static TorchSharp.torch;

namespace BlockwrightNet.Train;

/// <summary>Trains a network with AdamW.</summary>
public sealed class Trainer(NetworkModule network, double learningRate = 3e-3)
{
    private const int BatchSize = 64;

    private readonly optim.Optimizer _optimizer = optim.AdamW(network.parameters(), learningRate);

    /// <summary>Shows the network each image once, in another order each time.</summary>
    /// <returns>The mean loss of the batches.</returns>
    public double Epoch(Shapes shapes)
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Tensors(shapes);
        var batches = randperm(labels.numel()).split(BatchSize);
        network.train();
        return batches.Average(batch => Step(images[batch], labels[batch]));
    }

    /// <summary>The share of the images that the network is right about.</summary>
    public static double Accuracy(NetworkModule network, Shapes shapes)
    {
        using var scope = NewDisposeScope();
        using var guard = inference_mode();
        var (images, labels) = Tensors(shapes);
        network.eval();
        return network.call(images).argmax(1).eq(labels).mean(type: ScalarType.Float64, dimensions: [0]).item<double>();
    }

    private double Step(Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(network.call(images), labels);
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }

    private static (Tensor Images, Tensor Labels) Tensors(Shapes shapes) =>
        (tensor(shapes.Images).reshape(-1, 1, Shapes.Side, Shapes.Side), tensor(shapes.Labels));
}
