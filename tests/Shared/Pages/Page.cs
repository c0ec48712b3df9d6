using System.Text.RegularExpressions;

namespace Blockwright.Tests.Shared.Pages;

/// <summary>A page of Markdown in the repository.</summary>
/// <param name="Path">Where it is, from the repository's root.</param>
internal sealed partial record Page(string Path)
{
    private static readonly HashSet<string> Passing = new(["bin", "obj", "artifacts", "TestResults", "node_modules"], StringComparer.Ordinal);

    public static string Root { get; } = FindRoot();

    /// <summary>Every page that the repository has.</summary>
    public static IReadOnlyList<Page> All { get; } = [.. Below(Root).Select(static file => new Page(System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/'))).OrderBy(static page => page.Path, StringComparer.Ordinal)];

    public string Text { get; } = File.ReadAllText(System.IO.Path.Combine(Root, Path)).ReplaceLineEndings("\n");

    /// <summary>What stands between fences.</summary>
    public IEnumerable<Block> Blocks => Fenced().Matches(Text).Select(match => new Block(match.Groups["language"].Value, match.Groups["text"].Value, Text.AsSpan(0, match.Groups["text"].Index).Count('\n') + 1));

    /// <summary>The page without what stands between fences or backquotes.</summary>
    public string Prose => Quoted().Replace(Fenced().Replace(Text, ""), "");

    /// <summary>What its headings are called in a link.</summary>
    public IReadOnlySet<string> Anchors => Heading().Matches(Fenced().Replace(Text, "")).Select(static match => Anchor(match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The page at the end of a link of this one.</summary>
    public Page At(string link) => new(System.IO.Path.GetRelativePath(Root, FileAt(link)).Replace('\\', '/'));

    /// <summary>The file or folder that a relative link names.</summary>
    public string FileAt(string link) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, System.IO.Path.GetDirectoryName(Path)!, link));

    public override string ToString() => Path;

    // As GitHub makes them of headings.
    private static string Anchor(string heading) => NotInAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static IEnumerable<string> Below(string folder) => Directory.EnumerateFiles(folder, "*.md").Concat(
        Directory.EnumerateDirectories(folder)
            .Where(static each => System.IO.Path.GetFileName(each) is var name && !Passing.Contains(name) && !name.StartsWith('.'))
            .SelectMany(Below));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "Generator.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not stand in the repository.");
        return folder.FullName;
    }

    /// <summary>A block of a page.</summary>
    /// <param name="Language">What stands behind the fence.</param>
    /// <param name="Text">Its lines.</param>
    /// <param name="Line">The first one's number in the page.</param>
    internal sealed record Block(string Language, string Text, int Line);

    [GeneratedRegex("^ *```(?<language>[^\n`]*)\n(?<text>.*?)^ *```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Fenced();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();
}
