using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>A Sequential grows after it was made: <c>body.append(...)</c>. What is in it then is not followed.</summary>
internal static class Appends
{
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

    private static bool IsAppendedTo(string name, SyntaxNode scope) => scope.DescendantNodes().OfType<MemberAccessExpressionSyntax>().Any(access =>
        access.Name.Identifier.ValueText == "append" && access.Expression switch
        {
            IdentifierNameSyntax identifier => identifier.Identifier.ValueText == name,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: var member } => member == name,
            // A chain, body.append(a).append(b).
            var chain => chain.DescendantNodes().OfType<IdentifierNameSyntax>().Any(identifier => identifier.Identifier.ValueText == name),
        });
}
