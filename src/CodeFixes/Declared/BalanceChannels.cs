using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static System.FormattableString;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.Declared;

/// <summary>
/// BW1001: gives a 1x1 convolution equal channels: at about equal FLOPs, where the convolution that it reads has a number of channels in the same declaration (both
/// become the multiple of 8 nearest to the root of the product); or by leaving its channels out, so that it keeps its input's.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(BalanceChannels))]
public sealed class BalanceChannels() : DeclaredFix("BW1001")
{
    private const int Multiple = 8;

    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        if (node.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute || Attributes.OutChannels(attribute) is not { } channels)
            yield break;
        var root = declaration.SyntaxTree.GetRoot();
        if (Attributes.Number(channels) is { } c2 && Producer(declaration, attribute) is { } producer && Attributes.Number(producer) is { } c1)
        {
            var balanced = Math.Max(Multiple, (int)Math.Round(Math.Sqrt((double)c1 * c2) / Multiple) * Multiple);
            var both = root.ReplaceNodes([producer, channels], (old, _) => Attributes.Number(balanced).WithTriviaFrom(old));
            yield return new("Balance", Invariant($"Balance the channels at equal FLOPs: {balanced} in and out"), both, FixEffect.Reshapes);
        }
        yield return new("Keep", "Keep the input's channels", root.ReplaceNode(attribute, WithoutChannels(attribute)), FixEffect.Reshapes);
    }

    /// <summary>The channels of the convolution whose result comes in, through layers that keep them.</summary>
    private static ExpressionSyntax? Producer(TypeDeclarationSyntax declaration, AttributeSyntax attribute)
    {
        var all = Attributes.Of(declaration);
        for (var i = all.ToList().IndexOf(attribute) - 1; i >= 0; i--)
        {
            if (Attributes.OutChannels(all[i]) is { } channels)
                return channels;
            if (Attributes.Layer(all[i]) is not { KeepsChannels: true, KeepsChannelsApart: true } && Attributes.Name(all[i]) != Attributes.Path)
                return null;
        }
        return null;
    }

    /// <summary>As a Conv1x1, which may leave its channels out: with a kernel there is no convolution without them.</summary>
    private static AttributeSyntax WithoutChannels(AttributeSyntax attribute)
    {
        var rest = Attributes.Positional(attribute).Aggregate(attribute.ArgumentList!.Arguments, static (rest, positional) => rest.RemoveAt(rest.IndexOf(one => one.IsEquivalentTo(positional))));
        var name = attribute.Name.DescendantTokens().Last();
        attribute = attribute.ReplaceToken(name, Identifier(Attributes.Pointwise).WithTriviaFrom(name));
        return rest.Count == 0 ? attribute.WithArgumentList(null).WithTriviaFrom(attribute) : attribute.WithArgumentList(AttributeArgumentList(rest.Replace(rest[0], rest[0].WithoutLeadingTrivia())));
    }
}
