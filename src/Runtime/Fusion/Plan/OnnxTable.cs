using System.Collections.Immutable;
using System.Text;

namespace Blockwright.Plans;

/// <summary>
/// An <see cref="OnnxPlan"/> as a text. A line is a recipe and, behind a colon, the nodes that are written so: <c>Conv in0 .weight kernel_shape=[1,1] group=1 : 9 15..51/12</c>. Operators stand apart by a semicolon and read
/// each other's results as <c>%0</c>; behind an arrow stands the node's value where that is not the last operator's.
/// </summary>
internal static class OnnxTable
{
    /// <summary>What the first line is. A runtime of another version refuses it.</summary>
    public const string Header = "onnx 1";

    private const string Next = ";";
    private const string Gives = "->";
    private const string Of = ":";

    public static string Write(OnnxPlan plan, CancellationToken cancellation = default)
    {
        var text = new StringBuilder(Header);
        foreach (var recipe in plan.Recipes)
        {
            cancellation.ThrowIfCancellationRequested();
            text.Append('\n').Append(string.Join(" ", Words(recipe))).Append(' ').Append(Of).Append(' ').Append(PlanWords.OrderText(recipe.Nodes));
        }
        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is of another version, or damaged.</exception>
    public static OnnxPlan Read(string text)
    {
        var lines = text.Replace("\r", "").Split('\n');
        if (lines[0] != Header)
            throw new FormatException($"The table of ONNX operators begins with '{lines[0]}'; this version of Blockwright reads '{Header}'. Build the project again with the package that it runs with.");
        try
        {
            return new(lines.Skip(1).Select(ReadLine).ToImmutableArray());
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException or FormatException)
        {
            throw new FormatException("The table of ONNX operators in the emitted class is damaged. Build the project again.", e);
        }
    }

    private static IEnumerable<string> Words(OnnxRecipe recipe)
    {
        for (var i = 0; i < recipe.Operations.Length; i++)
        {
            if (i > 0)
                yield return Next;
            yield return recipe.Operations[i].Operator;
            foreach (var word in recipe.Operations[i].Inputs.Concat(recipe.Operations[i].Attributes))
                yield return word;
        }
        if (recipe.Operations.IsEmpty || recipe.Result != OnnxWords.Result(recipe.Operations.Length - 1))
        {
            yield return Gives;
            yield return recipe.Result;
        }
    }

    private static OnnxRecipe ReadLine(string line)
    {
        var words = line.Split(' ');
        var of = Array.LastIndexOf(words, Of);
        var gives = Array.IndexOf(words, Gives);
        var operations = ImmutableArray.CreateBuilder<OnnxOperation>();
        var end = gives < 0 ? of : gives;
        for (var at = 0; at < end;)
        {
            var next = Array.IndexOf(words, Next, at, end - at);
            var stop = next < 0 ? end : next;
            var rest = words.Skip(at + 1).Take(stop - at - 1).ToList();
            operations.Add(new(words[at], rest.Where(static word => !OnnxWords.IsAttribute(word)).ToImmutableArray(), rest.Where(OnnxWords.IsAttribute).ToImmutableArray()));
            at = stop + 1;
        }
        return new(operations.ToImmutable(), gives < 0 ? OnnxWords.Result(operations.Count - 1) : words[gives + 1], PlanWords.ReadOrder(words.Skip(of + 1)));
    }
}
