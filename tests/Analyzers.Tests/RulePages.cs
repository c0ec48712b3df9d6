using System.Reflection;
using Blockwright.Analyzers.Declared;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Tests;

public class RulePages
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string, string> Rules()
    {
        var rules = new TheoryData<string, string>();
        var analyzers = typeof(DeclarationAnalyzer).Assembly.GetTypes().Where(static type => type.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is not null);
        foreach (var rule in analyzers.SelectMany(static type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics).DistinctBy(static rule => rule.Id))
            rules.Add(rule.Id, rule.HelpLinkUri);
        return rules;
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void EachRuleHasItsPage(string id, string helpLink)
    {
        Assert.Equal($"docs/rules/{id}.md", helpLink);
        var page = File.ReadAllText(Path.Combine(Root, helpLink));
        Assert.StartsWith($"# {id}: ", page, StringComparison.Ordinal);
        Assert.Matches("\n## (What to do|Repaired|Configuration)\n", page);
    }

    [Fact]
    public void EachPageHasItsRule()
    {
        var rules = Rules().Select(static row => (string)row[0]).ToHashSet();
        var pages = Directory.GetFiles(Path.Combine(Root, "docs/rules"), "BW*.md").Select(Path.GetFileNameWithoutExtension);
        Assert.DoesNotContain(pages, page => !rules.Contains(page!));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Generator.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not stand in the repository.");
        return folder.FullName;
    }
}
