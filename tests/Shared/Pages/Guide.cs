using System.Text.RegularExpressions;

namespace Blockwright.Tests.Shared.Pages;

/// <summary>
/// A page as a program. A block of C# whose first line is <c>// Name.cs</c> is a file of that name; the others, in their order, are Program.cs. Where the page says
/// "`Name.cs` of [another](page.md)" that file belongs to it, too; of a page without such names it is the first block.
/// </summary>
internal static partial class Guide
{
    private const string Program = "Program.cs";

    /// <summary>Its files: the blocks of each, with the page that each stands in.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<(Page Page, Page.Block Block)>> Files(Page page)
    {
        var files = Code(page).GroupBy(static block => NameOf(block) ?? Program).ToDictionary(static file => file.Key, file => (IReadOnlyList<(Page, Page.Block)>)[.. file.Select(block => (page, block))], StringComparer.Ordinal);
        foreach (var match in Borrowed().Matches(page.Text).DistinctBy(static match => match.Value))
        {
            var (from, name) = (page.At(match.Groups["page"].Value), match.Groups["file"].Value);
            files.Add(name, [(from, Code(from).FirstOrDefault(block => NameOf(block) == name) ?? Code(from).First())]);
        }
        return files;
    }

    private static IEnumerable<Page.Block> Code(Page page) => page.Blocks.Where(static block => block.Language is "cs" or "csharp");

    private static string? NameOf(Page.Block block) => FileName().Match(block.Text) is { Success: true } match ? match.Groups["file"].Value : null;

    [GeneratedRegex(@"\A// (?<file>\w+\.cs)\n", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();

    [GeneratedRegex(@"`(?<file>\w+\.cs)` of \[[^]]+\]\((?<page>[^)]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Borrowed();
}
