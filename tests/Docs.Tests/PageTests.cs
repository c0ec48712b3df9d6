using System.Text.RegularExpressions;
using Blockwright.Tests.Shared.Pages;

namespace Blockwright.Docs.Tests;

/// <summary>What a reader follows leads somewhere, and he knows from the first lines whether a page is for him.</summary>
public sealed partial class PageTests
{
    public static TheoryData<string> Pages => [.. Page.All.Select(static page => page.Path)];

    /// <summary>Pages of docs, and those that a folder begins with; one that explains a diagnostic is for whoever got it, which the rules' table says of all of them.</summary>
    public static TheoryData<string> Addressed => [.. Page.All.Select(static page => page.Path).Where(static path => Beginning().IsMatch(path) && !Rule().IsMatch(path))];

    [Theory]
    [MemberData(nameof(Pages))]
    public void EachRelativeLinkLeadsToAFileAndAHeading(string path)
    {
        var page = new Page(path);
        foreach (var link in Link().Matches(page.Prose).Select(static match => match.Groups[1].Value).Where(static link => !Absolute().IsMatch(link)))
        {
            var (file, anchor) = link.Split('#') is [var before, var behind] ? (before, behind) : (link, null);
            var target = file.Length == 0 ? Path.Combine(Page.Root, path) : page.FileAt(file);
            Assert.True(Path.Exists(target), $"{path}: nothing is at '{link}'.");
            if (anchor is not null)
                Assert.True(page.At(target).Anchors.Contains(anchor), $"{path}: no heading is at '{link}'.");
        }
    }

    [Theory]
    [MemberData(nameof(Addressed))]
    public void EachPageSaysAtItsHeadForWhomItIs(string path) => Assert.Matches("^# .+\n\nFor (who|every)", new Page(path).Text);

    [Fact]
    public void ThePagesOfDiagnosticsAreForWhoeverGotOne() => Assert.Contains("each page is for whoever got that diagnostic", new Page("docs/rules/README.md").Text, StringComparison.Ordinal);

    /// <summary>README at a glance, and the page whole.</summary>
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/language.md")]
    public void EachWordOfTheLanguageIsThere(string path)
    {
        var language = new Page(path).Text.Split("\n## ").SkipWhile(static part => !part.StartsWith("The language", StringComparison.Ordinal) && !part.Contains("# The language", StringComparison.Ordinal)).ToList();
        var text = string.Join('\n', path == "README.md" ? language.Take(1) : language);
        var missing = typeof(BlockModule).Assembly.GetExportedTypes()
            .Where(static type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(Attribute)) && type.Namespace == nameof(Blockwright))
            .Select(static type => type.Name.Split('`')[0][..^nameof(Attribute).Length])
            .Distinct(StringComparer.Ordinal)
            .Where(word => !Regex.IsMatch(text, $@"[`\[ ]{word}[`(<\], ]"));
        Assert.Empty(missing);
    }

    /// <summary>Two screens of lines of 120 characters, each of 75.</summary>
    [Fact]
    public void ReadmeFitsTwoScreens() => Assert.InRange(new Page("README.md").Text.Split('\n').Sum(static line => Math.Max(1, (line.Length + 119) / 120)), 1, 150);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Absolute();

    [GeneratedRegex("^(docs/.*|(samples|src|benchmarks|gpu)/(?!Templates/content/).*README.md)$")]
    private static partial Regex Beginning();

    [GeneratedRegex(@"docs/rules/BW\d{4}\.md")]
    private static partial Regex Rule();
}
