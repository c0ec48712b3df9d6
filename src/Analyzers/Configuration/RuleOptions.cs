using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Configuration;

/// <summary>What holds where a rule looks: the keys of an .editorconfig, and the figures that messages quote.</summary>
internal sealed class RuleOptions(AnalyzerConfigOptions keys, Func<string, MeasuredTable?> read)
{
    /// <summary>The figures of the machine that the configuration names; the paper's where it names none, or no table.</summary>
    public MeasuredTable Measured => Read(Options.Measured) is { Length: > 0 } name && read(name) is { } own ? own : Paper.Of(Read(Options.Target));

    /// <param name="options">The analyzer's.</param>
    /// <param name="tree">The file in which the rule looks.</param>
    public static RuleOptions Of(AnalyzerOptions options, SyntaxTree tree, CancellationToken cancellation) =>
        new(options.AnalyzerConfigOptionsProvider.GetOptions(tree), name => FileOf(options, name) is { } file ? TableIn(file, cancellation) : null);

    /// <summary>The additional file of a name, which may end a path.</summary>
    public static AdditionalText? FileOf(AnalyzerOptions options, string name)
    {
        var wanted = "/" + name.Trim().Replace('\\', '/').TrimStart('.', '/');
        return options.AdditionalFiles.FirstOrDefault(file => ("/" + file.Path.Replace('\\', '/')).EndsWith(wanted, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The table that a file holds; null where it holds none.</summary>
    public static MeasuredTable? TableIn(AdditionalText file, CancellationToken cancellation) => file.GetText(cancellation) is { } text ? MeasuredTable.Parse(text.ToString()) : null;

    public T Read<T>(Option<T> option) => option.Read(keys);
}
