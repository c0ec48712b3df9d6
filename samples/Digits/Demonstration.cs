using System.Diagnostics;
using System.Globalization;
using Blockwright;
using Samples;
using Spectre.Console;
using static TorchSharp.torch;

namespace Digits;

/// <summary>The whole way: train, test, save, load, compare, fuse.</summary>
public sealed class Demonstration(TextWriter output, TextWriter error)
{
    private const double LeastAccuracy = 0.97;
    private const int EpochsBetweenLines = 5;

    /// <returns>The exit code: 0, or 1 if the accuracy is too low or the predictions differ.</returns>
    public int Run(int epochs, int seed, string path)
    {
        // Images of 8 x 8 are too small to share out: with a second thread the waiting costs more than the computing.
        set_num_threads(1);
        random.manual_seed(seed);
        var (training, heldOut) = Digit.HoldOutQuarter(Digit.ReadAll(), seed);
        using var trainingSet = new DigitTensors(training);
        using var testSet = new DigitTensors(heldOut);
        using var network = new DigitsNet();
        var parameters = network.parameters().Sum(parameter => parameter.numel());
        Say($"{trainingSet.Count:N0} digits to train on, {testSet.Count:N0} held out, {parameters:N0} parameters, seed {seed}");

        Train(new Trainer(network, trainingSet), epochs);
        network.eval();
        using var logits = Predict(network.call, testSet.Images);
        var accuracy = Accuracy(logits, testSet.Labels);
        Say($"test accuracy: {accuracy * 100:0.0} %");

        Save(network, path);
        using var reloaded = new DigitsNet();
        reloaded.LoadWeights(path);
        reloaded.eval();
        var areSame = Compare(reloaded, logits, testSet.Images);
        ShowSnapshot(network, logits, testSet.Images);
        return areSame & IsAccurate(accuracy) ? 0 : 1;
    }

    private void Train(Trainer trainer, int epochs)
    {
        var watch = Stopwatch.StartNew();
        var console = Terminal.For(output);
        if (console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi)
        {
            var bar = console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());
            bar.Start(progress =>
            {
                var task = progress.AddTask("training", maxValue: epochs);
                trainer.Run(epochs, (epoch, loss) =>
                {
                    task.Description = string.Create(CultureInfo.InvariantCulture, $"epoch {epoch} of {epochs}, loss {loss:0.0000}");
                    task.Value = epoch;
                });
            });
        }
        else
        {
            trainer.Run(epochs, (epoch, loss) =>
            {
                if (epoch % EpochsBetweenLines == 0 || epoch == 1 || epoch == epochs)
                    Say($"epoch {epoch} of {epochs}, loss {loss:0.0000}");
            });
        }
        Say($"trained for {watch.Elapsed.TotalSeconds:0.0} s");
    }

    private void Save(DigitsNet network, string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        network.SaveWeights(path);
        Say($"saved: {path} ({new FileInfo(path).Length:N0} bytes)");
    }

    private bool Compare(DigitsNet reloaded, Tensor expected, Tensor images)
    {
        using var logits = Predict(reloaded.call, images);
        using var equal = logits.eq(expected).all();
        var areSame = equal.item<bool>();
        if (areSame)
            Say($"reloaded: identical predictions");
        else
            error.WriteLine("reloaded: the predictions differ from those of the network that was saved. Expected the same logits, bit for bit.");
        return areSame;
    }

    private void ShowSnapshot(DigitsNet network, Tensor expected, Tensor images)
    {
        using var scope = NewDisposeScope();
        using var snapshot = network.Fuse();
        var logits = Predict(snapshot.call, images);
        var same = logits.argmax(1).eq(expected.argmax(1)).sum().item<long>();
        var difference = (logits - expected).abs().max().item<float>();
        Say($"fused: {same} of {images.size(0)} predictions are the same, logits within {difference:0.0e+00}");
    }

    private bool IsAccurate(double accuracy)
    {
        if (accuracy >= LeastAccuracy)
            return true;
        FormattableString line = $"The accuracy is {accuracy * 100:0.0} %, expected at least {LeastAccuracy * 100:0} %. Train for longer: --epochs N.";
        error.WriteLine(FormattableString.Invariant(line));
        return false;
    }

    private static Tensor Predict(Func<Tensor, Tensor> network, Tensor images)
    {
        using var noGradient = no_grad();
        return network(images);
    }

    private static double Accuracy(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return logits.argmax(1).eq(labels).sum().item<long>() / (double)labels.numel();
    }

    private void Say(FormattableString line) => output.WriteLine(FormattableString.Invariant(line));
}
