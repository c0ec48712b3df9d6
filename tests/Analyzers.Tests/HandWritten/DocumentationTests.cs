using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Blockwright.Analyzers.Configuration;
using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TorchSharp;

namespace Blockwright.Analyzers.Tests.HandWritten;

/// <summary>The pages and presets say what the rules do: examples trigger, repaired examples do not, options and defaults are the real ones.</summary>
public sealed partial class DocumentationTests
{
    private const string Brackets = "dotnet_diagnostic.SA1133.severity";

    private static readonly string Root = FindRoot();

    private static readonly ImmutableArray<DiagnosticDescriptor> All =
        [.. typeof(Descriptors).GetFields().Where(field => field.FieldType == typeof(DiagnosticDescriptor)).Select(field => (DiagnosticDescriptor)field.GetValue(null)!)];

    public static TheoryData<string> Ids => [.. All.Select(descriptor => descriptor.Id).Distinct()];

    public static TheoryData<string> HandWrittenIds => [.. Rules.SelectMany(rule => rule.SupportedDiagnostics).Select(descriptor => descriptor.Id).Distinct()];

    private static ImmutableArray<DiagnosticAnalyzer> Rules { get; } =
        [.. typeof(HandWrittenAnalyzer).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(HandWrittenAnalyzer))).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_page_names_its_rule_its_category_its_severity_and_its_options(string id)
    {
        var descriptor = All.First(one => one.Id == id);
        var page = Page(id);
        Assert.StartsWith($"# {id}: {descriptor.Title.ToString(CultureInfo.InvariantCulture)}\n", page, StringComparison.Ordinal);
        Assert.Contains($"| {descriptor.Category} | {descriptor.DefaultSeverity}", page, StringComparison.Ordinal);
        foreach (var option in Options.All.Where(option => option.Key.StartsWith(id, StringComparison.Ordinal)))
            Assert.Contains($"`{option.Key}` ({Default(option)})", page, StringComparison.Ordinal);
        Assert.EndsWith($"docs/rules/{id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HandWrittenIds))]
    public async Task A_pages_example_triggers_and_the_repaired_one_does_not(string id)
    {
        var examples = Example().Matches(Page(id)).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, examples.Count);
        Assert.Contains(id, await Report(examples[0]));
        Assert.DoesNotContain(id, await Report(examples[1]));
    }

    [Fact]
    public void The_table_of_options_is_complete()
    {
        var rows = Page("configuration").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|').Select(cell => cell.Trim().Trim('`')).ToList()).ToList();
        Assert.Equal(Options.All.Select(option => option.Key), rows.Select(row => row[1]));
        Assert.Equal(Options.All.Select(Default), rows.Select(row => row[2]));
    }

    [Theory]
    [InlineData("default", false)]
    [InlineData("strict", true)]
    [InlineData("errors-only", true)]
    public void A_preset_sets_what_exists(string name, bool setsSeverities)
    {
        var settings = Preset(name);
        var options = Options.All.ToDictionary(option => option.Key);
        Assert.All(settings.Where(setting => !setting.Key.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)), setting => Assert.True(options[setting.Key].Accepts(setting.Value)));
        var expected = setsSeverities ? All.Select(descriptor => $"dotnet_diagnostic.{descriptor.Id}.severity").Distinct() : [];
        Assert.Equal(expected.Order(), settings.Keys.Where(key => key.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)).Order());
    }

    /// <summary>StyleCop forbids several attributes in one pair of brackets.</summary>
    [Theory]
    [InlineData("strict")]
    [InlineData("errors-only")]
    public void A_preset_lets_a_line_of_attributes_be(string name) =>
        Assert.Contains($"{Brackets} = none", File.ReadAllLines(Path.Combine(Root, "src", "Analyzers", "presets", $"{name}.globalconfig")));

    [Fact]
    public void The_default_preset_is_the_defaults() =>
        Assert.Equal(Options.All.ToDictionary(option => option.Key, Default), Preset("default"));

    [Fact]
    public void Only_errors_are_left_on_by_errors_only() => Assert.All(
        Preset("errors-only"),
        setting => Assert.Equal(All.First(descriptor => setting.Key.Contains(descriptor.Id, StringComparison.Ordinal)).DefaultSeverity == DiagnosticSeverity.Error ? "error" : "none", setting.Value));

    private static Dictionary<string, string> Preset(string name) => File.ReadAllLines(Path.Combine(Root, "src", "Analyzers", "presets", $"{name}.globalconfig"))
        .Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
        .Select(line => line.Split('='))
        .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim())
        .Where(setting => setting.Key is not ("is_global" or "global_level" or Brackets))
        .ToDictionary();

    private static string Default(Option option) => option switch
    {
        Option<int> whole => whole.Default.ToString(CultureInfo.InvariantCulture),
        Option<double> number => number.Default.ToString(CultureInfo.InvariantCulture),
        Option<string> text => text.Default,
        Option<FixScope> scope => scope.Default.ToString().ToLowerInvariant(),
        Option<Target> target => target.Default.ToString().ToLowerInvariant(),
        Option<Callers> callers => callers.Default.ToString().ToLowerInvariant(),
        _ => throw new NotSupportedException($"{option.Key}: an option of a type that this test does not know."),
    };

    private static async Task<IEnumerable<string>> Report(string example)
    {
        // An example that has a Main is a program, any other a library.
        var tree = CSharpSyntaxTree.ParseText(Code.File(example));
        var kind = example.Contains("static void Main(", StringComparison.Ordinal) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        var compilation = CSharpCompilation.Create(
            "Example",
            [tree],
            [
                .. Basic.Reference.Assemblies.Net100.References.All,
                MetadataReference.CreateFromFile(typeof(torch).Assembly.Location),
                MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location),
            ],
            new(kind));
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return (await compilation.WithAnalyzers(Rules).GetAnalyzerDiagnosticsAsync()).Select(diagnostic => diagnostic.Id);
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(Root, "docs", "rules", $"{name}.md")).ReplaceLineEndings("\n");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Generator.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No Generator.sln above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
