using System.Collections.Immutable;
using static Blockwright.Plans.PlanWords;

namespace Blockwright.Plans;

/// <summary>A value's name that people may ask for.</summary>
/// <param name="Name">The name, or the key of a path, a stage or a block.</param>
/// <param name="IsTrainingOnly">Whether it is there in training alone.</param>
internal sealed record ValueName(string Name, bool IsTrainingOnly);

/// <summary>The names of a network's values as a text: the generator writes it and the runtime reads it, by this one file. <c>names conv1 stage2.0 stage2</c>; ~ stands before what is there in training alone.</summary>
internal static class NamesTable
{
    /// <summary>What it begins with.</summary>
    public const string Header = "names";

    private const char Training = '~';
    private const int PerLine = 12;

    public static string Write(ImmutableArray<ValueName> names)
    {
        var words = names.Select(static each => (each.IsTrainingOnly ? Training.ToString() : "") + NameText(each.Name)).Select(static (word, i) => i > 0 && i % PerLine == 0 ? "\n" + word : " " + word);
        return Header + string.Concat(words);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ImmutableArray<ValueName> Read(string text) =>
        text.Replace("\r", "").Split(' ', '\n').Skip(1).Select(static word => new ValueName(ReadName(word.TrimStart(Training)), word[0] == Training)).ToImmutableArray();
}
