using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Blockwright.CodeFixes.Tests.HandWritten;

/// <summary>A file after one slip of the hand.</summary>
/// <param name="What">The slip.</param>
/// <param name="Source">The file.</param>
internal sealed record Mutation(string What, string Source);

/// <summary>All small changes of some kinds to one class of a file.</summary>
internal static class Mutations
{
    private static readonly Dictionary<SyntaxKind, string> OtherTokens = new()
    {
        [SyntaxKind.PlusToken] = "-",
        [SyntaxKind.MinusToken] = "+",
        [SyntaxKind.AsteriskToken] = "/",
        [SyntaxKind.SlashToken] = "*",
        [SyntaxKind.EqualsEqualsToken] = "!=",
        [SyntaxKind.ExclamationEqualsToken] = "==",
        [SyntaxKind.LessThanToken] = ">=",
        [SyntaxKind.GreaterThanToken] = "<=",
        [SyntaxKind.BarBarToken] = "&&",
        [SyntaxKind.AmpersandAmpersandToken] = "||",
        [SyntaxKind.TrueKeyword] = "false",
        [SyntaxKind.FalseKeyword] = "true",
    };

    /// <summary>The class lacks one token.</summary>
    public static IEnumerable<Mutation> WithoutToken(string source, string type) =>
        Tokens(source, type).Select(token => Changed(source, token.Span, ""));

    /// <summary>A number, an operator or a truth value is another.</summary>
    public static IEnumerable<Mutation> OtherValues(string source, string type)
    {
        foreach (var token in Tokens(source, type))
        {
            if (OtherTokens.TryGetValue(token.Kind(), out var other))
                yield return Changed(source, token.Span, other);
            if (token.Value is int number)
                foreach (var changed in new[] { number + 1, number - 1, (2 * number) + 2 })
                    yield return Changed(source, token.Span, changed.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A statement is missing, there twice, or behind the next one.</summary>
    public static IEnumerable<Mutation> OtherStatements(string source, string type)
    {
        foreach (var statements in Class(source, type).DescendantNodes().OfType<BlockSyntax>().Select(block => block.Statements))
            for (var i = 0; i < statements.Count; i++)
            {
                yield return Changed(source, statements[i].Span, "");
                yield return Changed(source, statements[i].Span, $"{statements[i]} {statements[i]}");
                if (i + 1 < statements.Count)
                    yield return Swapped(source, statements[i], statements[i + 1]);
            }
    }

    /// <summary>Two neighbours in a list of arguments or elements are swapped.</summary>
    public static IEnumerable<Mutation> SwappedNeighbours(string source, string type)
    {
        foreach (var list in Class(source, type).DescendantNodes().Select(Elements))
            for (var i = 0; i + 1 < list.Count; i++)
                yield return Swapped(source, list[i], list[i + 1]);
    }

    /// <summary>A call is left out: what it is called on, or an argument of it, stands in its place.</summary>
    public static IEnumerable<Mutation> WithoutCall(string source, string type)
    {
        foreach (var call in Class(source, type).DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is MemberAccessExpressionSyntax access)
                yield return Changed(source, call.Span, access.Expression.ToString());
            foreach (var argument in call.ArgumentList.Arguments)
                yield return Changed(source, call.Span, argument.Expression.ToString());
        }
    }

    /// <summary>A variable, a field or a method is another one of the class.</summary>
    public static IEnumerable<Mutation> OtherNames(string source, string type)
    {
        var declared = Class(source, type);
        var names = declared.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)
            && token.Parent is VariableDeclaratorSyntax or ParameterSyntax or SingleVariableDesignationSyntax).Select(token => token.ValueText).Distinct().ToList();
        foreach (var use in declared.DescendantNodes().OfType<IdentifierNameSyntax>().Where(use => names.Contains(use.Identifier.ValueText)))
            foreach (var name in names.Where(name => name != use.Identifier.ValueText))
                yield return Changed(source, use.Span, name);
    }

    private static IReadOnlyList<SyntaxNode> Elements(SyntaxNode node) => node switch
    {
        ArgumentListSyntax list => list.Arguments,
        TupleExpressionSyntax tuple => tuple.Arguments,
        InitializerExpressionSyntax initializer => initializer.Expressions,
        CollectionExpressionSyntax collection => collection.Elements,
        _ => [],
    };

    private static ClassDeclarationSyntax Class(string source, string type) => CSharpSyntaxTree.ParseText(source).GetRoot().DescendantNodes()
        .OfType<ClassDeclarationSyntax>().Single(one => one.Identifier.ValueText == type);

    private static IEnumerable<SyntaxToken> Tokens(string source, string type) => Class(source, type).DescendantTokens().Where(token => token.Span.Length > 0);

    private static Mutation Swapped(string source, SyntaxNode first, SyntaxNode second) =>
        Changed(source, TextSpan.FromBounds(first.SpanStart, second.Span.End), $"{second}{source[first.Span.End..second.SpanStart]}{first}");

    private static Mutation Changed(string source, TextSpan span, string to)
    {
        var line = source.AsSpan(0, span.Start).Count('\n') + 1;
        return new($"line {line}: '{source.Substring(span.Start, span.Length)}' -> '{to}'", source.Remove(span.Start, span.Length).Insert(span.Start, to));
    }
}
