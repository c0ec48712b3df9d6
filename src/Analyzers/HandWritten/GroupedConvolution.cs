using Blockwright.Analyzers.Configuration;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW2001, hand-written: a convolution in many groups. How deep it stands is not known, so the limits are the deepest stages', the most lenient ones.
/// A depthwise convolution (as many groups as input channels) is exempt; where the channels are not certain it could be one, and nothing is said.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GroupedConvolution() : HandWrittenAnalyzer(Descriptors.TooManyGroups)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch)
    {
        OnMade(context, torch, static (block, made) =>
        {
            var convolutions = made.Convolutions().Where(static one => one.Groups is { Value: > 1 } groups && groups.Value != one.In.Value).ToList();
            if (convolutions.Count == 0)
                return;
            // One diagnostic, where the number is said, for the most groups.
            var found = from convolution in convolutions
                        let said = made.Said(convolution.Layer!, "groups", convolution.Groups!, convolution.In, convolution.Out)
                        where said is not null
                        // What one creation makes is said once.
                        group (Convolution: convolution, Said: said) by convolution.Layer!.Thing is { Depth: > 0, Site: { } site } ? site : said into each
                        select each.OrderByDescending(static one => one.Convolution.Groups!.Value).ToList();
            foreach (var each in found)
                if (Describe(each[0].Convolution, each[0].Said, block.Options, each.SelectMany(static one => MadeHere.Inside(one.Convolution.Layer!)).Distinct()) is { } diagnostic)
                    block.ReportDiagnostic(diagnostic);
        });
        OnCall(context, (operation, call) =>
        {
            if (ConvolutionCall.ReadFunction(call, torch) is { Groups: { Value: > 1 } groups, GroupsSyntax: { } syntax } convolution && groups.Value != convolution.In.Value
                && Describe(convolution, syntax, operation.Options) is { } diagnostic)
                operation.ReportDiagnostic(diagnostic);
        });
    }

    private static Diagnostic? Describe(ConvolutionCall convolution, SyntaxNode syntax, AnalyzerOptions options, IEnumerable<Location>? inside = null)
    {
        var groups = convolution.Groups!.Value;
        var maximum = Read(Options.MaximumGroupsDeep, options, syntax);
        var typical = Read(Options.TypicalGroupsDeep, options, syntax);
        if (groups <= Math.Min(typical, maximum))
            return null;
        var limit = groups > maximum ? maximum : typical;
        var measured = MeasuredFor(options, syntax).GroupCount(groups);
        return Diagnostic.Create(
            Descriptors.TooManyGroups,
            syntax.GetLocation(),
            DiagnosticSeverity.Info,
            inside,
            properties: null,
            convolution.In.Value,
            groups,
            limit,
            groups > maximum ? "at most" : "typically",
            measured.Key,
            measured,
            convolution.Layer is { } layer ? MadeHere.Within(layer, syntax) : "");
    }
}
