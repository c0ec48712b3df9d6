using Blockwright.Analyzers.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;
using static System.FormattableString;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Blockwright.CodeFixes.HandWritten;

/// <summary>BW6002: opens a dispose scope around the body and moves what is returned out of it.</summary>
internal sealed class OpenDisposeScope : Repair
{
    public override Task<Change?> ChangeAsync(Document document, SyntaxNode root, Diagnostic diagnostic, CancellationToken cancellation)
    {
        if (!diagnostic.Properties.ContainsKey(UndisposedTensor.Scope)
            || root.FindNode(diagnostic.Location.SourceSpan).FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { } method)
            return Task.FromResult<Change?>(null);
        var scoped = method.ExpressionBody is { } arrow ? FromExpression(method, arrow.Expression) : method.Body is { } body ? FromBlock(method, body) : null;
        return Task.FromResult<Change?>(scoped is null ? null
            : new("Open a dispose scope in forward", root.ReplaceNode(method, scoped.WithAdditionalAnnotations(Formatter.Annotation))));
    }

    private static MethodDeclarationSyntax FromExpression(MethodDeclarationSyntax method, ExpressionSyntax value)
    {
        var body = Block(Scope(method), ReturnStatement(Token(SyntaxKind.ReturnKeyword).WithTrailingTrivia(Space), MovedOut(value),
            Token(SyntaxKind.SemicolonToken)));
        return method.WithExpressionBody(null).WithSemicolonToken(default).WithBody(body).WithTrailingTrivia(method.GetTrailingTrivia());
    }

    private static MethodDeclarationSyntax FromBlock(MethodDeclarationSyntax method, BlockSyntax body)
    {
        var returned = body.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .OfType<ReturnStatementSyntax>().Select(statement => statement.Expression).OfType<ExpressionSyntax>();
        body = body.ReplaceNodes(returned, (_, value) => MovedOut(value));
        return method.WithBody(body.WithStatements(body.Statements.Insert(0, Scope(method))));
    }

    private static ExpressionSyntax MovedOut(ExpressionSyntax value)
    {
        var operand = value.WithoutTrivia();
        if (operand is not (InvocationExpressionSyntax or IdentifierNameSyntax or MemberAccessExpressionSyntax or ElementAccessExpressionSyntax
            or ParenthesizedExpressionSyntax))
            operand = ParenthesizedExpression(operand);
        return InvocationExpression(MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, operand,
            IdentifierName("MoveToOuterDisposeScope"))).WithTriviaFrom(value);
    }

    private static StatementSyntax Scope(MethodDeclarationSyntax method)
    {
        var names = new HashSet<string>(method.DescendantTokens().Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText));
        var name = "scope";
        for (var i = 2; names.Contains(name); i++)
            name = Invariant($"scope{i}");
        var statement = (LocalDeclarationStatementSyntax)ParseStatement($"using var {name} = global::TorchSharp.torch.NewDisposeScope();");
        var opened = ((InvocationExpressionSyntax)statement.Declaration.Variables[0].Initializer!.Value).Expression;
        return statement.ReplaceNode(opened, opened.WithAdditionalAnnotations(Simplifier.Annotation)).WithTrailingTrivia(ElasticLineFeed);
    }
}
