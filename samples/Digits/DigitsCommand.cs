using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Blockwright;
using static System.FormattableString;

namespace Digits;

/// <summary>The command line: what may be chosen, and what becomes of failures.</summary>
public static class DigitsCommand
{
    private const int DefaultEpochs = 40;
    private const string Extension = ".safetensors";

    private static readonly Option<int> Epochs = new("--epochs")
    {
        Description = "How often each image is seen in training.",
        DefaultValueFactory = _ => DefaultEpochs,
        Validators = { CheckEpochs },
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Decides which quarter is held out, the first weights and the order of the images.",
    };

    private static readonly Option<FileInfo> Output = new("--output")
    {
        Description = "The .safetensors file to save the trained weights to.",
        DefaultValueFactory = _ => new FileInfo(Path.Combine(AppContext.BaseDirectory, "digits" + Extension)),
        Validators = { CheckOutput },
    };

    public static RootCommand Create()
    {
        var command = new RootCommand("Trains a small ShuffleNet V2 on handwritten digits, saves it and loads it again.") { Epochs, Seed, Output };
        command.SetAction(static parsed => Run(parsed));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            return new Demonstration(output, error).Run(parsed.GetValue(Epochs), parsed.GetValue(Seed), parsed.GetRequiredValue(Output).FullName);
        }
        catch (Exception exception) when (exception is WeightsException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine(exception.Message);
            return 1;
        }
    }

    // What is no number at all, the parser itself reports.
    private static void CheckEpochs(OptionResult result)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var epochs) && epochs < 1)
            result.AddError(Invariant($"--epochs: expected at least 1, found {epochs}."));
    }

    private static void CheckOutput(OptionResult result)
    {
        if (result.Tokens is [var token] && !token.Value.EndsWith(Extension, StringComparison.OrdinalIgnoreCase))
            result.AddError($"--output: expected the name of a {Extension} file, found '{token.Value}'.");
    }
}
