using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Modules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW6004: <c>forward</c> calls a module as a statement. Elsewhere that may be a warm-up or a measurement; and a module that writes over its input, or keeps something of it, may be called for that.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DiscardedResult() : HandWrittenAnalyzer(Descriptors.DiscardedResult)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) => OnCall(context, (operation, call) =>
    {
        if (call is not { Parent: IExpressionStatementOperation statement, TargetMethod.Name: "call" or "forward", Instance: { } receiver, Syntax: InvocationExpressionSyntax syntax }
            || !torch.IsModule(receiver.Type) || !torch.IsForward(operation.ContainingSymbol) || IsDeferred(statement)
            // What a hook does is done by the call; which module it hangs on is not followed.
            || operation.Compilation.SyntaxTrees.Any(tree => tree.Mentions("register_forward", operation.CancellationToken))
            || new SideEffects(operation.Compilation, torch, operation.CancellationToken).MayHave(receiver, operation.ContainingSymbol.ContainingType))
            return;
        operation.ReportDiagnostic(Diagnostic.Create(Descriptors.DiscardedResult, syntax.GetLocation(), syntax.Expression.ToString()));
    });

    private static bool IsDeferred(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return true;
        return false;
    }
}
