using System.Globalization;
using Blockwright.Graph;
using Microsoft.CodeAnalysis.CSharp;

namespace Blockwright.Generator.Plan;

/// <summary>
/// Gives each value a variable, named as the declaration names it where it does: <c>work</c>, <c>work2</c>, ... (a name that ends in a digit goes on as <c>x1_2</c>); else
/// <c>x1</c>, <c>x2</c>, ...
/// </summary>
internal sealed class VariableNames
{
    // What Compute names beside its variables; the fields have names of their own, which begin with an underscore.
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal) { ForwardPlan.Input, ForwardPlan.AllInputs, "training" };
    private readonly Dictionary<string, int> _count = new(StringComparer.Ordinal);

    public string Next(string? value)
    {
        var stem = value is null or Names.In ? "x" : Identifier(value);
        var separator = char.IsDigit(stem[stem.Length - 1]) ? "_" : "";
        while (true)
        {
            var number = _count[stem] = (_count.TryGetValue(stem, out var last) ? last : 0) + 1;
            var name = number == 1 && value is not (null or Names.In) ? stem : stem + separator + number.ToString(CultureInfo.InvariantCulture);
            if (_taken.Add(name))
                return SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
        }
    }

    private static string Identifier(string value)
    {
        var letters = new string(value.Select(static c => c < 128 && (char.IsLetterOrDigit(c) || c == '_') ? c : '_').ToArray());
        return letters.Length == 0 || char.IsDigit(letters[0]) ? "x_" + letters : letters[0] == '_' ? "x" + letters : letters;
    }
}
