using System.Diagnostics;
using System.Text;
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
        try
        {
            using var client = new HttpClient { BaseAddress = await Address(service) };
            Assert.Equal("ready", await client.GetStringAsync(new Uri("/health", UriKind.Relative)));
            Assert.Equal("standing", await Classify(client, StripedImage()));
            Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await client.PostAsync(new Uri("/classify", UriKind.Relative), new ByteArrayContent(new byte[5]))).StatusCode);
        }
        finally
        {
            service.Kill();
        }
    }

    private static async Task<Uri> Address(Process service)
    {
        var said = new StringBuilder();
        while (await service.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(said.AppendLine(line).ToString()) is { Success: true } match)
                return new Uri(match.Groups[1].Value);
        }
        throw new InvalidOperationException($"The service ended: {said}{await service.StandardError.ReadToEndAsync()}");
    }

    private static async Task<string> Classify(HttpClient client, byte[] pixels)
    {
        using var content = new ByteArrayContent(pixels);
        using var answer = await client.PostAsync(new Uri("/classify", UriKind.Relative), content);
        return await answer.Content.ReadAsStringAsync();
    }

    /// <summary>Stripes that stand, as bytes: 32 rows of 32 pixels, red, green and blue.</summary>
    private static byte[] StripedImage() => [.. Enumerable.Range(0, 32 * 32 * 3).Select(static i => (byte)(127.5 + (100 * Math.Sin((i / 3 % 32) * 0.8))))];

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

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();
}
