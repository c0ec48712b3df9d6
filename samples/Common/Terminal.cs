using Spectre.Console;

namespace Samples;

internal static class Terminal
{
    // Wide enough for a table of class names; nobody wraps a file or a pipe.
    private const int PlainWidth = 120;

    /// <summary>A console that draws on a terminal, and writes plain lines without control codes to a file, a pipe or a test.</summary>
    public static IAnsiConsole For(TextWriter output)
    {
        var plain = output != Console.Out || Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(output),
            // Spectre turns control codes back on where it knows the build server.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (plain)
            console.Profile.Width = PlainWidth;
        return console;
    }
}
