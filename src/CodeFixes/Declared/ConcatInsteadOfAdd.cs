using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.Declared;

/// <summary>
/// BW4002: a block that adds its input to one branch of it keeps half of the channels instead, works on the other half, and concatenates and shuffles them. Only
/// where the branch takes whatever channels come in: one that names <c>in</c> or a number was made for all of them.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = "Declared." + nameof(ConcatInsteadOfAdd))]
public sealed class ConcatInsteadOfAdd() : DeclaredFix("BW4002")
{
    private const string Input = "in";
    private const string Keep = "keep";
    private const string Work = "work";

    private protected override IEnumerable<Change> Changes(Diagnostic diagnostic, SyntaxNode node, TypeDeclarationSyntax declaration)
    {
        var all = Attributes.Of(declaration).ToList();
        if (node.FirstAncestorOrSelf<AttributeSyntax>() is not { } add || Attributes.Name(add) != "Add" || !Attributes.Of(declaration).Any(static each => Attributes.Name(each) == Attributes.Block))
            yield break;
        var values = Attributes.Positional(add).Select(static argument => Attributes.Text(argument.Expression)).ToList();
        var from = all.FirstOrDefault(static each => Attributes.Name(each) == "From");
        if (values.Count != 2 || !values.Contains(Input) || from is null || BranchName(from) is not { } branch || !values.Contains(branch))
            yield break;
        var body = all.Skip(all.IndexOf(from) + 1).Take(all.IndexOf(add) - all.IndexOf(from) - 1).ToList();
        // What stands before would already have changed the input, and another branch would still want all of it.
        if (all.Take(all.IndexOf(from)).Any(static each => Attributes.Name(each) is not (Attributes.Block or "Parameter")) || body.Count == 0 || !body.All(TakesAnyChannels) || IsTaken(all, Keep) || IsTaken(all, Work))
            yield break;
        var split = Make("Split", Keep, Work);
        var concat = Make("Concat", Keep, branch).AddArgumentListArguments([.. add.ArgumentList!.Arguments.Where(static argument => argument.NameEquals is not null)]);
        var shuffle = Attribute(IdentifierName(Attributes.Word(nameof(ChannelShuffleAttribute))), AttributeArgumentList(SingletonSeparatedList(AttributeArgument(Attributes.Number(2)))));
        // An activation behind them would be a pass of its own; what is kept comes from such a unit, and has gone through one.
        var activation = all.ElementAtOrDefault(all.IndexOf(add) + 1) is { } next && Attributes.Layer(next) is { Function: not null, HasState: false } ? next : null;
        var root = Moved(declaration, activation, body[body.Count - 1], from, add);
        root = WithSplit(root, root.GetCurrentNode(from)!, split);
        root = root.ReplaceNode(Attributes.Positional(root.GetCurrentNode(from)!)[0].Expression, Attributes.Text(Work));
        root = root.InsertNodesAfter(root.GetCurrentNode(add)!, [shuffle]);
        root = root.ReplaceNode(root.GetCurrentNode(add)!, concat.WithTriviaFrom(add));
        yield return new("Concat", "Concat with ChannelShuffle instead of Add", root, FixEffect.Reshapes);
    }

    /// <summary>The tree in which the branch, and the Add, can be found again, with the activation at the branch's end.</summary>
    private static SyntaxNode Moved(TypeDeclarationSyntax declaration, AttributeSyntax? activation, AttributeSyntax last, AttributeSyntax from, AttributeSyntax add)
    {
        if (activation is null)
            return declaration.SyntaxTree.GetRoot().TrackNodes(from, add);
        var root = declaration.SyntaxTree.GetRoot().TrackNodes(from, add, last, activation);
        root = root.InsertNodesAfter(root.GetCurrentNode(last)!, [activation.WithoutTrivia()]);
        return Attributes.Remove(root, root.GetCurrentNode(activation)!);
    }

    /// <summary>The split on a line of its own where the branch has one.</summary>
    private static SyntaxNode WithSplit(SyntaxNode root, AttributeSyntax from, AttributeSyntax split)
    {
        var list = (AttributeListSyntax)from.Parent!;
        var end = list.GetFirstToken().GetPreviousToken().TrailingTrivia.LastOrDefault();
        if (list.Attributes[0] != from || !end.IsKind(SyntaxKind.EndOfLineTrivia))
            return root.InsertNodesBefore(from, [split]);
        var above = list.GetLeadingTrivia();
        var indent = above.LastOrDefault().IsKind(SyntaxKind.WhitespaceTrivia) ? TriviaList(above.Last()) : TriviaList();
        var line = AttributeList(SingletonSeparatedList(split)).WithLeadingTrivia(above).WithTrailingTrivia(end);
        return root.ReplaceNode(list, [line, list.WithLeadingTrivia(indent)]);
    }

    /// <summary>The name of a branch that starts from the input and leaves it as it was.</summary>
    private static string? BranchName(AttributeSyntax from) =>
        Attributes.Positional(from) is [var value] && Attributes.Text(value.Expression) == Input
            ? from.ArgumentList!.Arguments.FirstOrDefault(static argument => argument.NameEquals?.Name.Identifier.ValueText == nameof(FromAttribute.As)) is { } name ? Attributes.Text(name.Expression) : null
            : null;

    private static bool TakesAnyChannels(AttributeSyntax attribute) =>
        Attributes.Name(attribute) == Attributes.Path || (Attributes.Layer(attribute) is { KeepsChannels: true } && Attributes.OutChannels(attribute) is null);

    private static bool IsTaken(IEnumerable<AttributeSyntax> all, string name) =>
        all.SelectMany(static each => each.ArgumentList?.Arguments.ToList() ?? []).Any(argument => Attributes.Text(argument.Expression) == name);

    private static AttributeSyntax Make(string name, params string[] values) => Attribute(
        IdentifierName(name),
        AttributeArgumentList(SeparatedList(
            values.Select(static value => AttributeArgument(Attributes.Text(value))),
            Enumerable.Repeat(Token(SyntaxKind.CommaToken).WithTrailingTrivia(Space), values.Length - 1))));
}
