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

    /// <summary>Whether nobody writes an element of what a field holds: whoever sees an array may, though the field is read-only.</summary>
    public static bool KeepsItsElements(ISymbol member) => (member.DeclaredAccessibility == Accessibility.Private || PrivateIn(member) is not null) && IsAsDeclared(member);

    /// <summary>The class that all who can write a member stand in; null where anybody can. What a private class holds is seen by the class that it is in alone.</summary>
    private static INamedTypeSymbol? Writers(ISymbol member)
    {
        if (Definitions.OnlyItsTypeWrites(member))
            return member.DeclaredAccessibility == Accessibility.Private ? member.ContainingType : PrivateIn(member) ?? member.ContainingType;
        return member is IFieldSymbol ? PrivateIn(member) : null;
    }

    private static INamedTypeSymbol? PrivateIn(ISymbol member)
    {
        for (var type = member.ContainingType; type is not null; type = type.ContainingType)
            if (type.DeclaredAccessibility == Accessibility.Private)
                return type.ContainingType;
        return null;
    }

    /// <summary>What holds the element that is written; what is written itself, where that is no element.</summary>
    private static ExpressionSyntax? Holder(ExpressionSyntax? target) => target switch
    {
        ElementAccessExpressionSyntax element => Holder(element.Expression),
        MemberAccessExpressionSyntax { Expression: ElementAccessExpressionSyntax element } => Holder(element),
        _ => target,
    };

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
        .Select(Holder)
        .Select(static target => target switch
        {
            IdentifierNameSyntax identifier => identifier.Identifier.ValueText,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => member,
            _ => null,
        })
        .OfType<string>(), StringComparer.Ordinal);
}
