using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
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

    /// <summary>A loss of losses of losses; deeper ones are taken for maps.</summary>
    private const int MaximumDepth = 3;

    /// <param name="trace">The dataflow of a <c>forward</c>.</param>
    /// <param name="shapes">Its shapes.</param>
    /// <param name="inside">The dataflow of the <c>forward</c> that a class has, and its shapes.</param>
    public static HashSet<Value> In(ForwardTrace trace, FlowShapes shapes, Func<INamedTypeSymbol, (ForwardTrace Trace, FlowShapes Shapes)?> inside) =>
        In(trace, shapes, inside, MaximumDepth);

    private static HashSet<Value> In(ForwardTrace trace, FlowShapes shapes, Func<INamedTypeSymbol, (ForwardTrace Trace, FlowShapes Shapes)?> inside, int depth)
    {
        var found = new HashSet<Value>();
        var spread = new HashSet<Value>();
        var open = new Stack<(Value Value, bool IsSpread)>(trace.Values.Where(IsSource).Select(static source => (source, false)));
        while (open.Count > 0)
        {
            var (value, isSpread) = open.Pop();
            if (found.Contains(value) || IsSmall(value, shapes) || value.Kind == ValueKind.Module && GivesSmall(value, trace, inside, depth))
                continue;
            // A dimension of one is there to be spread over another tensor's: what is computed before that is smaller than what comes of it.
            isSpread = value.Kind == ValueKind.Function && (value.Name == "unsqueeze" || isSpread && (Functions.Arithmetic.Contains(value.Name) || Functions.KeepsPixels(value.Name)));
            if (!(isSpread ? spread : found).Add(value))
                continue;
            foreach (var consumer in value.Consumers)
                open.Push((consumer, isSpread));
        }
        return found;
    }

    /// <summary>Whether all that the called object's <c>forward</c> gives is small: a loss of one's own.</summary>
    private static bool GivesSmall(Value call, ForwardTrace trace, Func<INamedTypeSymbol, (ForwardTrace Trace, FlowShapes Shapes)?> inside, int depth)
    {
        if (depth == 0 || trace.LayerOf(call, trace.Self).Thing?.Type is not { } type || inside(type) is not { Trace.Returned.Count: > 0 } called)
            return false;
        var features = In(called.Trace, called.Shapes, inside, depth - 1);
        return called.Trace.Returned.All(returned => returned.IsTensor && IsOf(returned, called.Trace) && !features.Contains(returned));
    }

    /// <summary>Whether the value is computed from what the method is given first.</summary>
    private static bool IsOf(Value value, ForwardTrace trace)
    {
        var seen = new HashSet<Value>();
        var open = new Stack<Value>(trace.Values.Where(static one => one.IsFeatureMap));
        while (open.Count > 0)
        {
            var next = open.Pop();
            if (next == value)
                return true;
            if (seen.Add(next))
                foreach (var consumer in next.Consumers)
                    open.Push(consumer);
        }
        return false;
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

    private static bool IsSmall(Value value, FlowShapes shapes) => value.Kind == ValueKind.Function && (Reducing.Contains(value.Name) || Functions.IsLoss(value) || Functions.IsGlobalPool(value) || IsOne(value))
        || shapes.Of(value) is { Flat: true } or { OnePixel: true };
}
