using System.Text.RegularExpressions;
using Blockwright.Tests.Shared.Pages;

namespace Blockwright.Docs.Tests;

/// <summary>Each guide is a program: its blocks, compiled as they stand, without a warning, and run, print what the page says.</summary>
public sealed partial class GuideTests(GuideFiles files) : IClassFixture<GuideFiles>
{
    public static TheoryData<string> Guides => [.. Page.All.Select(static page => page.Path).Where(static path => path.StartsWith("docs/guides/", StringComparison.Ordinal) && path is not ("docs/guides/train.md" or "docs/guides/deploy.md"))];

    [Fact]
    public void TrainingLearnsAndKeepsTheBest()
    {
        AssertPrints("docs/guides/train.md", files.Training);
        var best = double.Parse(Best().Match(files.Training).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(best, 90, 100);
    }

    /// <summary>They begin with files that the training's guide wrote, and torchvision's.</summary>
    [Theory]
    [MemberData(nameof(Guides))]
    public void AGuidePrintsWhatItSays(string path) => AssertPrints(path, files.Run(path));

    [Fact]
    public async Task TheServiceAnswers()
    {
        using var service = files.Start("docs/guides/deploy.md", "--urls", "http://127.0.0.1:0");
        await StripesService.AssertAnswers(service);
    }

    /// <summary>Numbers with a decimal point are the machine's; all else is as the page says.</summary>
    private static void AssertPrints(string path, string printed)
    {
        var said = string.Concat(new Page(path).Blocks.Where(static block => block.Language == "text").Select(static block => block.Text));
        printed = printed.ReplaceLineEndings("\n");
        Assert.True(Number().Replace(said, "#.#") == Number().Replace(printed, "#.#"), $"{path} says\n{said}and prints\n{printed}");
    }

    // Not within a key, as in stage2.0.
    [GeneratedRegex(@"(?<![\w.])\d+\.\d+(?![\w.])")]
    private static partial Regex Number();

    [GeneratedRegex(@"best: (\d+\.\d)")]
    private static partial Regex Best();
}
