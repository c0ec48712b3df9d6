using System.Collections.Immutable;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Configuration;

/// <summary>BW9001: a key of the configuration has a value that it cannot have, or is misspelt. Each is said once for a compilation, however many files it holds for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConfigurationAnalyzer : DiagnosticAnalyzer
{
    private static readonly WeakMemory<AnalyzerConfigOptions, List<(Option Option, string Text)>> Set = new();

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => ImmutableArray.Create(Descriptors.BadConfiguration, Descriptors.UnknownKey);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationAction(Check);
    }

    private static void Check(CompilationAnalysisContext context)
    {
        var provider = context.Options.AnalyzerConfigOptionsProvider;
        var seen = new HashSet<(string Key, string Text)>();
        CheckOne(context, provider.GlobalOptions, seen);
        foreach (var tree in context.Compilation.SyntaxTrees)
            CheckOne(context, provider.GetOptions(tree), seen);
    }

    private static bool IsTable(CompilationAnalysisContext context, string name) =>
        string.IsNullOrWhiteSpace(name) || RuleOptions.FileOf(context.Options, name) is { } file && RuleOptions.TableIn(file, context.CancellationToken) is not null;

    private static void CheckOne(CompilationAnalysisContext context, AnalyzerConfigOptions options, HashSet<(string Key, string Text)> seen)
    {
        foreach (var (option, text) in Set.Of(options, SetIn))
            if (!(option.Accepts(text) && (option != Options.Measured || IsTable(context, text))) && seen.Add((option.Key, text)))
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.BadConfiguration, Location.None, option.Key, text, option.Expected));
        foreach (var key in KeysOf(options))
            if (Options.NearestTo(key) is { } meant && seen.Add((key, meant.Key)))
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.UnknownKey, Location.None, key, meant.Key));
    }

    /// <summary>All that is set; nothing where the host does not list it.</summary>
    private static IEnumerable<string> KeysOf(AnalyzerConfigOptions options)
    {
        try
        {
            return options.Keys;
        }
        catch (NotImplementedException)
        {
            return [];
        }
    }

    private static List<(Option Option, string Text)> SetIn(AnalyzerConfigOptions options)
    {
        var set = new List<(Option, string)>();
        foreach (var option in Options.All)
            if (options.TryGetValue(option.Key, out var text))
                set.Add((option, text));
        return set;
    }
}
