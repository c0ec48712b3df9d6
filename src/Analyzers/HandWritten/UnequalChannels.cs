using System.Globalization;
using Blockwright.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW1001, hand-written: a 1x1 convolution whose channels are far from equal. Height and width are not known, so the figures are those per pixel.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnequalChannels() : HandWrittenAnalyzer(Descriptors.UnequalChannels)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) =>
        OnCall(context, (operation, call) => Check(operation, call, torch));

    private static void Check(OperationAnalysisContext context, IInvocationOperation call, TorchSymbols torch)
    {
        if (ConvolutionCall.Read(call, torch) is not { Kernel: (1, 1), Groups: 1 } convolution)
            return;
        var smaller = Math.Min(convolution.In, convolution.Out);
        var ratio = Math.Max(convolution.In, convolution.Out) / (double)smaller;
        if (smaller < Read(Options.MinimumChannels, context.Options, call.Syntax) || ratio < Read(Options.WarningRatio, context.Options, call.Syntax))
            return;
        if (convolution.IsFactory && Placement.IsLinearOrHead(call, torch, context.CancellationToken))
            return;
        var target = Read(Options.Target, context.Options, call.Syntax);
        var measured = Paper.ChannelRatio(ratio, target);
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.UnequalChannels,
            convolution.OutSyntax.GetLocation(),
            DiagnosticSeverity.Info,
            additionalLocations: null,
            properties: null,
            convolution.In,
            convolution.Out,
            Number(ratio, "0.##"),
            convolution.In + convolution.Out,
            Number(2 * Math.Sqrt((double)convolution.In * convolution.Out), "0"),
            Number(measured.Key, "0"),
            measured));
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
