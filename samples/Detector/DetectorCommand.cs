using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using static System.FormattableString;

namespace Detector;

/// <summary>The command line: what may be chosen, and what becomes of failures.</summary>
public static class DetectorCommand
{
    private const int DefaultSteps = 700;
    private const double LeastPrecision = 0.7;
    private const string Extension = ".png";

    private static readonly int[] Ratios = [30, 40, 50];

    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "The steps of training at each ratio, of 16 scenes each.",
        DefaultValueFactory = _ => DefaultSteps,
        Validators = { CheckSteps },
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Decides the scenes of training, the first weights and the batches.",
    };

    private static readonly Option<FileInfo> Output = new("--output")
    {
        Description = "The .png file to draw the last ratio's boxes into.",
        DefaultValueFactory = _ => new FileInfo(Path.Combine(AppContext.BaseDirectory, "detections" + Extension)),
        Validators = { CheckOutput },
    };

    public static RootCommand Create()
    {
        var command = new RootCommand("Trains a ShuffleNet V2 detector on shapes that it draws, at three ratios of its splits.") { Steps, Seed, Output };
        command.SetAction(static parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            return Run(output, error, parsed.GetValue(Steps), parsed.GetValue(Seed), parsed.GetRequiredValue(Output).FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static int Run(TextWriter output, TextWriter error, int steps, int seed, string picture)
    {
        output.WriteLine(Invariant($"{Campaign.TrainingScenes:N0} scenes of {Scene.Side} x {Scene.Side} to train on, {Campaign.TestScenes} held out, {string.Join(", ", Scene.Classes)}, seed {seed}"));
        using var campaign = new Campaign(output);
        var results = Ratios.Select(percent => campaign.Run(percent, steps, seed, percent == Ratios[^1] ? picture : null)).ToList();
        output.WriteLine("ratio  parameters  MFLOPs  mAP@0.5  trained in  fused, an image");
        foreach (var result in results)
            output.WriteLine(Invariant($"{result.Percent / 100.0,5:0.0}{result.Parameters,12:N0}{result.MultiplyAdds / 1e6,8:0.0}{result.Precision,9:0.000}{result.Training.TotalSeconds,10:0.0} s{result.Image.TotalMilliseconds,13:0.00} ms"));
        output.WriteLine($"drawn: {picture}");
        if (results.TrueForAll(static result => result.Precision >= LeastPrecision))
            return 0;
        error.WriteLine(Invariant($"The least mAP is {results.Min(static result => result.Precision):0.000}, expected at least {LeastPrecision:0.00}. Train for longer: --steps N."));
        return 1;
    }

    // What is no number at all, the parser itself reports.
    private static void CheckSteps(OptionResult result)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var steps) && steps < 10)
            result.AddError(Invariant($"--steps: expected at least 10, found {steps}."));
    }

    private static void CheckOutput(OptionResult result)
    {
        if (result.Tokens is [var token] && !token.Value.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
            result.AddError($"--output: expected the name of a {Extension} file, found '{token.Value}'.");
    }
}
