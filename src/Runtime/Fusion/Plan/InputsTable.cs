using System.Collections.Immutable;
using static Blockwright.Plans.PlanWords;

namespace Blockwright.Plans;

/// <summary>One of several values that come into a network.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">H, as it is declared.</param>
/// <param name="Width">W, as it is declared.</param>
internal sealed record PlanInput(string Name, int Channels, int Height, int Width);

/// <summary>A network's inputs as a text, where there are several: the generator writes it and the runtime reads it, by this one file. <c>inputs image 3 224 224 depth 1 112 112</c>.</summary>
internal static class InputsTable
{
    /// <summary>What it begins with.</summary>
    public const string Header = "inputs";

    private const int WordsOfOne = 4;

    public static string Write(IEnumerable<PlanInput> inputs) =>
        string.Join(" ", inputs.SelectMany(static input => new[] { NameText(input.Name), Text(input.Channels), Text(input.Height), Text(input.Width) }).Prepend(Header));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ImmutableArray<PlanInput> Read(string text)
    {
        var words = text.Split(' ');
        return Enumerable.Range(0, words.Length / WordsOfOne).Select(i => 1 + (WordsOfOne * i)).Select(at => new PlanInput(ReadName(words[at]), Int(words[at + 1]), Int(words[at + 2]), Int(words[at + 3]))).ToImmutableArray();
    }
}
