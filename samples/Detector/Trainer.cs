using static TorchSharp.torch;

namespace Detector;

/// <summary>Trains a detector: AdamW, and a learning rate that rises and falls once.</summary>
public sealed class Trainer(DetectorNet network, SceneTensors scenes)
{
    private const int BatchSize = 16;
    private const double PeakLearningRate = 5e-3;
    private const double WeightDecay = 1e-2;

    // The score that an untrained network gives every class of every cell: hardly any cell answers for an object.
    private const double FirstScore = 0.01;

    /// <summary>Trains for some steps of a batch each, and leaves the network in evaluation mode.</summary>
    /// <param name="steps">How many.</param>
    /// <param name="report">Called after each step with its number, from 1, and its loss.</param>
    public void Run(int steps, Action<int, double> report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ExpectNothing();
        using var optimizer = optim.AdamW(network.parameters(), weight_decay: WeightDecay);
        var schedule = optim.lr_scheduler.OneCycleLR(optimizer, PeakLearningRate, total_steps: steps);
        network.train();
        for (var step = 1; step <= steps; step++)
        {
            report(step, Step(optimizer));
            schedule.step();
        }
        network.eval();
    }

    private void ExpectNothing()
    {
        using var noGradient = no_grad();
        foreach (var (_, bias) in network.named_parameters().Where(static each => each.name.EndsWith("predict.bias", StringComparison.Ordinal)))
            bias.narrow(0, Cells.Sides, bias.size(0) - Cells.Sides).fill_(Math.Log(FirstScore / (1 - FirstScore)));
    }

    private double Step(optim.Optimizer optimizer)
    {
        using var scope = NewDisposeScope();
        var batch = randint(scenes.Count, BatchSize);
        optimizer.zero_grad();
        var loss = DetectionLoss.Of(Cells.Join(network.call(scenes.Images(batch))), scenes.Classes(batch), scenes.Distances(batch));
        loss.backward();
        nn.utils.clip_grad_norm_(network.parameters(), max_norm: 10);
        optimizer.step();
        return loss.item<float>();
    }
}
