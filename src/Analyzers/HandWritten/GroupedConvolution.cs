using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW2001, hand-written: a convolution in many groups. How deep it stands is not known, so the limits are the deepest stages', the most lenient ones.
/// A depthwise convolution (as many groups as input channels) is exempt; where the channels are not certain it could be one, and nothing is said.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class GroupedConvolution() : HandWrittenAnalyzer(Descriptors.TooManyGroups)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) =>
        OnCall(context, (operation, call) => Check(operation, call, torch));

    private static void Check(OperationAnalysisContext context, IInvocationOperation call, TorchSymbols torch)
    {
        if (ConvolutionCall.Read(call, torch) is not { Groups: > 1 and var groups, GroupsSyntax: { } syntax } convolution || groups == convolution.In)
            return;
        var maximum = Read(Options.MaximumGroupsDeep, context.Options, call.Syntax);
        var typical = Read(Options.TypicalGroupsDeep, context.Options, call.Syntax);
        if (groups <= Math.Min(typical, maximum))
            return;
        var target = Read(Options.Target, context.Options, call.Syntax);
        var limit = groups > maximum ? maximum : typical;
        var measured = Paper.GroupCount(groups, target);
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.TooManyGroups,
            syntax.GetLocation(),
            DiagnosticSeverity.Info,
            additionalLocations: null,
            convolution.IsFactory ? Replacement(convolution, limit) : null,
            convolution.In,
            groups,
            limit,
            groups > maximum ? "at most" : "typically",
            measured.Key,
            measured));
    }

    /// <summary>The most groups that the limit allows and that divide the channels on both sides.</summary>
    private static ImmutableDictionary<string, string?> Replacement(ConvolutionCall convolution, int limit)
    {
        var divisor = CommonDivisor.AtMost(limit, convolution.In, convolution.Out);
        return ImmutableDictionary<string, string?>.Empty.Add(Descriptors.Replacement, divisor.ToString(CultureInfo.InvariantCulture));
    }
}
