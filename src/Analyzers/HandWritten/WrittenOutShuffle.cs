using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Forward;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW4004: <c>x.view(n, g, c / g, h, w).transpose(1, 2).contiguous().view(n, c, h, w)</c>, in one expression or several statements. Reported only where n, h
/// and w are certainly the tensor's own, so that it is a shuffle and nothing else.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class WrittenOutShuffle() : HandWrittenAnalyzer(Descriptors.WrittenOutShuffle)
{
    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) =>
        OnCall(context, (operation, call) => Check(operation, call, torch));

    private static void Check(OperationAnalysisContext context, IInvocationOperation call, TorchSymbols torch)
    {
        if (call.TargetMethod.Name is not ("view" or "reshape") || !torch.IsTorch(call.TargetMethod) || Sizes(call) is not { Count: 4 })
            return;
        if (context.ContainingSymbol is not IMethodSymbol method
            || ForwardTrace.Of(method, call.SemanticModel ?? call.Root().SemanticModel, torch, context.CancellationToken) is not { } trace)
            return;
        if (trace.FunctionAt(call.Syntax) is not { } last
            || Match(last, trace) is not { } shuffle)
            return;
        context.ReportDiagnostic(Diagnostic.Create(
            Descriptors.WrittenOutShuffle,
            call.Syntax.GetLocation(),
            [shuffle.Steps[0].Origin!.Syntax.GetLocation()],
            Groups(shuffle),
            string.Join(", ", shuffle.Steps.Select(step => step.Name))));
    }

    private static string Groups(Shuffle shuffle) => Sizes((IInvocationOperation)shuffle.Steps[0].Origin!)![1].Syntax.ToString();

    /// <summary>The steps from the first view to the last, or null where it is no shuffle.</summary>
    private static Shuffle? Match(Value last, ForwardTrace trace)
    {
        var steps = new List<Value> { last };
        var step = Before(last);
        if (step is { Name: "contiguous" })
        {
            steps.Insert(0, step);
            step = Before(step);
        }
        if (step is null || !Swaps(step) || Before(step) is not { Name: "view" or "reshape", Inputs.Count: 1, Origin: IInvocationOperation { } first } split)
            return null;
        steps.Insert(0, step);
        steps.Insert(0, split);
        var tensor = split.Inputs[0];
        return Sizes(first) is { Count: 5 } apart && Sizes((IInvocationOperation)last.Origin!) is { Count: 4 } together
            && Constants.Whole(apart[1]) is not -1
            && Is(apart[0], 0) && Is(apart[3], 2) && Is(apart[4], 3)
            && Is(together[0], 0) && Is(together[2], 2) && Is(together[3], 3)
            ? new(steps)
            : null;

        bool Is(IOperation size, int dimension) => IsSize(size, tensor, dimension, trace);
    }

    /// <summary>The step that made the input, if this is its only reader.</summary>
    private static Value? Before(Value step) =>
        step.Inputs.Count == 1 && step.Inputs[0] is { Kind: ValueKind.Function, Consumers.Count: 1, Origin: IInvocationOperation } input ? input : null;

    private static bool Swaps(Value step) => step.Origin is IInvocationOperation call && step.Name switch
    {
        "transpose" => (Constants.Whole(call.Argument("dim0")?.Value), Constants.Whole(call.Argument("dim1")?.Value)) is (1, 2) or (2, 1),
        "permute" => call.Argument("permutation")?.Value.Elements()?.Select(Constants.Whole).SequenceEqual(new long?[] { 0, 2, 1, 3, 4 }) == true,
        _ => false,
    };

    private static IReadOnlyList<IOperation>? Sizes(IInvocationOperation call) => call.Argument("shape")?.Value.Elements();

    /// <summary>Whether the expression is the tensor's own size in that dimension: x.shape[2], x.size(2), or a local that holds one.</summary>
    private static bool IsSize(IOperation size, Value tensor, int dimension, ForwardTrace trace) => Definitions.Resolve(size) switch
    {
        IArrayElementReferenceOperation { Indices.Length: 1 } element =>
            Constants.Whole(element.Indices[0]) == dimension && trace.ShapeReadAt(Definitions.Resolve(element.ArrayReference).Syntax) == tensor,
        IInvocationOperation { TargetMethod.Name: "size", Arguments.Length: 1 } call =>
            Constants.Whole(call.Arguments[0].Value) == dimension && trace.ShapeReadAt(call.Syntax) == tensor,
        _ => false,
    };

    private sealed record Shuffle(IReadOnlyList<Value> Steps);
}
