using Digits;
using static TorchSharp.torch;

namespace Blockwright.Samples.Tests;

public class DigitsTests
{
    [Fact]
    public void FileHasTheDigitsThatItsMakersCounted()
    {
        var digits = Digit.ReadAll();

        Assert.Equal(1797, digits.Count);
        Assert.All(digits, digit => Assert.Equal(Digit.Side * Digit.Side, digit.Pixels.Length));
        Assert.Equal((0, 16), (digits.Min(digit => digit.Pixels.Min()), digits.Max(digit => digit.Pixels.Max())));
        var counts = digits.CountBy(digit => digit.Label).OrderBy(pair => pair.Key).Select(pair => pair.Value);
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], counts);
    }

    [Fact]
    public void HeldOutQuarterIsApartAndHasAllClasses()
    {
        var digits = Digit.ReadAll();

        var (training, heldOut) = Digit.HoldOutQuarter(digits, seed: 3);

        Assert.Equal(digits.Count, training.Concat(heldOut).ToHashSet(ReferenceEqualityComparer.Instance).Count);
        Assert.InRange(heldOut.Count, (digits.Count / 4) - 5, (digits.Count / 4) + 5);
        foreach (var (label, count) in digits.CountBy(digit => digit.Label))
            Assert.InRange(heldOut.Count(digit => digit.Label == label) / (double)count, 0.24, 0.26);
    }

    [Fact]
    public void SplitFollowsTheSeed()
    {
        var digits = Digit.ReadAll();

        Assert.Equal(Digit.HoldOutQuarter(digits, seed: 1).HeldOut, Digit.HoldOutQuarter(digits, seed: 1).HeldOut);
        Assert.NotEqual(Digit.HoldOutQuarter(digits, seed: 1).HeldOut, Digit.HoldOutQuarter(digits, seed: 2).HeldOut);
    }

    [Fact]
    public void TensorsHoldPixelsAndLabels()
    {
        var digit = Digit.ReadAll()[7];
        using var tensors = new DigitTensors([digit, digit]);

        Assert.Equal([2L, 1, 8, 8], tensors.Images.shape);
        Assert.Equal(digit.Pixels.Concat(digit.Pixels).Select(pixel => pixel / 16f), tensors.Images.data<float>());
        Assert.Equal([(long)digit.Label, digit.Label], tensors.Labels.data<long>());
    }

    [Fact]
    public void EpochOfTrainingLowersTheLoss()
    {
        random.manual_seed(0);
        set_num_threads(1);
        using var digits = new DigitTensors(Digit.ReadAll());
        using var network = new DigitsNet();
        var reports = new List<(int Epoch, double Loss)>();
        var before = Loss(network, digits);

        new Trainer(network, digits).Run(2, (epoch, loss) => reports.Add((epoch, loss)));

        Assert.Equal([1, 2], reports.Select(report => report.Epoch));
        Assert.True(reports[1].Loss < reports[0].Loss, $"{reports[1].Loss} after {reports[0].Loss}");
        Assert.True(Loss(network, digits) < before);
    }

    [Fact]
    public void SampleReachesItsAccuracyAndReloadsTheSameNetwork()
    {
        using var folder = new TemporaryFolder();

        var run = ConsoleRun.Digits("--epochs", "15", "--output", folder["new/digits.safetensors"]);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains(run.Lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, @"^test accuracy: (9[7-9]|100)\.\d %$"));
        Assert.Contains("reloaded: identical predictions", run.Lines);
        Assert.Contains(run.Lines, line => line.StartsWith("fused: 450 of 450 predictions are the same", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Output);
        using var saved = WeightFile.Open(folder["new/digits.safetensors"]);
        using var network = new DigitsNet();
        Assert.Equal(network.state_dict().Keys.Order(), saved.Entries.Select(entry => entry.Name).Order());
    }

    [Fact]
    public void TooLittleTrainingFails()
    {
        using var folder = new TemporaryFolder();

        var run = ConsoleRun.Digits("--epochs", "1", "--output", folder["digits.safetensors"]);

        Assert.Equal(1, run.Code);
        Assert.Contains("expected at least 97 %", run.Error, StringComparison.Ordinal);
        Assert.Contains("reloaded: identical predictions", run.Lines);
    }

    [Theory]
    [InlineData("--epochs", "0")]
    [InlineData("--epochs", "many")]
    [InlineData("--output", "digits.pth")]
    [InlineData("--output", "")]
    public void OptionsAreCheckedBeforeTraining(string option, string value)
    {
        var run = ConsoleRun.Digits(option, value);

        Assert.Equal(1, run.Code);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1 of", run.Output, StringComparison.Ordinal);
    }

    private static double Loss(DigitsNet network, DigitTensors digits)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return nn.functional.cross_entropy(network.call(digits.Images), digits.Labels).item<float>();
    }
}
