using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Blockwright.Package.Tests;

/// <summary>Runs programs as a user would in a terminal.</summary>
internal static class Command
{
    /// <summary>Runs dotnet and gives what it prints; fails unless it ends well.</summary>
    public static string Dotnet(string folder, params string[] arguments) => Dotnet(folder, 0, arguments);

    public static string Dotnet(string folder, int expectedCode, params string[] arguments)
    {
        var (output, errors) = Run(folder, "dotnet", expectedCode, arguments);
        return output + errors;
    }

    /// <summary>Runs a published program and gives what it prints: not the errors, where libtorch complains about machines.</summary>
    public static string Program(string file, params string[] arguments) => Program(file, Path.GetDirectoryName(file)!, arguments);

    /// <summary>Runs an installed program in a folder and gives what it prints.</summary>
    public static string Program(string file, string folder, string[] arguments) => Run(folder, file, 0, arguments).Output;

    /// <summary>Runs a program that is to end with a code, and gives what it says is wrong.</summary>
    public static string Failing(string file, string folder, int expectedCode, params string[] arguments) => Run(folder, file, expectedCode, arguments).Errors;

    /// <summary>The same of a program whose output has nothing then: it may be read by another.</summary>
    public static string Refused(string file, string folder, int expectedCode, params string[] arguments)
    {
        var (output, errors) = Run(folder, file, expectedCode, arguments);
        Assert.Empty(output);
        return errors;
    }

    /// <summary>Starts a program whose output is to be read.</summary>
    public static Process Start(string folder, string program, params string[] arguments) => Start(folder, program, isFed: false, arguments);

    /// <summary>The same of one that may be written to, too.</summary>
    public static Process Start(string folder, string program, bool isFed, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = isFed, RedirectStandardOutput = true, RedirectStandardError = true };

        // What the test host sets for itself must not reach the builds.
        foreach (var variable in start.Environment.Keys.Where(static key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(variable);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        // For programs without a runtime of their own, and for those that unpack themselves.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        start.Environment["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = Path.Combine(folder, "unpacked");
        return Process.Start(start)!;
    }

    private static (string Output, string Errors) Run(string folder, string program, int expectedCode, string[] arguments)
    {
        using var process = Start(folder, program, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == expectedCode, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}{errors.GetAwaiter().GetResult()}");
        return (output, errors.GetAwaiter().GetResult());
    }
}
