using System.Collections.Immutable;
using Blockwright.Analyzers.Configuration;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Forward;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

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

    /// <summary>Key of the diagnostic's properties: torch's one function for what is written out. Where it can take its place, the operand is an additional location.</summary>
    public const string Function = nameof(Function);

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) =>
        OnForward(context, torch, (block, _, trace) =>
        {
            if (block.OperationBlocks[0].SemanticModel is not { } model)
                return;
            var features = FeaturePasses.In(trace, trace.Shapes(model, torch, block.CancellationToken, out var _), type =>
                ForwardTrace.OfForward(type, model, torch, block.CancellationToken) is { } forward ? (forward, forward.Shapes(model, torch, block.CancellationToken, out var _)) : null);
            foreach (var last in trace.Values.Until(block.CancellationToken)
                .Where(value => Functions.IsElementwise(value) && features.Contains(value) && !value.Consumers.Any(consumer => Functions.IsElementwise(consumer) && Follows(consumer, value))))
                Check(block, last, features);
        });

    private static void Check(OperationBlockAnalysisContext context, Value last, HashSet<Value> features)
    {
        var passes = Collect(last, features);
        var syntax = last.Origin!.Syntax;
        if (passes.Count < Read(Options.MinimumPasses, context.Options, syntax) || !passes.Any(IsAvoidable) || FeaturePasses.IsReducedToANumber(last))
            return;
        var activation = passes.Exists(pass => !Functions.Arithmetic.Contains(pass.Name));
        var measured = MeasuredFor(context.Options, syntax).ElementwisePasses(activation, passes.Any(pass => Functions.Arithmetic.Contains(pass.Name)));
        var named = NamedActivation.EndingIn(last);
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.ElementwisePass,
            syntax.GetLocation(),
            DiagnosticSeverity.Info,
            named is not null && CanBeNamed(named) ? [named.Operand.GetLocation()] : null,
            Cures(last, named),
            passes.Count,
            string.Join(", ", passes.Select(pass => pass.Name)),
            measured,
            named is null ? "" : $"; it is {named.Name}"));
    }

    private static ImmutableDictionary<string, string?>? Cures(Value last, NamedActivation? named) =>
        named is not null ? CanBeNamed(named) ? ImmutableDictionary<string, string?>.Empty.Add(Function, named.Name) : null
        : CanWriteInPlace(last) ? ImmutableDictionary<string, string?>.Empty.Add(InPlace, last.Name)
        : null;

    /// <summary>All of it is one expression, whose steps nobody else reads; what it is computed of changes nothing when it is evaluated once instead of twice.</summary>
    private static bool CanBeNamed(NamedActivation named) =>
        named.Steps.All(step => named.Steps[0].Origin!.Syntax.Span.Contains(step.Origin!.Syntax.Span)) && named.Operand is Microsoft.CodeAnalysis.CSharp.Syntax.IdentifierNameSyntax;

    /// <summary>The passes that end in this one, in the order of execution: what is a chain of statements may be as long as a method.</summary>
    private static List<Value> Collect(Value last, HashSet<Value> features)
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
            foreach (var input in pass.Inputs.Distinct().Where(input => features.Contains(input) && Follows(pass, input)).Reverse())
                open.Push((input, false));
        }
        return passes;
    }

    /// <summary>Whether the pass reads what another pass wrote for it alone.</summary>
    private static bool Follows(Value pass, Value input) =>
        Functions.IsElementwise(input) && input.Consumers.Count == 1 && input.Consumers[0] == pass && (!input.Escapes && !input.Returned || pass.Alias) && !IsReadAgain(input, pass);

    /// <summary>Whether a value that is made once is read there more than once: in a loop, or by a function.</summary>
    private static bool IsReadAgain(Value made, Value reader)
    {
        var inside = reader.Origin!;
        for (var outer = inside.Parent; outer is not null && !outer.Syntax.Span.Contains(made.Origin!.Syntax.Span); (inside, outer) = (outer, outer.Parent))
            if (outer is IAnonymousFunctionOperation or ILocalFunctionOperation || outer is ILoopOperation loop && !IsDoneOnce(inside, loop))
                return true;
        return false;
    }

    /// <summary>What a loop goes through, and what it begins with.</summary>
    private static bool IsDoneOnce(IOperation part, ILoopOperation loop) => loop switch
    {
        IForEachLoopOperation each => each.Collection == part,
        IForLoopOperation counted => counted.Before.Contains(part),
        _ => false,
    };

    private static bool IsAvoidable(Value pass) => !pass.InPlace && pass.Inputs.Any(input => Follows(pass, input));

    /// <summary>
    /// A rectifier over the result of arithmetic: neither's gradient needs what it overwrites. A tensor that the method disposes is not to be handed out.
    /// </summary>
    private static bool CanWriteInPlace(Value pass) =>
        pass is { InPlace: false, Name: "relu" or "relu6", Inputs.Count: 1 } && pass.Inputs[0] is { Fresh: true, Disposed: false } input
        && Follows(pass, input) && Functions.Arithmetic.Contains(input.Name);
}
