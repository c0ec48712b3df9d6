using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using static System.FormattableString;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>BW0101: a layer expects another number of channels or features than the layer before it gives, in a Sequential or along <c>forward</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ChannelFit() : HandWrittenAnalyzer(Descriptors.ChannelsDoNotFit)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch)
    {
        OnCall(context, (operation, call) =>
        {
            if (torch.IsFactory(call.TargetMethod, "Sequential") && Placement.OutermostSequential(call, torch) is null)
                Sequential(operation, call, torch);
        });
        OnForward(context, torch, (block, _, trace) =>
        {
            // What does not fit inside one Sequential is said where that is made.
            foreach (var misfit in trace.Misfits
                .Where(misfit => misfit.Owner is null || misfit.Owner != misfit.Found.Owner).GroupBy(misfit => misfit.Layer.InArgument!.Syntax))
                block.ReportDiagnostic(Describe(misfit.First()));
        });
    }

    private static void Sequential(OperationAnalysisContext context, IInvocationOperation call, TorchSymbols torch)
    {
        var misfits = new List<Misfit>();
        ShapeFlow.Through(new LayerReader(torch).ReadFactory(call), null, misfits);
        foreach (var misfit in misfits.Where(misfit => misfit.Owner == call.Syntax || misfit.Owner != misfit.Found.Owner))
            context.ReportDiagnostic(Describe(misfit));
    }

    private static Diagnostic Describe(Misfit misfit) => Diagnostic.Create(
        Descriptors.ChannelsDoNotFit,
        misfit.Layer.InArgument!.Value.Syntax.GetLocation(),
        misfit.Layer.Name,
        Invariant($"{misfit.Layer.In}"),
        misfit.Found.Flat ? "features" : "channels",
        misfit.Found.Source!.Name,
        Invariant($"{misfit.Found.Count}"));
}
