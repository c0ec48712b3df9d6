using System.Diagnostics;
using Blockwright.Tests.Shared.Pages;

namespace Blockwright.Docs.Tests;

/// <summary>The API reference and the pages beside it, built by DocFX: a reference of a docstring or a link that leads nowhere is a warning, and a warning an error.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void ItIsBuiltWithoutAWarning()
    {
        Dotnet("tool", "restore");

        Dotnet("docfx", "--warningsAsErrors");

        var site = Path.Combine(Page.Root, "artifacts", "reference", "site");
        Assert.Contains("Takes a snapshot for inference", File.ReadAllText(Path.Combine(site, "api", "Blockwright.BlockModule.html")), StringComparison.Ordinal);
        var pages = Directory.EnumerateFiles(Path.Combine(site, "api"), "*.html").Select(File.ReadAllText).ToList();
        Assert.Contains(pages, static page => page.Contains("ExportOnnx", StringComparison.Ordinal));
        // Where DocFX finds no page for a type of ours, which is internal then, it says nothing and writes the name.
        Assert.All(pages, static page => Assert.DoesNotContain("<span class=\"xref\">Blockwright.", page, StringComparison.Ordinal));
        Assert.All(Page.All.Where(static page => page.Path.StartsWith("docs/guides/", StringComparison.Ordinal)), page => Assert.True(File.Exists(Path.Combine(site, Path.ChangeExtension(page.Path, ".html"))), $"{page} is not in docfx.json."));
    }

    private static void Dotnet(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = Page.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}{errors.GetAwaiter().GetResult()}");
    }
}
