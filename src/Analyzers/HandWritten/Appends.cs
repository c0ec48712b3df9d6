using System.Collections.Concurrent;
using System.Collections.Immutable;
using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>A Sequential grows after it was made: <c>body.append(...)</c>. What is in it then is not followed.</summary>
internal static class Appends
{
    private static readonly WeakMemory<SyntaxTree, ConcurrentDictionary<SyntaxNode, ImmutableHashSet<string>>> Names = new();

    /// <summary>Whether the local or member that the operation names is appended to anywhere where it can be: by name, so in doubt yes.</summary>
    public static bool IsAppendedTo(IOperation operation) => operation.Unwrapped() switch
    {
        ILocalReferenceOperation local => IsAppendedTo(local.Local.Name, local.Root().Syntax),
        IFieldReferenceOperation field => IsAppendedTo(field.Field),
        IPropertyReferenceOperation property => IsAppendedTo(property.Property),
        _ => false,
    };

    private static bool IsAppendedTo(ISymbol member) =>
        member.ContainingType.DeclaringSyntaxReferences.Any(reference => IsAppendedTo(member.Name, reference.GetSyntax()));

    private static bool IsAppendedTo(string name, SyntaxNode scope) => Names.Of(scope.SyntaxTree, static _ => new()).GetOrAdd(scope, Appended).Contains(name);

    /// <summary>Everything that is appended to in a part of the text, found at once.</summary>
    private static ImmutableHashSet<string> Appended(SyntaxNode scope) => scope.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        .Where(static access => access.Name.Identifier.ValueText == "append")
        .SelectMany(static access => access.Expression switch
        {
            IdentifierNameSyntax identifier => [identifier.Identifier.ValueText],
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => [member],
            // A chain, body.append(a).append(b).
            var chain => chain.DescendantNodes().OfType<IdentifierNameSyntax>().Select(static identifier => identifier.Identifier.ValueText),
        })
        .ToImmutableHashSet(StringComparer.Ordinal);
}
