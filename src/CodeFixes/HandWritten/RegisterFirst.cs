using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW6003: puts RegisterComponents() before the statement that goes through the module, where nothing between them makes anything to register.</summary>
internal sealed class RegisterFirst : Repair
{
    public override Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.ContainsKey(EarlyVisit.Movable)
            || root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<ConstructorDeclarationSyntax>()?.Body is not { } body
            || body.Statements.FirstOrDefault(statement => statement.Span.Contains(diagnostic.Location.SourceSpan)) is not { } visit
            || body.Statements.FirstOrDefault(IsRegistration) is not { } registration)
            return Task.FromResult<Change?>(null);
        var at = body.Statements.IndexOf(visit);
        var moved = body.WithStatements(body.Statements.Remove(registration).Insert(at, registration));
        return Task.FromResult<Change?>(new("Call RegisterComponents() first", root.ReplaceNode(body, moved)));
    }

    private static bool IsRegistration(StatementSyntax statement) => statement is ExpressionStatementSyntax
    {
        Expression: InvocationExpressionSyntax
        {
            ArgumentList.Arguments.Count: 0,
            Expression: SimpleNameSyntax { Identifier.ValueText: "RegisterComponents" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "RegisterComponents" },
        },
    };
}
