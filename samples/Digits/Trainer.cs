using Blockwright;
using static TorchSharp.torch;

namespace Digits;

/// <summary>Trains a network on digits: AdamW, a learning rate that rises and falls once, and images moved by up to a pixel.</summary>
public sealed class Trainer(BlockModule network, DigitTensors digits)
{
    private const int BatchSize = 64;
    private const double PeakLearningRate = 1e-2;
    private const double WeightDecay = 5e-2;

    /// <summary>Trains for some epochs and leaves the network in training mode.</summary>
    /// <param name="epochs">How often each digit is seen.</param>
    /// <param name="report">Called after each epoch with its number, from 1, and the mean loss of its batches.</param>
    public void Run(int epochs, Action<int, double> report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var batches = (digits.Count + BatchSize - 1) / BatchSize;
        using var optimizer = optim.AdamW(network.parameters(), weight_decay: WeightDecay);
        var schedule = optim.lr_scheduler.OneCycleLR(optimizer, PeakLearningRate, total_steps: epochs * batches);
        using var shifted = Shifted(digits.Images);
        network.train();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            using var scope = NewDisposeScope();
            var order = randperm(digits.Count);
            var loss = 0.0;
            foreach (var batch in order.chunk(batches))
            {
                loss += Step(optimizer, shifted, batch);
                schedule.step();
            }
            report(epoch, loss / batches);
        }
    }

    private double Step(optim.Optimizer optimizer, Tensor shifted, Tensor batch)
    {
        using var scope = NewDisposeScope();
        var (down, right) = (randint(3, batch.numel()), randint(3, batch.numel()));
        var images = shifted.index(TensorIndex.Tensor(batch), TensorIndex.Tensor(down), TensorIndex.Tensor(right));
        optimizer.zero_grad();
        var loss = nn.functional.cross_entropy(network.call(images), digits.Labels[batch]);
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }

    /// <summary>Each image moved by -1, 0 or 1 pixel both ways: N x 1 x 8 x 8 to a view, N x 3 x 3 x 1 x 8 x 8.</summary>
    private static Tensor Shifted(Tensor images)
    {
        using var scope = NewDisposeScope();
        var padded = nn.functional.pad(images, [1, 1, 1, 1]);
        return padded.unfold(2, Digit.Side, 1).unfold(3, Digit.Side, 1).permute(0, 2, 3, 1, 4, 5).MoveToOuterDisposeScope();
    }
}
