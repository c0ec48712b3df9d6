using Blockwright.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW3001, hand-written: <c>torch.cat</c> over channels joins several branches that each convolve the same input. The block's stride is not known, so the
/// limit is that of a down-sampling block. A branch that goes through another one (a dense block) does not count.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class Fragmentation() : HandWrittenAnalyzer(Descriptors.Fragmented)
{
    // Each join looks back as far: in a forward of thousands of lines that is not to the beginning.
    private const int MostUpstream = 2000;

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) =>
        OnForward(context, torch, (block, _, trace) =>
        {
            foreach (var join in trace.Values.Until(block.CancellationToken).Where(value => Functions.IsChannelConcat(value)))
                Check(block, join);
        });

    private static void Check(OperationBlockAnalysisContext context, Value join)
    {
        var syntax = join.Origin!.Syntax;
        var branches = Branches(join);
        var limit = Read(Options.MaximumBranchesDownsampling, context.Options, syntax);
        if (branches <= limit)
            return;
        var target = Read(Options.Target, context.Options, syntax);
        var measured = Paper.Parallel(branches, target);
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.Fragmented,
            syntax.GetLocation(),
            DiagnosticSeverity.Info,
            additionalLocations: null,
            properties: null,
            branches,
            limit,
            measured.Key,
            measured));
    }

    /// <summary>The largest number of inputs that come, through at least one convolution each and side by side, from one and the same tensor.</summary>
    private static int Branches(Value join)
    {
        var inputs = join.Inputs.Distinct().ToList();
        var fuel = new Fuel(MostUpstream);
        var upstream = inputs.Select(input => Upstream(input, fuel)).ToList();
        if (!fuel.Burn())
            return 0;
        var ancestors = upstream.ConvertAll(static all => new HashSet<Value>(all.Select(static one => one.Value)));
        // The tensors from which an input comes with a convolution on the way.
        var sources = upstream.ConvertAll(static all => new HashSet<Value>(all.Where(static one => one.Convolved).Select(static one => one.Value)));
        return sources.SelectMany(one => one).Distinct().Select(source => CountFrom(source, sources)).DefaultIfEmpty(0).Max();

        // A branch that goes through another one is in series with it, not beside it: that is a dense block.
        int CountFrom(Value source, List<HashSet<Value>> branches) => Enumerable.Range(0, inputs.Count).Count(i => branches[i].Contains(source)
            && !Enumerable.Range(0, inputs.Count).Any(j => j != i && branches[j].Contains(source) && ancestors[i].Contains(inputs[j])));
    }

    /// <summary>The tensors that this one is computed from, and whether a convolution lies between.</summary>
    private static HashSet<(Value Value, bool Convolved)> Upstream(Value branch, Fuel fuel)
    {
        var seen = new HashSet<(Value, bool)>();
        var open = new Stack<(Value Value, bool Convolved)>();
        open.Push((branch, false));
        while (open.Count > 0)
        {
            var (value, convolved) = open.Pop();
            if (seen.Add((value, convolved)) && fuel.Burn() && Follows(value))
                foreach (var input in value.Inputs)
                    open.Push((input, convolved || IsConvolution(value)));
        }
        return seen;
    }

    /// <summary>A slice is another tensor than the whole: a branch over it does not see the whole input.</summary>
    private static bool Follows(Value value) =>
        value.Kind == ValueKind.Module || value.Kind == ValueKind.Function && value.Name is not ("index" or "narrow" or "select");

    private static bool IsConvolution(Value value) =>
        value.Kind == ValueKind.Module ? value.Layer.Convolves : value.Name is "conv2d" or "conv2d_padding";
}
