using System.Collections.Immutable;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// The tensors that are as large as the feature map: they come from what forward is given first. Weights, masks and lengths are small; so is what is left of a map that is
/// reduced, or one pixel, or features without height and width, or one channel of it.
/// </summary>
internal static class FeaturePasses
{
    private static readonly ImmutableHashSet<string> Reducing = ImmutableHashSet.Create(
        "mean", "sum", "var", "std", "std_mean", "var_mean", "norm", "max", "min", "amax", "amin", "argmax", "argmin", "prod", "median", "logsumexp", "select", "all", "any", "numel");

    public static HashSet<Value> In(ForwardTrace trace, FlowShapes shapes)
    {
        var found = new HashSet<Value>();
        var open = new Stack<Value>(trace.Values.Where(static value => value.IsFeatureMap || value is { Kind: ValueKind.Module, Inputs.Count: 0 }));
        while (open.Count > 0)
        {
            var value = open.Pop();
            if (IsSmall(value, shapes) || !found.Add(value))
                continue;
            foreach (var consumer in value.Consumers)
                open.Push(consumer);
        }
        return found;
    }

    /// <summary>Whether all that becomes of a value is one number: it is a loss's, and computed over predictions.</summary>
    public static bool IsReducedToANumber(Value from)
    {
        const int MostSteps = 64;
        var seen = new HashSet<Value>();
        var open = new Stack<Value>([from]);
        while (open.Count > 0 && seen.Count < MostSteps)
        {
            var value = open.Pop();
            if (!seen.Add(value))
                continue;
            foreach (var consumer in value.Consumers)
                if (IsNumber(consumer))
                    return true;
                else
                    open.Push(consumer);
        }
        return false;
    }

    /// <summary>mean() and sum() over everything.</summary>
    private static bool IsNumber(Value value) => value is { Kind: ValueKind.Function, Name: "mean" or "sum" or "nanmean" or "nansum",
        Origin: Microsoft.CodeAnalysis.Operations.IInvocationOperation call }
        && call.Arguments.All(static argument => argument.IsImplicit || argument.Parameter?.Name is "type" or "input");

    private static bool IsSmall(Value value, FlowShapes shapes) => value.Kind == ValueKind.Function && (Reducing.Contains(value.Name) || Functions.IsGlobalPool(value))
        || shapes.Of(value) is { Flat: true } or { OnePixel: true };
}
