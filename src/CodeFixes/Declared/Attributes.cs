using System.Collections.Immutable;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.Declared;

/// <summary>The attributes of a declaration as syntax.</summary>
internal static class Attributes
{
    public const string Apply = "Apply";
    public const string Block = "Block";
    public const string Channels = "Channels";
    public const string Input = "Input";
    public const string Network = "Network";
    public const string Path = "Path";

    private static readonly ImmutableHashSet<string> Words = ImmutableHashSet.Create(Apply, Input, Path, "Add", "Budget", "Concat", "From", "Multiply", "Parameter", "Split", "Stage");

    /// <summary>The convolution that keeps its channels where it says none, though it could.</summary>
    public static string Pointwise { get; } = LayerTable.All.Single(static layer => layer is { KeepsChannels: true } && layer.OutChannelsAt(1) == 0).Kind;

    /// <summary>All of a class's attributes in source order: brackets have no meaning.</summary>
    public static IReadOnlyList<AttributeSyntax> Of(TypeDeclarationSyntax declaration) => declaration.AttributeLists.SelectMany(static list => list.Attributes).ToList();

    /// <summary>The name without namespace, type arguments and ending: <c>Conv1x1</c>.</summary>
    public static string Name(AttributeSyntax attribute)
    {
        var name = attribute.Name switch
        {
            QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
            AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            var other => other.ToString(),
        };
        return Word(name);
    }

    /// <summary>Whether it means something only on a block or a network.</summary>
    public static bool IsDataflow(AttributeSyntax attribute) => Words.Contains(Name(attribute)) || Layer(attribute) is not null;

    /// <summary>The name of another attribute of ours, with the namespace where this one has it.</summary>
    public static NameSyntax Renamed(AttributeSyntax attribute, string word) => attribute.Name switch
    {
        QualifiedNameSyntax qualified => qualified.WithRight(IdentifierName(word)),
        AliasQualifiedNameSyntax alias => alias.WithName(IdentifierName(word)),
        _ => IdentifierName(word),
    };

    /// <summary>How an attribute's class is written in brackets.</summary>
    public static string Word(string name)
    {
        const string ending = "Attribute";
        return name.EndsWith(ending, StringComparison.Ordinal) ? name.Substring(0, name.Length - ending.Length) : name;
    }

    public static IReadOnlyList<AttributeArgumentSyntax> Positional(AttributeSyntax attribute) =>
        attribute.ArgumentList?.Arguments.Where(static argument => argument.NameEquals is null && argument.NameColon is null).ToList() ?? [];

    public static string? Text(ExpressionSyntax expression) => expression is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } literal ? literal.Token.ValueText : null;

    public static int? Number(ExpressionSyntax expression) => expression is LiteralExpressionSyntax { Token.Value: int number } ? number : null;

    public static ExpressionSyntax Number(int number) => LiteralExpression(SyntaxKind.NumericLiteralExpression, Literal(number));

    public static ExpressionSyntax Text(string text) => LiteralExpression(SyntaxKind.StringLiteralExpression, Literal(text));

    /// <summary>What is known of the layer that an attribute means; null where it is no layer.</summary>
    public static LayerDefinition? Layer(AttributeSyntax attribute) => LayerTable.Find(Name(attribute));

    /// <summary>The channels that a convolution says, where it does.</summary>
    public static ExpressionSyntax? OutChannels(AttributeSyntax attribute)
    {
        var positional = Positional(attribute);
        return Layer(attribute)?.OutChannelsAt(positional.Count) is { } at and >= 0 ? positional[at].Expression : null;
    }

    /// <summary>The tree without an attribute, its comma and, where it stood alone, its brackets.</summary>
    public static SyntaxNode Remove(TypeDeclarationSyntax declaration, AttributeSyntax attribute) => Remove(declaration.SyntaxTree.GetRoot(), attribute);

    /// <summary>The same of a tree in the making.</summary>
    public static SyntaxNode Remove(SyntaxNode root, AttributeSyntax attribute)
    {
        var list = (AttributeListSyntax)attribute.Parent!;
        if (list.Attributes.Count > 1)
        {
            var first = list.Attributes.IndexOf(attribute) == 0;
            var rest = list.Attributes.Remove(attribute);
            return root.ReplaceNode(list, list.WithAttributes(first ? rest.Replace(rest[0], rest[0].WithLeadingTrivia(attribute.GetLeadingTrivia())) : rest));
        }
        var hasComment = list.GetLeadingTrivia().Any(static trivia => !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        return root.RemoveNode(list, hasComment ? SyntaxRemoveOptions.KeepLeadingTrivia : SyntaxRemoveOptions.KeepNoTrivia)!;
    }
}
