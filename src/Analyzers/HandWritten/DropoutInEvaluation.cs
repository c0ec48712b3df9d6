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

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) => OnCall(context, (operation, call) =>
    {
        if (!SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, torch.Functional)
            || call.Argument(Mode) is not { ArgumentKind: ArgumentKind.DefaultValue, Value.ConstantValue: { HasValue: true, Value: true } }
            || call.Argument("p") is not { } probability || !IsPositive(probability.Value)
            || !torch.IsForward(operation.ContainingSymbol) || SetsItsMode(operation.ContainingSymbol.ContainingType, torch)
            || !RunsAlways(call, operation.CancellationToken))
            return;
        operation.ReportDiagnostic(Diagnostic.Create(Descriptors.DropoutInEvaluation, call.Syntax.GetLocation(), call.TargetMethod.Name));
    });

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

    /// <summary>Whether every call of <c>forward</c> comes to it, in whichever mode: no condition, no way out before it, and nobody asks for the mode but as an argument.</summary>
    private static bool RunsAlways(IInvocationOperation call, CancellationToken cancellation)
    {
        IOperation body = call;
        for (; body.Parent is { } parent; body = parent)
            if (parent is IConditionalOperation or ISwitchCaseOperation or ISwitchExpressionArmOperation or ICoalesceOperation or IConditionalAccessOperation or IWhileLoopOperation
                or IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } or ICatchClauseOperation
                or IAnonymousFunctionOperation or ILocalFunctionOperation)
                return false;
        return !body.DescendantsAndSelf().Until(cancellation).Any(each => each switch
        {
            IReturnOperation or IBranchOperation => each.Syntax.Span.End <= call.Syntax.SpanStart,
            IPropertyReferenceOperation { Property.Name: Mode, Parent: var user } => user is not IArgumentOperation,
            _ => false,
        });
    }
}
