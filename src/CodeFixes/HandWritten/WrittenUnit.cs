using System.Globalization;
using Blockwright.Analyzers.HandWritten.Units;
using Microsoft.CodeAnalysis;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>What the diagnostic says of a unit that is written by hand.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Attributes">The declaration's bracket lists.</param>
/// <param name="In">The parameter that says the channels in.</param>
/// <param name="Out">The parameter that says the channels out, where the block asks for them.</param>
internal sealed record WrittenUnit(string Name, IReadOnlyList<string> Attributes, WrittenUnit.Channels In, WrittenUnit.Channels? Out)
{
    public static WrittenUnit? From(Diagnostic diagnostic)
    {
        if (diagnostic.Location.SourceTree is not { } tree || !diagnostic.Properties.TryGetValue(HandWrittenUnit.Attributes, out var attributes) || attributes is null
            || Read(diagnostic, HandWrittenUnit.InParameter, HandWrittenUnit.InFactor) is not { } input)
            return null;
        return new(
            tree.GetText().ToString(diagnostic.Location.SourceSpan),
            attributes.Split('\n'),
            input,
            Read(diagnostic, HandWrittenUnit.OutParameter, HandWrittenUnit.OutFactor));
    }

    private static Channels? Read(Diagnostic diagnostic, string parameter, string factor) =>
        diagnostic.Properties.TryGetValue(parameter, out var name) && name is not null
            && diagnostic.Properties.TryGetValue(factor, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var times)
            ? new(name, times)
            : null;

    /// <summary>Channels that are so many times a parameter.</summary>
    internal sealed record Channels(string Parameter, long Factor);
}
