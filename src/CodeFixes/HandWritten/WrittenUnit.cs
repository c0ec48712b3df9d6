using System.Globalization;
using Blockwright.Analyzers.HandWritten.Units;
using Microsoft.CodeAnalysis;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>What the diagnostic says of a unit that is written by hand.</summary>
/// <param name="Name">The class's name.</param>
/// <param name="Stride">The parameter that chooses between its forms, or null.</param>
/// <param name="Forms">What it is: a unit, or one for each stride.</param>
internal sealed record WrittenUnit(string Name, string? Stride, IReadOnlyList<WrittenUnit.Form> Forms)
{
    public static WrittenUnit? From(Diagnostic diagnostic)
    {
        if (diagnostic.Location.SourceTree is not { } tree || !diagnostic.Properties.TryGetValue(HandWrittenUnit.Strides, out var strides) || strides is null)
            return null;
        var name = tree.GetText().ToString(diagnostic.Location.SourceSpan);
        diagnostic.Properties.TryGetValue(HandWrittenUnit.Stride, out var parameter);
        var forms = new List<Form>();
        foreach (var stride in strides.Split(','))
            if (ReadForm(diagnostic, stride, forms.Count == 0 ? name : name + "Down") is { } form)
                forms.Add(form);
        return forms.Count > 0 ? new(name, parameter, forms) : null;
    }

    private static Form? ReadForm(Diagnostic diagnostic, string stride, string name) =>
        diagnostic.Properties.TryGetValue(HandWrittenUnit.Attributes + stride, out var attributes) && attributes is not null
            && long.TryParse(stride, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && Read(diagnostic, HandWrittenUnit.InParameter + stride, HandWrittenUnit.InFactor + stride) is { } input
            ? new(name, value, attributes.Split('\n'), input, Read(diagnostic, HandWrittenUnit.OutParameter + stride, HandWrittenUnit.OutFactor + stride))
            : null;

    private static Channels? Read(Diagnostic diagnostic, string parameter, string factor) =>
        diagnostic.Properties.TryGetValue(parameter, out var name) && name is not null
            && diagnostic.Properties.TryGetValue(factor, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var times)
            ? new(name, times)
            : null;

    /// <summary>One unit.</summary>
    /// <param name="Name">Its class's name.</param>
    /// <param name="Stride">The stride that it is for; 0 where the class has one form.</param>
    /// <param name="Attributes">The declaration's bracket lists.</param>
    /// <param name="In">The parameter that says the channels in.</param>
    /// <param name="Out">The parameter that says the channels out, where the block asks for them.</param>
    internal sealed record Form(string Name, long Stride, IReadOnlyList<string> Attributes, Channels In, Channels? Out);

    /// <summary>Channels that are so many times a parameter.</summary>
    internal sealed record Channels(string Parameter, long Factor);
}
