using Blockwright.Tests.Shared.Pages;

namespace Blockwright.Package.Tests;

/// <summary>What README tells a newcomer to type, taken from it.</summary>
internal static class Readme
{
    private static readonly Page Text = new("README.md");

    /// <summary>How packages are made: what stands behind <c>dotnet</c>, with another folder for the feed.</summary>
    public static string[] Packing(string feed) => Commands(feed)[0];

    /// <summary>How a project gets them.</summary>
    public static IEnumerable<string[]> Using(string feed) => Commands(feed).Skip(1);

    /// <summary>The declaration, and what is done with it.</summary>
    public static (string Declaration, string Use) Code => Text.Blocks.Where(static block => block.Language == "csharp").Select(static block => block.Text).ToList() is [var declaration, var use, ..] ? (declaration, use) : default;

    private static List<string[]> Commands(string feed) =>
    [
        .. Text.Blocks.First(static block => block.Text.StartsWith("dotnet pack", StringComparison.Ordinal)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].Select(word => word.Replace("~/feed", feed, StringComparison.Ordinal)).ToArray()),
    ];
}
