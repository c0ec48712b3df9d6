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

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="configuration">Where the output goes; the console if left out.</param>
    /// <returns>0, or <see cref="CannotRun"/>.</returns>
    public static int Run(string[] arguments, InvocationConfiguration? configuration = null)
    {
        var output = new Option<string>("--output", "-o") { Description = "The file.", DefaultValueFactory = static _ => "report.html" };
        var iterations = new Option<int>("--iterations") { Description = "The runs that are timed.", DefaultValueFactory = static _ => Comparison.UsualIterations };
        iterations.Validators.Add(static result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 1)
                result.AddError("--iterations is at least 1.");
        });
        var root = new RootCommand("Writes what is known of ShuffleNet V2 1.0x as a page.") { output, iterations };
        root.SetAction(parsed => Write(parsed.GetRequiredValue(output), parsed.GetRequiredValue(iterations), parsed.InvocationConfiguration));
        var parsed = root.Parse(arguments);
        var code = parsed.Invoke(configuration ?? new InvocationConfiguration());
        return parsed.Action is ParseErrorAction ? CannotRun : code;
    }

    private static int Write(string path, int iterations, InvocationConfiguration console)
    {
        var diagnostics = ReportDiagnostic.ReadErrorLog(Path.Combine(AppContext.BaseDirectory, "build.sarif")).Where(static each => each.Id.StartsWith("BW", StringComparison.Ordinal)).ToList();
        torch.manual_seed(1);
        using var network = new ShuffleNetV2_x1_0();
        using var fragmented = new FragmentedShuffleNetV2();
        using var mobile = new MobileNetV2();
        console.Error.WriteLine("Timing three networks ...");
        var report = NetworkReport.Of(network, new()
        {
            Profile = true,
            Iterations = iterations,
            Compare = [fragmented, mobile],
            Diagnostics = diagnostics,
        });
        try
        {
            report.Save(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine($"{path} cannot be written: {e.Message}");
            return CannotRun;
        }
        console.Output.WriteLine(Path.GetFullPath(path));
        return 0;
    }
}
