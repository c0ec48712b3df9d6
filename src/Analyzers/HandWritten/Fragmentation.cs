using Blockwright.Analyzers.Configuration;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Forward;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW3001, hand-written: <c>torch.cat</c> over channels, or a sum, joins several branches that each convolve the same input. The block's stride is not known, so the
/// limit is that of a down-sampling block. A branch that goes through another one (a dense block) does not count, nor do several that begin with the same convolution.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class Fragmentation() : HandWrittenAnalyzer(Descriptors.Fragmented)
{
    // Each join looks back as far: in a forward of thousands of lines that is not to the beginning.
    private const int MostUpstream = 4000;

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) =>
        OnForward(context, torch, (block, _, trace) =>
        {
            if (block.OperationBlocks[0].SemanticModel is not { } model)
                return;
            foreach (var join in trace.Values.Until(block.CancellationToken).Where(static value => Functions.IsChannelConcat(value) || IsSum(value)))
            {
                var shapes = trace.Shapes(model, torch, block.CancellationToken, out var _);
                // What is one pixel is small: a gate, an image's features.
                Check(block, join, Parts(join).Where(part => shapes.Of(part) is not ({ OnePixel: true } or { Flat: true })).ToList());
            }
        });

    private static void Check(OperationBlockAnalysisContext context, Value join, List<Value> parts)
    {
        var syntax = join.Origin!.Syntax;
        var limit = Read(Options.MaximumBranchesDownsampling, context.Options, syntax);
        if (parts.Count <= limit || Branches(parts) is var branches && branches <= limit)
            return;
        var measured = MeasuredFor(context.Options, syntax).Parallel(branches);
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.Fragmented,
            syntax.GetLocation(),
            DiagnosticSeverity.Info,
            additionalLocations: null,
            properties: null,
            branches,
            limit,
            measured.Key,
            measured,
            IsAdd(join) ? "added" : "concatenated"));
    }

    private static bool IsAdd(Value value) => value is { Kind: ValueKind.Function, Name: "add" };

    /// <summary>Whether a sum is the whole of it: nobody only adds more to it.</summary>
    private static bool IsSum(Value value) => IsAdd(value) && !(value.Consumers is [var only] && IsAdd(only));

    /// <summary>What is joined; the terms of a sum of sums.</summary>
    private static List<Value> Parts(Value join)
    {
        var parts = new List<Value>();
        var open = new Stack<Value>(join.Inputs);
        var fuel = new Fuel(MostUpstream);
        while (open.Count > 0 && fuel.Burn())
        {
            var part = open.Pop();
            if (IsAdd(join) && IsAdd(part) && part.Consumers.Count == 1)
                foreach (var term in part.Inputs)
                    open.Push(term);
            else if (!parts.Contains(part))
                parts.Add(part);
        }
        return parts;
    }

    /// <summary>The largest number of inputs that come, through at least one convolution each and side by side, from one and the same tensor.</summary>
    private static int Branches(List<Value> inputs)
    {
        var fuel = new Fuel(MostUpstream);
        var upstream = inputs.ConvertAll(input => Upstream(input, fuel));
        if (!fuel.Burn())
            return 0;
        var ancestors = upstream.ConvertAll(static all => new HashSet<Value>(all.Select(static one => one.Value)));
        // The tensors from which an input comes with a convolution on the way, and the first convolutions on that way.
        var sources = upstream.ConvertAll(static all => all.Where(static one => one is { First: not null, IsMixed: false }).ToLookup(static one => one.Value, static one => one.First!));
        return sources.SelectMany(static one => one).Select(static one => one.Key).Distinct().Select(CountFrom).DefaultIfEmpty(0).Max();

        // A branch that goes through another one is in series with it, not beside it: that is a dense block. Branches that begin with one convolution part behind it.
        int CountFrom(Value source)
        {
            var taken = new HashSet<Value>();
            return Enumerable.Range(0, inputs.Count).Where(i => sources[i].Contains(source)
                && !Enumerable.Range(0, inputs.Count).Any(j => j != i && sources[j].Contains(source) && ancestors[i].Contains(inputs[j])))
                .OrderBy(i => sources[i][source].Count()).Count(i => sources[i][source].Any(taken.Add));
        }
    }

    /// <summary>
    /// The tensors that this one is computed from, and the convolution that comes next after each; and whether something else comes in before that, so that it does not see
    /// this tensor: on the way down a feature pyramid.
    /// </summary>
    private static HashSet<(Value Value, Value? First, bool IsMixed)> Upstream(Value branch, Fuel fuel)
    {
        var seen = new HashSet<(Value, Value?, bool)>();
        var open = new Stack<(Value Value, Value? First, bool IsMixed)>();
        open.Push((branch, null, false));
        while (open.Count > 0)
        {
            var (value, first, isMixed) = open.Pop();
            if (!seen.Add((value, first, isMixed)) || !fuel.Burn() || !Follows(value))
                continue;
            var isConvolution = IsConvolution(value);
            var mixes = !isConvolution && (isMixed || value.Inputs.Distinct().Count() > 1);
            foreach (var input in value.Inputs)
                open.Push((input, isConvolution ? value : first, mixes));
        }
        return seen;
    }

    /// <summary>A slice is another tensor than the whole: a branch over it does not see the whole input.</summary>
    private static bool Follows(Value value) =>
        value.Kind == ValueKind.Module || value.Kind == ValueKind.Function && value.Name is not ("index" or "narrow" or "select");

    private static bool IsConvolution(Value value) =>
        value.Kind == ValueKind.Module ? value.Layer.Convolves : value.Name is "conv2d" or "conv2d_padding";
}
