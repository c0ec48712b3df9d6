using System.Text.RegularExpressions;
using Basic.Reference.Assemblies;
using Blockwright.Analyzers.Declared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Tests.Declared;

/// <summary>The declared examples of the pages trigger their rule, and the repaired ones do not; the index is what the release tables say.</summary>
public sealed partial class DeclaredPages
{
    private static readonly string Folder = Repository.Path("docs", "rules");

    public static TheoryData<string> Ids => [.. new DeclarationAnalyzer().SupportedDiagnostics.Where(static rule => rule.Category != "Blockwright.Declaration").Select(static rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task An_example_triggers_and_the_repaired_one_does_not(string id)
    {
        var examples = Example().Matches(await File.ReadAllTextAsync(Path.Combine(Folder, $"{id}.md"))).Select(static match => match.Groups[1].Value).ToList();
        Assert.Equal(2, examples.Count);
        Assert.Contains(id, await Report(examples[0], id));
        Assert.DoesNotContain(id, await Report(examples[1], id));
    }

    /// <summary>To write it anew: copy the text that the failure shows as expected.</summary>
    [Fact]
    public void The_index_is_generated_from_the_release_tables()
    {
        var tables = from project in new[] { "Graph", "Analyzers" } from table in new[] { "AnalyzerReleases.Shipped.md", "AnalyzerReleases.Unshipped.md" } select Repository.Path("src", project, table);
        var rows = tables
            .SelectMany(File.ReadLines)
            .Where(static line => line.StartsWith("BW", StringComparison.Ordinal))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .OrderBy(static cells => cells[0], StringComparer.Ordinal)
            .Select(static cells => $"| [{cells[0]}]({cells[0]}.md) | {cells[1]} | {cells[2]} | {cells[3]} |");
        var expected = string.Join('\n', ["# Rules", "", "For whoever got a diagnostic, or asks what is looked for: each page is for whoever got that diagnostic, and says why it comes and what to do.", "", "What can be set, and how: [configuration](configuration.md).", "", "| Rule | Category | Default severity | What |", "|---|---|---|---|", .. rows, ""]);
        Assert.Equal(expected, File.ReadAllText(Path.Combine(Folder, "README.md")).ReplaceLineEndings("\n"));
    }

    private static async Task<IEnumerable<string>> Report(string example, string id)
    {
        var compilation = CSharpCompilation.Create(
            "Example",
            [CSharpSyntaxTree.ParseText("using Blockwright;\n" + example)],
            [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(FuseOptions).Assembly.Location), MetadataReference.CreateFromFile(typeof(TorchSharp.torch).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var options = new AnalyzerOptions([], new Npu());
        var diagnostics = await compilation.WithAnalyzers([new DeclarationAnalyzer()], options).GetAnalyzerDiagnosticsAsync();
        Assert.DoesNotContain(diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != id);
        return diagnostics.Select(static diagnostic => diagnostic.Id);
    }

    [GeneratedRegex("```cs\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();

    /// <summary>The target for which every rule is on.</summary>
    private sealed class Npu : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values();

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, out string value)
            {
                value = "npu";
                return key == "blockwright_target";
            }
        }
    }
}
