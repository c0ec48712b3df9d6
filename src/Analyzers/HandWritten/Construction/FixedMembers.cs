using System.Collections.Concurrent;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>Members that keep what the constructor gave them: nobody else writes them, or adds to what they hold.</summary>
internal static class FixedMembers
{
    private static readonly WeakMemory<SyntaxTree, ConcurrentDictionary<SyntaxNode, HashSet<string>>> Written = new();
    private static readonly WeakMemory<SyntaxTree, ConcurrentDictionary<SyntaxNode, HashSet<string>>> WrittenAtAll = new();

    public static bool Has(ISymbol member) => Definitions.OnlyItsTypeWrites(member)
        && !member.ContainingType.DeclaringSyntaxReferences.Any(reference => IsWrittenIn(reference.GetSyntax(), member.Name));

    /// <summary>Whether not even a constructor writes it: it is what it is where it is declared.</summary>
    public static bool IsAsDeclared(ISymbol member) => Writers(member) is { } type && !type.DeclaringSyntaxReferences.Any(reference =>
        WrittenAtAll.Of(reference.SyntaxTree, static _ => new()).GetOrAdd(reference.GetSyntax(), static part => WrittenNames(part.DescendantNodes())).Contains(member.Name));

    /// <summary>The class that all who can write a member stand in; null where anybody can. What a private class holds is seen by the class that it is in alone.</summary>
    private static INamedTypeSymbol? Writers(ISymbol member)
    {
        if (Definitions.OnlyItsTypeWrites(member))
            return member.ContainingType;
        for (var type = member is IFieldSymbol ? member.ContainingType : null; type is not null; type = type.ContainingType)
            if (type.DeclaredAccessibility == Accessibility.Private)
                return type.ContainingType;
        return null;
    }

    /// <summary>By name, so in doubt yes.</summary>
    private static bool IsWrittenIn(SyntaxNode part, string name) => Written.Of(part.SyntaxTree, static _ => new())
        .GetOrAdd(part, static each => WrittenNames(each.DescendantNodes(static inside => inside is not ConstructorDeclarationSyntax))).Contains(name);

    private static HashSet<string> WrittenNames(IEnumerable<SyntaxNode> nodes) => new(nodes
        .Select(static node => node switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left,
            PrefixUnaryExpressionSyntax prefix => prefix.Operand,
            PostfixUnaryExpressionSyntax postfix => postfix.Operand,
            ArgumentSyntax argument when !argument.RefKindKeyword.IsKind(Microsoft.CodeAnalysis.CSharp.SyntaxKind.None) => argument.Expression,
            RefExpressionSyntax reference => reference.Expression,
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "append" or "add_module" or "Add" or "extend" or "insert" or "Insert" } access } => access.Expression,
            _ => null,
        })
        .SelectMany(static target => target is TupleExpressionSyntax tuple ? tuple.Arguments.Select(static one => (ExpressionSyntax?)one.Expression) : [target])
        .Select(static target => target is ElementAccessExpressionSyntax element ? element.Expression : target)
        .Select(static target => target switch
        {
            IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => member,
            _ => null,
        })
        .OfType<string>(), StringComparer.Ordinal);
}
