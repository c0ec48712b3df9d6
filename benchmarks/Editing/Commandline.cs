using System.Diagnostics;
using static System.FormattableString;

namespace Blockwright.Benchmarks.Editing;

/// <summary>Runs dotnet and says what it wrote where it fails.</summary>
internal static class Commandline
{
    /// <summary>The time that it takes.</summary>
    public static TimeSpan Dotnet(DirectoryInfo folder, params string[] arguments) => Run(folder, arguments).Time;

    /// <summary>What it writes.</summary>
    public static string Output(DirectoryInfo folder, params string[] arguments) => Run(folder, arguments).Output;

    private static (TimeSpan Time, string Output) Run(DirectoryInfo folder, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet does not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var time = watch.Elapsed;
        return process.ExitCode == 0 ? (time, output) : throw new InvalidOperationException(Invariant($"'dotnet {string.Join(' ', arguments)}' ended with {process.ExitCode}:\n{output}\n{errors.Result}"));
    }
}
