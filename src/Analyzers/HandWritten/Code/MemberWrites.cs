using System.Collections.Concurrent;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>The one place in its type where a member is written. A part of a type is looked through once, whichever of its members are asked for.</summary>
internal sealed class MemberWrites
{
    private static readonly WeakMemory<SemanticModel, ConcurrentDictionary<SyntaxNode, MemberWrites>> Parts = new();

    private readonly ILookup<string, (IdentifierNameSyntax Name, Write Write)> _byName;

    private MemberWrites(SyntaxNode part) => _byName = part.DescendantNodes().OfType<IdentifierNameSyntax>()
        .Select(static name => (Name: name, Write: Written(name)!))
        .Where(static each => each.Write is not null)
        .ToLookup(static each => each.Name.Identifier.ValueText, StringComparer.Ordinal);

    /// <summary>The initializer, or the right side of the only assignment; null if there are several, none, or writes of another form.</summary>
    public static ExpressionSyntax? Single(ISymbol member, SemanticModel model)
    {
        var references = member.ContainingType.DeclaringSyntaxReferences;
        if (references.IsEmpty || references.Any(reference => reference.SyntaxTree != model.SyntaxTree) || member.DeclaringSyntaxReferences.Length != 1)
            return null;
        var declaration = member.DeclaringSyntaxReferences[0].GetSyntax();
        if (declaration is PropertyDeclarationSyntax { AccessorList: null }
            || declaration is PropertyDeclarationSyntax { AccessorList: { } accessors }
                && accessors.Accessors.Any(one => one.Body is not null || one.ExpressionBody is not null))
            return null;
        var found = declaration switch
        {
            VariableDeclaratorSyntax { Initializer: { } initializer } => initializer.Value,
            PropertyDeclarationSyntax { Initializer: { } initializer } => initializer.Value,
            _ => null,
        };
        foreach (var reference in references)
            foreach (var (name, write) in In(reference.GetSyntax(), model)._byName[member.Name])
            {
                if (!IsMember(name, member, model))
                    continue;
                if (found is not null || write.Value is null)
                    return null;
                found = write.Value;
            }
        return found;
    }

    private static MemberWrites In(SyntaxNode part, SemanticModel model) => Parts.Of(model, static _ => new()).GetOrAdd(part, static each => new(each));

    private static bool IsMember(IdentifierNameSyntax name, ISymbol member, SemanticModel model) =>
        SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, member);

    /// <summary>Whether the name is written to here; the value is null where that is not a plain assignment.</summary>
    private static Write? Written(IdentifierNameSyntax name)
    {
        ExpressionSyntax target = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        return target.Parent switch
        {
            AssignmentExpressionSyntax assignment when assignment.Left == target =>
                new(assignment.IsKind(SyntaxKind.SimpleAssignmentExpression)
                    && assignment.Parent is ExpressionStatementSyntax or ArrowExpressionClauseSyntax ? assignment.Right : null),
            PrefixUnaryExpressionSyntax prefix when prefix.IsKind(SyntaxKind.PreIncrementExpression) || prefix.IsKind(SyntaxKind.PreDecrementExpression) =>
                new(null),
            PostfixUnaryExpressionSyntax postfix when postfix.IsKind(SyntaxKind.PostIncrementExpression)
                || postfix.IsKind(SyntaxKind.PostDecrementExpression) => new(null),
            ArgumentSyntax argument when !argument.RefKindKeyword.IsKind(SyntaxKind.None) => new(null),
            ArgumentSyntax { Parent: TupleExpressionSyntax { Parent: AssignmentExpressionSyntax assignment } tuple } when assignment.Left == tuple => new(null),
            _ => null,
        };
    }

    private sealed record Write(ExpressionSyntax? Value);
}
