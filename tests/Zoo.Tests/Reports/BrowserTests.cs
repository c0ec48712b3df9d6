using System.Globalization;
using System.Text.Json;
using StbImageSharp;

namespace Blockwright.Zoo.Tests.Reports;

/// <summary>A report as a browser shows it.</summary>
public sealed class BrowserTests(ReportPages pages) : IClassFixture<ReportPages>
{
    /// <summary>The least contrast of any text with what it stands on, by WCAG's formula, and that text.</summary>
    private const string LeastContrast = """
        (() => {
          const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const rgb = color => { paint.clearRect(0, 0, 1, 1); paint.fillStyle = color; paint.fillRect(0, 0, 1, 1); return [...paint.getImageData(0, 0, 1, 1).data]; };
          const light = color => color.slice(0, 3).map(part => part / 255).map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4).reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
          let least = [99, "", 0];
          for (const element of document.querySelectorAll("body *")) {
            const own = [...element.childNodes].filter(node => node.nodeType === 3 && node.data.trim()).map(node => node.data).join("");
            if (!own || !element.checkVisibility() || element.closest("script, title")) continue;
            let under = element;
            while (under.parentElement && rgb(getComputedStyle(under).backgroundColor)[3] < 255) under = under.parentElement;
            const style = getComputedStyle(element), pair = [light(rgb(element.closest("svg") ? style.fill : style.color)), light(rgb(getComputedStyle(under).backgroundColor))];
            const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
            least[2]++;
            if (contrast < least[0]) [least[0], least[1]] = [contrast, own];
          }
          return least;
        })()
        """;

    [SkippableFact]
    public async Task ItIsShownWithoutAnErrorAndAsksForNothing()
    {
        var browser = pages.Browser;
        await browser.Open(pages.Path);
        var picture = ImageResult.FromMemory(await browser.Screenshot(), ColorComponents.RedGreenBlueAlpha);

        Assert.Empty(browser.Errors);
        Assert.All(browser.Requests, static request => Assert.StartsWith("file:///", request, StringComparison.Ordinal));
        Assert.Single(browser.Requests.Distinct());
        Assert.Equal((1200, 900), (picture.Width, picture.Height));
        var colours = picture.Data.Chunk(4).GroupBy(static pixel => BitConverter.ToUInt32(pixel)).Select(static same => same.Count()).OrderDescending().ToList();
        Assert.True(colours.Count > 50 && colours[0] < 0.97 * 1200 * 900, $"The window shows {colours.Count} colours, {colours[0]} pixels of one.");
        Assert.Equal(pages.Report.Summary.Cost.Network, (await browser.Evaluate("document.title")).GetString());
        Assert.Equal(ReportPages.Hostile, (await browser.Evaluate("document.querySelector('#diagnostics-table tbody tr:nth-child(2) td:nth-child(3)').textContent")).GetString());
        Assert.Equal("Systems.cs:38", (await browser.Evaluate("document.querySelector('#diagnostics-table tbody tr td:nth-child(4)').textContent")).GetString());
    }

    [SkippableFact]
    public async Task ItsNumbersAreTheNetworks()
    {
        await pages.Browser.Open(pages.Path);
        var cost = pages.Report.Summary.Cost;
        var layers = await Table("cost-table");
        Assert.Equal(cost.Layers.Select(static layer => (layer.Index, layer.Parameters, layer.MultiplyAdds, layer.MemoryAccessBytes, layer.FusedBytes)),
            layers.Select(static row => ((int)Number(row["number"]), Number(row["parameters"]), Number(row["multiply-adds"]), Number(row["bytes"]), Number(row["bytes fused"]))));
        Assert.Equal(cost.Layers.Select(static layer => string.Join(" x ", layer.OutputShape.Select(static size => size.ToString(CultureInfo.InvariantCulture)))), layers.Select(static row => row["gives"]));

        var totals = (await Cells("#cost-table tfoot tr"))[0];
        Assert.Contains(cost.MultiplyAdds, totals.Select(Number));
        Assert.Contains(cost.FusedBytes, totals.Select(Number));
        var figures = await pages.Browser.Evaluate("[...document.querySelectorAll('.totals dd')].map(figure => figure.textContent)");
        Assert.Contains(cost.MultiplyAdds, figures.EnumerateArray().Select(static each => Number(each.GetString()!)));

        var comparison = pages.Report.Comparisons.Single();
        var compared = await Table("comparison0");
        Assert.Equal(comparison.Rows.Select(static row => row.Name), compared.Select(static row => row["figure"]));
        Assert.Equal((long)comparison.Rows[0].After, Number(compared[0]["Fragmented"]));
        Assert.Equal(pages.Report.Profile!.Rows().Select(static row => row.Name), (await Table("profile-table")).Select(static row => row["layer"]));
        Assert.Equal(pages.Report.Profile.Steps.Count(static step => step.Flops > 0), (await pages.Browser.Evaluate("document.querySelectorAll('#roofline .dot').length")).GetInt32());
    }

    [SkippableFact]
    public async Task TheKeyboardSortsAndOpens()
    {
        var browser = pages.Browser;
        await browser.Open(pages.Path);
        // From the header before, by the key that goes on.
        await browser.Evaluate("[...document.querySelectorAll('#cost-table th button')].find(b => b.textContent === 'parameters').focus()");
        await browser.Press("Tab");
        Assert.Equal("multiply-adds", (await browser.Evaluate("document.activeElement.textContent")).GetString());
        Assert.Equal("solid", (await browser.Evaluate("getComputedStyle(document.activeElement).outlineStyle")).GetString());
        var expected = pages.Report.Summary.Cost.Layers.Select(static layer => layer.MultiplyAdds).ToList();

        await browser.Press("Enter");
        Assert.Equal(expected.OrderDescending(), (await Table("cost-table")).Select(static row => Number(row["multiply-adds"])));
        Assert.Equal("descending", await Sorted());
        await browser.Press(" ");
        Assert.Equal(expected.Order(), (await Table("cost-table")).Select(static row => Number(row["multiply-adds"])));
        Assert.Equal("ascending", await Sorted());

        // A closed block opens by its key, too.
        await browser.Evaluate("window.block = document.querySelector('#graph > details:not([open])'), block.querySelector('summary').focus()");
        await browser.Press("Enter");
        Assert.True((await browser.Evaluate("block.open && block.querySelector('.inside').checkVisibility()")).GetBoolean());
        Assert.Empty(browser.Errors);

        async Task<string?> Sorted() => (await browser.Evaluate("document.activeElement.parentElement.getAttribute('aria-sort')")).GetString();
    }

    [SkippableTheory]
    [InlineData(1200, false)]
    [InlineData(1200, true)]
    [InlineData(400, false)]
    [InlineData(400, true)]
    public async Task ItCanBeReadInTheDarkAndOnAPhone(int width, bool isDark)
    {
        var browser = pages.Browser;
        await browser.Open(pages.Path, width, isDark);
        await browser.Evaluate("document.getElementById('open-all').click()");

        Assert.Equal(width, (await browser.Evaluate("innerWidth")).GetInt32());
        Assert.True((await browser.Evaluate("document.documentElement.scrollWidth <= innerWidth")).GetBoolean(), "The page is wider than its window.");
        var least = await browser.Evaluate(LeastContrast);
        Assert.True(least[0].GetDouble() >= 4.5, $"{least[1]} has a contrast of {least[0]}.");
        Assert.True(least[2].GetInt32() > 100, "The texts were not found.");
        var page = await browser.Evaluate("getComputedStyle(document.body).backgroundColor");
        Assert.Equal(isDark, page.GetString() != "rgb(255, 255, 255)");
    }

    /// <summary>A table's rows: what stands below each header.</summary>
    private async Task<List<Dictionary<string, string>>> Table(string id)
    {
        var headers = (await Cells($"#{id} thead tr"))[0];
        return [.. (await Cells($"#{id} tbody tr")).Select(row => headers.Zip(row).ToDictionary(static pair => pair.First, static pair => pair.Second, StringComparer.Ordinal))];
    }

    private async Task<List<string[]>> Cells(string rows)
    {
        var cells = await pages.Browser.Evaluate($"[...document.querySelectorAll({JsonSerializer.Serialize(rows)})].map(row => [...row.querySelectorAll('th, td')].map(cell => cell.textContent.trim()))");
        return [.. cells.EnumerateArray().Select(static row => row.EnumerateArray().Select(static cell => cell.GetString()!).ToArray())];
    }

    /// <summary>Nothing is 0; what is no number is -1.</summary>
    private static long Number(string text) => text.Length == 0 ? 0 : long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
