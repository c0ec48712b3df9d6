using System.Diagnostics;
using System.Reflection;

namespace Blockwright.Tool.Inside;

/// <summary>The project's side of the tool: it is loaded with the project's own Blockwright and torch.</summary>
public static class Entry
{
    /// <summary>Runs a command.</summary>
    /// <param name="project">The project's assembly.</param>
    /// <param name="command">The command's name.</param>
    /// <param name="values">Its arguments and options.</param>
    /// <param name="output">Where the result goes.</param>
    /// <param name="error">Where progress and mistakes go.</param>
    /// <returns>The exit code.</returns>
    public static int Run(Assembly project, string command, IReadOnlyDictionary<string, string> values, TextWriter output, TextWriter error)
    {
        var call = new Call(new(command, values), new(project), output, error);
        try
        {
            return command switch
            {
                "summary" => SummaryCommand.Run(call),
                "compare" => CompareCommand.Run(call),
                "profile" => ProfileCommand.Run(call),
                "report" => ReportCommand.Run(call),
                "export" => ExportCommand.Run(call),
                "verify" => VerifyCommand.Run(call),
                _ => throw new BadInputException($"There is no command {command}."),
            };
        }
        catch (Exception thrown)
        {
            return Explain(thrown is TargetInvocationException { InnerException: { } inner } ? inner : thrown, error);
        }
    }

    /// <summary>.NET adds the parameter's name to what is wrong with it, and the value on a line of its own.</summary>
    private static string WithoutParameter(ArgumentException thrown)
    {
        var message = thrown.ParamName is { } name ? thrown.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : thrown.Message;
        return thrown is ArgumentOutOfRangeException { ActualValue: not null } ? message[..message.LastIndexOf(Environment.NewLine, StringComparison.Ordinal)] : message;
    }

    /// <summary>What users can mend is a line, with 2; anything else is ours.</summary>
    private static int Explain(Exception thrown, TextWriter error)
    {
        switch (thrown)
        {
            case BadInputException or WeightsException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or InvalidOperationException or InvalidDataException or FormatException:
                error.WriteLine(thrown is ArgumentException argument ? WithoutParameter(argument) : thrown.Message);
                return ExitCodes.BadInput;
            case TypeInitializationException or DllNotFoundException or BadImageFormatException:
                error.WriteLine($"torch's libraries could not be loaded: {(thrown.InnerException ?? thrown).Message.Split('\n')[0].Trim()} Name a project that references them (TorchSharp-cpu), such as a program; summary does without.");
                return ExitCodes.BadInput;
            case System.Runtime.InteropServices.ExternalException:
                error.WriteLine(thrown.Message.Split('\n')[0].Trim());
                return ExitCodes.BadInput;
            default:
                error.WriteLine($"A mistake of the tool's own: {thrown.GetType().Name}: {thrown.Message.Split('\n')[0].Trim()}");
                return ExitCodes.Failed;
        }
    }
}

/// <summary>A command that is carried out.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Networks">The project's networks.</param>
/// <param name="Output">Where the result goes.</param>
/// <param name="Error">Where progress and mistakes go.</param>
internal sealed record Call(Request Request, Networks Networks, TextWriter Output, TextWriter Error)
{
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(10);

    /// <summary>Says what takes long.</summary>
    public void Progress(string text)
    {
        Error.WriteLine(text);
        Error.Flush();
    }

    /// <summary>Does what takes long, and says now and then for how long.</summary>
    public T Long<T>(string text, Func<T> work)
    {
        Progress(text);
        var clock = Stopwatch.StartNew();
        using var timer = new Timer(_ => Progress(FormattableString.Invariant($"... {clock.Elapsed.TotalSeconds:F0} s")), null, Often, Often);
        return work();
    }
}
