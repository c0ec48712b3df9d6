using System.Globalization;
using Blockwright.Analyzers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static System.FormattableString;

namespace Blockwright.CodeFixes.Declared;

/// <summary>
/// BW0007, BW0012: where a use asks a block for channels that the block divides and that leave a rest, the nearest below and above that leave none. Which of them was meant nobody knows: each is another network, and no
/// sweep takes one.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(NearestWidth))]
public sealed class NearestWidth() : DeclaredFix("BW0007", "BW0012")
{
    /// <summary>A block may divide what it has divided: multiples of 2, of 4 and of 8 are tried.</summary>
    private const int MostDoubled = 4;

    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        if (!diagnostic.Properties.TryGetValue(Descriptors.Divisor, out var text) || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var divisor) || divisor < 2
            || node.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute || Width(attribute) is not { } width || Attributes.Number(width) is not { } number)
            yield break;
        var root = declaration.SyntaxTree.GetRoot();
        foreach (var near in Nearest(number, divisor))
        {
            yield return new(
                near < number ? "Below" : "Above",
                Invariant($"Change the channels to {near}"),
                root.ReplaceNode(width, Attributes.Number(near).WithTriviaFrom(width)),
                FixEffect.Chooses);
        }
    }

    /// <summary>What a use asks of its block.</summary>
    private static ExpressionSyntax? Width(AttributeSyntax attribute) =>
        attribute.ArgumentList?.Arguments.FirstOrDefault(static argument => argument.NameEquals?.Name.Identifier.ValueText == Attributes.Channels)?.Expression;

    /// <summary>The nearest multiples on both sides, the nearest first.</summary>
    private static IEnumerable<int> Nearest(int number, int divisor)
    {
        var all = new List<long>();
        for (long multiple = divisor, i = 0; i < MostDoubled; i++, multiple *= 2)
        {
            all.Add(number - (number % multiple));
            all.Add(number - (number % multiple) + multiple);
        }
        return all.Where(each => each > 0 && each <= int.MaxValue && each != number).Distinct().OrderBy(each => Math.Abs(each - number)).ThenBy(static each => each).Select(static each => (int)each);
    }
}
