using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW6008: <c>forward</c> calls a dropout of <c>torch.nn.functional</c> whose <c>training</c> is left out, and true by default. Which functions those are their signatures say: alpha_dropout's
/// default is false.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DropoutInEvaluation() : HandWrittenAnalyzer(Descriptors.DropoutInEvaluation)
{
    /// <summary>The parameter, and the property of every module that is meant for it.</summary>
    public const string Mode = "training";

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) => context.RegisterOperationBlockAction(block =>
    {
        if (!torch.IsForward(block.OwningSymbol) || SetsItsMode(block.OwningSymbol.ContainingType, torch))
            return;
        foreach (var call in AlwaysRun(block, torch))
            block.ReportDiagnostic(Diagnostic.Create(Descriptors.DropoutInEvaluation, call.Syntax.GetLocation(), call.TargetMethod.Name));
    });

    /// <summary>
    /// The dropouts without a mode that every call of <c>forward</c> comes to, in whichever mode: no condition, no way out before them, and nobody asks for the mode but as an argument.
    /// Found in one walk: a method may have as many of them as it has lines.
    /// </summary>
    private static List<IInvocationOperation> AlwaysRun(OperationBlockAnalysisContext block, TorchSymbols torch)
    {
        var found = new List<IInvocationOperation>();
        var firstWayOut = int.MaxValue;
        foreach (var each in block.OperationBlocks.WithAllInside(block.CancellationToken))
            switch (each)
            {
                case IPropertyReferenceOperation { Property.Name: Mode, Parent: not IArgumentOperation }:
                    return [];
                case IReturnOperation or IBranchOperation:
                    firstWayOut = Math.Min(firstWayOut, each.Syntax.Span.End);
                    break;
                case IInvocationOperation call when Drops(call, torch):
                    found.Add(call);
                    break;
            }
        found.RemoveAll(call => firstWayOut <= call.Syntax.SpanStart || IsConditional(call));
        return found;
    }

    /// <summary>Whether it is a dropout of torch's, without a mode, that has something to drop.</summary>
    private static bool Drops(IInvocationOperation call, TorchSymbols torch) =>
        SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, torch.Functional)
        && call.Argument(Mode) is { ArgumentKind: ArgumentKind.DefaultValue, Value.ConstantValue: { HasValue: true, Value: true } }
        && call.Argument("p") is { } probability && IsPositive(probability.Value);

    /// <summary>Of a probability that somebody gives it is not known: it may be 0.</summary>
    private static bool IsPositive(IOperation probability) => Definitions.Resolve(probability).ConstantValue is { HasValue: true, Value: var value } && value switch
    {
        double number => number > 0,
        float number => number > 0,
        int number => number > 0,
        _ => false,
    };

    /// <summary>A loss is not asked in evaluation; who overrides train() or has a mode of his own has his ways.</summary>
    private static bool SetsItsMode(INamedTypeSymbol type, TorchSymbols torch)
    {
        for (var each = type; each is not null; each = each.BaseType)
            if (torch.IsTorch(each) ? each.Name == "Loss" : each.GetMembers(Mode).Length + each.GetMembers("train").Length + each.GetMembers("eval").Length > 0)
                return true;
        return false;
    }

    /// <summary>Whether something decides whether it comes to it.</summary>
    private static bool IsConditional(IOperation call)
    {
        for (var parent = call.Parent; parent is not null; parent = parent.Parent)
            if (parent is IConditionalOperation or ISwitchCaseOperation or ISwitchExpressionArmOperation or ICoalesceOperation or IConditionalAccessOperation or IWhileLoopOperation
                or IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } or ICatchClauseOperation
                or IAnonymousFunctionOperation or ILocalFunctionOperation)
                return true;
        return false;
    }
}
