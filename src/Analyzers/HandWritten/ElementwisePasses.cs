using System.Collections.Immutable;
using Blockwright.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW4001, hand-written: activations and arithmetic in <c>forward</c> that directly follow one another, where one writes a new tensor though it is the
/// only reader of the one before. Code that already writes in place is left alone. Always a remark: what is written is right, and often small.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ElementwisePasses() : HandWrittenAnalyzer(Descriptors.ElementwisePass)
{
    /// <summary>Key of the diagnostic's properties: the last pass is certainly right in place, too.</summary>
    public const string InPlace = nameof(InPlace);

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) =>
        OnForward(context, torch, (block, _, trace) =>
        {
            var features = FeatureMaps(trace);
            foreach (var last in trace.Values.Until(block.CancellationToken)
                .Where(value => IsPass(value) && !value.Consumers.Any(consumer => IsPass(consumer) && Follows(consumer, value)) && features.Contains(value)))
                Check(block, last);
        });

    private static void Check(OperationBlockAnalysisContext context, Value last)
    {
        var passes = Collect(last);
        var syntax = last.Origin!.Syntax;
        if (passes.Count < Read(Options.MinimumPasses, context.Options, syntax) || !passes.Any(IsAvoidable))
            return;
        var activation = passes.Any(pass => Functions.Activations.Contains(pass.Name));
        var measured = Paper.Elementwise(activation, passes.Any(pass => Functions.Arithmetic.Contains(pass.Name)),
            Read(Options.Target, context.Options, syntax));
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.ElementwisePass,
            syntax.GetLocation(),
            DiagnosticSeverity.Info,
            additionalLocations: null,
            CanWriteInPlace(last) ? ImmutableDictionary<string, string?>.Empty.Add(InPlace, last.Name) : null,
            passes.Count,
            string.Join(", ", passes.Select(pass => pass.Name)),
            measured));
    }

    /// <summary>The tensors that come from what forward is given first, or from a module: arithmetic on weights, masks and lengths alone is small.</summary>
    private static HashSet<Value> FeatureMaps(ForwardTrace trace)
    {
        var found = new HashSet<Value>();
        var open = new Stack<Value>(trace.Values.Where(static value => value.IsFeatureMap || value.Kind == ValueKind.Module));
        while (open.Count > 0)
        {
            var value = open.Pop();
            if (!found.Add(value))
                continue;
            foreach (var consumer in value.Consumers)
                open.Push(consumer);
        }
        return found;
    }

    /// <summary>The passes that end in this one, in the order of execution: what is a chain of statements may be as long as a method.</summary>
    private static List<Value> Collect(Value last)
    {
        var passes = new List<Value>();
        var open = new Stack<(Value Pass, bool IsLast)>([(last, false)]);
        while (open.Count > 0)
        {
            var (pass, isLast) = open.Pop();
            if (isLast)
            {
                passes.Add(pass);
                continue;
            }
            open.Push((pass, true));
            foreach (var input in pass.Inputs.Distinct().Where(input => Follows(pass, input)).Reverse())
                open.Push((input, false));
        }
        return passes;
    }

    /// <summary>Whether the pass reads what another pass wrote for it alone.</summary>
    private static bool Follows(Value pass, Value input) =>
        IsPass(input) && input.Consumers.Count == 1 && input.Consumers[0] == pass && (!input.Escapes && !input.Returned || pass.Alias);

    private static bool IsAvoidable(Value pass) => !pass.InPlace && pass.Inputs.Any(input => Follows(pass, input));

    /// <summary>
    /// A rectifier over the result of arithmetic: neither's gradient needs what it overwrites. A tensor that the method disposes is not to be handed out.
    /// </summary>
    private static bool CanWriteInPlace(Value pass) =>
        pass is { InPlace: false, Name: "relu" or "relu6", Inputs.Count: 1 } && pass.Inputs[0] is { Fresh: true, Disposed: false } input
        && Follows(pass, input) && Functions.Arithmetic.Contains(input.Name);

    private static bool IsPass(Value value) =>
        value.Kind == ValueKind.Function && (Functions.Activations.Contains(value.Name) || Functions.Arithmetic.Contains(value.Name));
}
