using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Code;

/// <summary>Looks into small methods of the same file.</summary>
internal static class Methods
{
    /// <summary>What the called method returns, where all it does is return: <c>=> x</c> or <c>{ return x; }</c>, and nobody can override it.</summary>
    public static IOperation? OnlyResult(IInvocationOperation call)
    {
        var method = call.TargetMethod.OriginalDefinition;
        var model = call.SemanticModel ?? call.Root().SemanticModel;
        if (method.IsVirtual || method.IsOverride || method.IsAbstract || method.DeclaringSyntaxReferences.Length != 1
            || model is null || method.DeclaringSyntaxReferences[0].SyntaxTree != model.SyntaxTree)
            return null;
        var (arrow, body) = method.DeclaringSyntaxReferences[0].GetSyntax() switch
        {
            MethodDeclarationSyntax declared => (declared.ExpressionBody, declared.Body),
            LocalFunctionStatementSyntax local => (local.ExpressionBody, local.Body),
            _ => (null, null),
        };
        var result = arrow?.Expression
            ?? (body is { Statements: { Count: 1 } statements } && statements[0] is ReturnStatementSyntax returned ? returned.Expression : null);
        return result is null ? null : model.GetOperation(result);
    }
}
