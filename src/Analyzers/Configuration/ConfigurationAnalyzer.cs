using System.Collections.Immutable;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Configuration;

/// <summary>BW9001: a key of the configuration has a value that it cannot have, or is misspelt. Each is said once for a compilation, however many files it holds for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ConfigurationAnalyzer : DiagnosticAnalyzer
{
    private static readonly WeakMemory<AnalyzerConfigOptions, Found> Set = new();

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
        var found = Set.Of(options, FoundIn);
        foreach (var (option, text) in found.Values)
            if (!(option.Accepts(text) && (option != Options.Measured || IsTable(context, text))) && seen.Add((option.Key, text)))
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.BadConfiguration, Location.None, option.Key, text, option.Expected));
        foreach (var (key, meant) in found.Misspelt)
            if (seen.Add((key, meant.Key)))
                context.ReportDiagnostic(Diagnostic.Create(Descriptors.UnknownKey, Location.None, key, meant.Key));
    }

    private static Found FoundIn(AnalyzerConfigOptions options)
    {
        var found = new Found([], []);
        foreach (var option in Options.All)
            if (options.TryGetValue(option.Key, out var text))
                found.Values.Add((option, text));
        foreach (var key in KeysOf(options))
            if (Options.NearestTo(key) is { } meant)
                found.Misspelt.Add((key, meant));
        return found;
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
            // Roslyn added Keys after the type was public: the base class throws this, and a host whose options are older than it does not override it. Such a host has no misspelt keys to say.
            return [];
        }
    }

    /// <summary>What a file's options say of ours.</summary>
    /// <param name="Values">The keys that are set.</param>
    /// <param name="Misspelt">Keys that are none, each with the one that was meant.</param>
    private sealed record Found(List<(Option Option, string Text)> Values, List<(string Key, Option Meant)> Misspelt);
}
