using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using Blockwright;
using ShuffleNet;
using TorchSharp;
using Zoo.MobileNetV2;

namespace Report;

/// <summary>Writes the report of ShuffleNet V2 1.0x, beside its fragmented variant and MobileNet V2.</summary>
public static class ReportCommand
{
    /// <summary>The file cannot be written, or an option is wrong.</summary>
    public const int CannotRun = 2;

    private const int UsualSize = 224;

    // What all three networks halve five times.
    private const int LeastSize = 32;

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="configuration">Where the output goes; the console if left out.</param>
    /// <returns>0, or <see cref="CannotRun"/>.</returns>
    public static int Run(string[] arguments, InvocationConfiguration? configuration = null)
    {
        var output = new Option<string>("--output", "-o") { Description = "The file.", DefaultValueFactory = static _ => "report.html" };
        var size = Number("--size", "The image's height and width.", UsualSize, LeastSize);
        var iterations = Number("--iterations", "The runs that are timed.", Comparison.UsualIterations, 1);
        var root = new RootCommand("Writes what is known of ShuffleNet V2 1.0x as a page.") { output, size, iterations };
        root.SetAction(parsed => Write(parsed.GetRequiredValue(output), parsed.GetRequiredValue(size), parsed.GetRequiredValue(iterations), parsed.InvocationConfiguration));
        var parsed = root.Parse(arguments);
        var code = parsed.Invoke(configuration ?? new InvocationConfiguration());
        return parsed.Action is ParseErrorAction ? CannotRun : code;
    }

    private static int Write(string path, int size, int iterations, InvocationConfiguration console)
    {
        try
        {
            // Before anything is timed for it.
            File.WriteAllText(path, "");
            Timed(size, iterations, console).Save(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            console.Error.WriteLine($"{path} cannot be written: {e.Message}");
            return CannotRun;
        }
        console.Output.WriteLine(Path.GetFullPath(path));
        return 0;
    }

    private static NetworkReport Timed(int size, int iterations, InvocationConfiguration console)
    {
        torch.manual_seed(1);
        using var network = new ShuffleNetV2_x1_0();
        using var fragmented = new FragmentedShuffleNetV2();
        using var mobile = new MobileNetV2();
        using var image = torch.randn(1, 3, size, size);
        console.Error.WriteLine("Timing three networks ...");
        return NetworkReport.Of(network, new()
        {
            Input = image,
            Profile = true,
            Iterations = iterations,
            Compare = [fragmented, mobile],
            Diagnostics = [.. ReportedDiagnostic.ReadErrorLog(Path.Combine(AppContext.BaseDirectory, "build.sarif")).Where(static each => each.Id.StartsWith("BW", StringComparison.Ordinal))],
        });
    }

    private static Option<int> Number(string name, string description, int usual, int least)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < least)
                result.AddError($"{name} is at least {least.ToString(CultureInfo.InvariantCulture)}.");
        });
        return option;
    }
}
