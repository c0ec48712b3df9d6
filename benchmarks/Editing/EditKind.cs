using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.Benchmarks.Editing;

/// <summary>What is typed: a number in files of one kind, another file and another number each time.</summary>
internal sealed partial record EditKind(string Name, Func<string, bool> IsIn, Regex Number, Func<int, int> Value)
{
    public static IReadOnlyList<EditKind> All { get; } =
    [
        new("a method's body, in a file of neither", static file => file == "Counting.cs", Local(), static round => round + 2),
        new("a method's body, in a declared class", static file => IsDeclaredFile(file, 'B'), Local(), static round => round + 2),
        new("a hand-written forward", static file => file.StartsWith("HandWritten", StringComparison.Ordinal), Local(), static round => round + 2),
        new("a declared channel count", static file => IsDeclaredFile(file, 'C'), ChannelCount(), static round => 8 * (8 + (round % 97))),
    ];

    /// <summary>The documents of a project that it is typed in.</summary>
    public IReadOnlyList<DocumentId> Documents(Project project) => project.Documents.Where(document => IsIn(document.Name)).OrderBy(static document => document.Name, StringComparer.Ordinal).Select(static document => document.Id).ToList();

    public SourceText Apply(SourceText text, int round)
    {
        var numbers = Number.Matches(text.ToString());
        var number = numbers[round % numbers.Count].Groups[1];
        return text.WithChanges(new TextChange(new TextSpan(number.Index, number.Length), Value(round).ToString(CultureInfo.InvariantCulture)));
    }

    private static bool IsDeclaredFile(string file, char part) => file.StartsWith("Declared", StringComparison.Ordinal) && file.EndsWith($"{part}.cs", StringComparison.Ordinal);

    [GeneratedRegex(@"var edited = (\d+);")]
    private static partial Regex Local();

    [GeneratedRegex(@"Conv2d\((\d+), 3\)")]
    private static partial Regex ChannelCount();
}
