using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Modules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW6005: <c>forward</c> makes a layer that it only calls: its weights are new each time, or it is in training mode whatever the module is in. A layer that is kept, or given weights, is
/// somebody's intention.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerInForward() : HandWrittenAnalyzer(Descriptors.LayerInForward)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) => OnCall(context, (operation, call) =>
    {
        if (!torch.IsFactory(call.TargetMethod) || !torch.IsForward(operation.ContainingSymbol) || IsElsewhere(call, torch))
            return;
        var so = Weights.AreMadeBy(call, torch) ? "its weights are new at each call, and in no state dict and no optimizer"
            : Weights.IsModal(call, torch) && !IsChosenByMode(call) && !MayBeIdle(call) ? "it is in training mode, whatever mode the module is in"
            : null;
        if (so is not null && IsOnlyCalled(call, torch))
            operation.ReportDiagnostic(Diagnostic.Create(Descriptors.LayerInForward, call.Syntax.GetLocation(), call.TargetMethod.Name, so));
    });

    /// <summary>Whether it stands in another layer's making, or in code that runs at another time.</summary>
    private static bool IsElsewhere(IOperation call, TorchSymbols torch)
    {
        for (var parent = call.Parent; parent is not null; parent = parent.Parent)
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation || parent is IInvocationOperation outer && torch.IsFactory(outer.TargetMethod))
                return true;
        return false;
    }

    /// <summary>if (training) x = Dropout(0.5).call(x).</summary>
    private static bool IsChosenByMode(IOperation call)
    {
        for (var parent = call.Parent; parent is not null; parent = parent.Parent)
            if (parent is IConditionalOperation { Condition: var condition }
                && condition.DescendantsAndSelf().Any(static part => part is IMemberReferenceOperation { Member.Name: "training" }))
                return true;
        return false;
    }

    /// <summary>A norm that keeps no statistics works alike in both modes; a dropout's probability that is computed here may be 0 after eval().</summary>
    private static bool MayBeIdle(IInvocationOperation call) =>
        (call.Argument("track_running_stats") is { } tracks && Constants.Truth(tracks.Value) != true)
        || (call.Argument("p")?.Value.Unwrapped() is { ConstantValue.HasValue: false } probability and not (IFieldReferenceOperation or IPropertyReferenceOperation or IParameterReferenceOperation)
            && probability.Kind != OperationKind.None);

    private static bool IsOnlyCalled(IOperation made, TorchSymbols torch)
    {
        var use = made;
        while (use.Parent is IConversionOperation or IParenthesizedOperation or IArgumentOperation or IInvocationOperation { TargetMethod.IsExtensionMethod: true })
        {
            use = use.Parent;
            if (use is IInvocationOperation { TargetMethod: var moved } && !(torch.IsTorch(moved) && moved.Name is "to" or "cuda"))
                return false;
        }
        return use.Parent switch
        {
            IInvocationOperation call => IsCall(call, use),
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } declarator } => declarator.Root().Descendants()
                .OfType<ILocalReferenceOperation>().Where(reference => SymbolEqualityComparer.Default.Equals(reference.Local, local))
                .All(static reference => reference.Parent is IInvocationOperation call && (IsCall(call, reference) || call.TargetMethod.Name == "Dispose")),
            _ => false,
        };
    }

    private static bool IsCall(IInvocationOperation call, IOperation receiver) => call.Instance == receiver && call.TargetMethod.Name is "call" or "forward";
}
