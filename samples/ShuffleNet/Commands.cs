using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using Blockwright;
using Samples;
using static System.FormattableString;

namespace ShuffleNet;

/// <summary>The command line: <c>verify</c>, <c>classify</c> and <c>fuse</c>.</summary>
public static class Commands
{
    /// <summary>Nothing could be computed: an option is missing or wrong, or a file is missing, damaged or does not fit.</summary>
    public const int CannotRun = 2;

    private static readonly Option<FileInfo> WeightsOption = FileOption("--weights", "The weights: .pth as torchvision publishes them, or .safetensors.");

    private static readonly Option<string> WidthOption = CreateWidthOption();

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="configuration">Where the output goes; the console if left out.</param>
    /// <returns>0, 1 if <c>verify</c> finds a difference, or <see cref="CannotRun"/>.</returns>
    public static int Run(string[] arguments, InvocationConfiguration? configuration = null)
    {
        var root = new RootCommand("ShuffleNet V2 in four widths, with torchvision's weights.") { CreateVerify(), CreateClassify(), CreateFuse() };
        var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        configuration ??= new InvocationConfiguration();
        var code = parsed.Invoke(configuration);
        return parsed.Action is ParseErrorAction ? CannotRun : code;
    }

    private static Command CreateVerify()
    {
        var io = FileOption("--io", "A .safetensors file with 'input' (N x 3 x H x W) and torchvision's 'logits' (N x 1000).");
        io.Required = true;
        var command = new Command("verify", "Compares the network's logits with torchvision's from the same weights.") { WeightsOption, io, WidthOption };
        command.SetAction(parsed => Guarded(parsed, (weights, width) =>
            Verification.Run(weights, parsed.GetRequiredValue(io).ToString(), width, parsed.InvocationConfiguration)));
        return command;
    }

    private static Command CreateClassify()
    {
        var image = FileOption("--image", "The picture: JPEG, PNG, BMP, GIF or TGA.");
        image.Required = true;
        var labels = FileOption("--labels", "The names of the 1000 classes, a line each.");
        var top = new Option<int>("--top") { Description = "How many classes to print.", DefaultValueFactory = _ => 5, Validators = { CheckTop } };
        var command = new Command("classify", "Says what a picture shows.") { image, WeightsOption, labels, top, WidthOption };
        command.SetAction(parsed => Guarded(parsed, (weights, width) =>
        {
            var classification = new Classification(weights, width, parsed.GetValue(labels)?.ToString());
            return classification.Run(parsed.GetRequiredValue(image).ToString(), parsed.GetValue(top), parsed.InvocationConfiguration.Output);
        }));
        return command;
    }

    private static Command CreateFuse()
    {
        var output = FileOption("--output", "The .safetensors file to write, for samples/Deploy.");
        output.Required = true;
        var command = new Command("fuse", "Saves the fused network, for programs that run it without torch.") { WeightsOption, output, WidthOption };
        command.SetAction(parsed => Guarded(parsed, (path, width) =>
        {
            using var weights = WeightFile.Open(path);
            using var network = Width.Of(weights, width).Create();
            network.LoadWeights(weights);
            using var fused = (FusedNetwork)network.Fuse();
            var file = parsed.GetRequiredValue(output);
            fused.Save(file.FullName);
            file.Refresh();
            parsed.InvocationConfiguration.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"saved: {file} ({file.Length:N0} bytes)"));
            return 0;
        }));
        return command;
    }

    // What is no number at all, the parser itself reports.
    private static void CheckTop(OptionResult result)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var top) && top is < 1 or > ImageNet.Classes)
            result.AddError(Invariant($"--top: expected 1 to {ImageNet.Classes}, found {top}."));
    }

    private static Option<FileInfo> FileOption(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    private static Option<string> CreateWidthOption()
    {
        string[] names = [.. Width.All.Select(width => width.Name)];
        var option = new Option<string>("--width") { Description = "The width. Left out, the shapes of the weights say it." };
        option.HelpName = string.Join('|', names);
        return option.AcceptOnlyFromAmong(names);
    }

    /// <summary>Turns what can be wrong with a file into a message.</summary>
    private static int Guarded(ParseResult parsed, Func<string, string?, int> run)
    {
        var (error, width) = (parsed.InvocationConfiguration.Error, parsed.GetValue(WidthOption));
        try
        {
            if (parsed.GetValue(WeightsOption) is { } weights)
                return run(weights.ToString(), width);
            error.WriteLine($"{parsed.CommandResult.Command.Name} needs weights: --weights FILE. torchvision publishes these for ShuffleNet V2:");
            foreach (var known in Width.All.Where(known => width is null || known.Name == width))
                error.WriteLine($"  width {known.Name}  {known.File}");
            return CannotRun;
        }
        catch (Exception exception) when (exception is WeightsException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine(exception.Message);
            return CannotRun;
        }
    }
}
