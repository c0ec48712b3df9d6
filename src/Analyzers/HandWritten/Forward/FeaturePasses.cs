using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Forward;

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
        var open = new Stack<Value>(trace.Values.Where(IsSource));
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
                if (Functions.IsNumber(consumer))
                    return true;
                else
                    open.Push(consumer);
        }
        return false;
    }

    /// <summary>What begins a map: the input, and what is made of tensors that are not followed.</summary>
    private static bool IsSource(Value value) => value.IsFeatureMap || value.Inputs.Count == 0
        && value is { Kind: ValueKind.Module } or { Kind: ValueKind.Function, Name: "cat" or "concat" or "concatenate" or "stack" };

    /// <summary>x[.., 0]: one of a dimension.</summary>
    private static bool IsOne(Value value) => value is { Name: "index", Origin: IPropertyReferenceOperation property } && property.Arguments.SelectMany(static argument => argument.Value.Elements() ?? [argument.Value]).Any(static index =>
    {
        while (index is IConversionOperation conversion)
            index = conversion.Operand;
        return index.ConstantValue is { HasValue: true, Value: int or long };
    });

    private static bool IsSmall(Value value, FlowShapes shapes) => value.Kind == ValueKind.Function && (Reducing.Contains(value.Name) || Functions.IsGlobalPool(value) || IsOne(value))
        || shapes.Of(value) is { Flat: true } or { OnePixel: true };
}
