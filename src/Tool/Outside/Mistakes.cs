using System.CommandLine;
using System.CommandLine.Parsing;
using Blockwright.Analyzers.Declared;

namespace Blockwright.Tool.Outside;

/// <summary>What is wrong with a command line, in a line for each mistake, with the word that may have been meant.</summary>
internal static class Mistakes
{
    public static IEnumerable<string> Of(ParseResult parsed)
    {
        var (command, unknown) = (parsed.CommandResult.Command, parsed.UnmatchedTokens);
        if (command is RootCommand && unknown.Count > 0)
            return [$"There is no command '{unknown[0]}'{Meant(unknown[0], command.Subcommands)}"];
        // What stands behind an unknown option may be its value.
        var options = OptionsAsArguments(parsed.CommandResult).Concat(unknown.Where(IsOption)).Select(option => NoOption(command, option)).ToList();
        return options.Count > 0 ? options
            : unknown.Count > 0 ? [$"{command.Name}: expected {string.Join(", ", command.Arguments.Select(static argument => argument.Name))} and options, found '{unknown[0]}'."]
            : parsed.Errors.Select(static error => error.Message);
    }

    /// <summary>No project and no network is called as an option is; the parser takes one that it does not know for theirs.</summary>
    public static void RefuseOptions(CommandResult result)
    {
        foreach (var option in OptionsAsArguments(result))
            result.AddError(NoOption(result.Command, option));
    }

    private static IEnumerable<string> OptionsAsArguments(CommandResult result) => result.Children.OfType<ArgumentResult>().SelectMany(static argument => argument.Tokens).Select(static token => token.Value).Where(IsOption);

    private static bool IsOption(string token) => token.StartsWith('-');

    private static string NoOption(Command command, string option)
    {
        // The option of another command is no misspelt one.
        var others = command.Parents.OfType<Command>().SelectMany(static parent => parent.Subcommands).Where(other => other.Options.Any(each => each.Name == option)).Select(static other => other.Name).ToList();
        var rest = others.Count == 0 ? Meant(option, command.Options)
            : $", which {string.Join(", ", others)} {(others.Count == 1 ? "has" : "have")}. There are {string.Join(", ", command.Options.Select(static each => each.Name))}.";
        return $"{command.Name} has no option '{option}'{rest}";
    }

    private static string Meant(string unknown, IEnumerable<Symbol> known)
    {
        var names = known.Select(static each => each.Name).ToList();
        return NameDistance.Nearest(unknown, names) is { } nearest ? $": {nearest} is nearest." : $". There are {string.Join(", ", names)}.";
    }
}
