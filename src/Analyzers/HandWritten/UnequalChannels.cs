using System.Globalization;
using Blockwright.Analyzers.Configuration;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Blockwright.Analyzers.HandWritten.Forward;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW1001, hand-written: a 1x1 convolution whose channels are far from equal. Height and width are not known, so the figures are those per pixel.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnequalChannels() : HandWrittenAnalyzer(Descriptors.UnequalChannels)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch)
    {
        OnMade(context, torch, (block, made) =>
        {
            var convolutions = made.Convolutions().Where(static one => one.Kernel is ({ Value: 1 }, { Value: 1 }) && one.Groups is { Value: 1 } && one.In.Value != one.Out.Value).ToList();
            if (convolutions.Count == 0)
                return;
            var placement = new Placement(made, torch, block.CancellationToken);
            // One diagnostic, where the number is said, for the most unequal channels.
            var found = from convolution in convolutions
                        let said = made.Said(convolution.Layer!, "out_channels", convolution.Out, convolution.In, convolution.Groups, convolution.Kernel?.Height)
                        where said is not null && IsUnequal(convolution, said, block.Options) && !placement.IsExempt(convolution.Layer!)
                        // What one creation makes is said once.
                        group (Convolution: convolution, Said: said) by convolution.Layer!.Thing is { Depth: > 0, Site: { } site } ? site : said into each
                        select each.OrderByDescending(static one => Ratio(one.Convolution)).ToList();
            foreach (var each in found)
                block.ReportDiagnostic(Describe(each[0].Convolution, each[0].Said, block.Options, each.SelectMany(static one => MadeHere.Inside(one.Convolution.Layer!)).Distinct()));
        });
        OnCall(context, (operation, call) =>
        {
            if (ConvolutionCall.ReadFunction(call, torch) is { Kernel: ({ Value: 1 }, { Value: 1 }), Groups.Value: 1, Weight: { } weight } convolution
                && IsUnequal(convolution, weight, operation.Options))
                operation.ReportDiagnostic(Describe(convolution, weight, operation.Options));
        });
    }

    private static double Ratio(ConvolutionCall convolution) =>
        Math.Max(convolution.In.Value, convolution.Out.Value) / (double)Math.Min(convolution.In.Value, convolution.Out.Value);

    private static bool IsUnequal(ConvolutionCall convolution, SyntaxNode syntax, AnalyzerOptions options) =>
        Math.Min(convolution.In.Value, convolution.Out.Value) >= Read(Options.MinimumChannels, options, syntax)
        && Ratio(convolution) >= Read(Options.WarningRatio, options, syntax);

    private static Diagnostic Describe(ConvolutionCall convolution, SyntaxNode syntax, AnalyzerOptions options, IEnumerable<Location>? inside = null)
    {
        var measured = MeasuredFor(options, syntax).ChannelRatio(Ratio(convolution));
        return Diagnostic.Create(
            Descriptors.UnequalChannels,
            syntax.GetLocation(),
            DiagnosticSeverity.Info,
            inside,
            properties: null,
            convolution.In.Value,
            convolution.Out.Value,
            Number(Ratio(convolution), "0.##"),
            convolution.In.Value + convolution.Out.Value,
            Number(2 * Math.Sqrt((double)convolution.In.Value * convolution.Out.Value), "0"),
            Number(measured.Key, "0"),
            measured,
            convolution.Layer is { } layer ? MadeHere.Within(layer, syntax) : "");
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
