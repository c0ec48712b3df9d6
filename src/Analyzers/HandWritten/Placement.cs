using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>Where in a network a convolution stands, as far as its Sequential and the class's <c>forward</c> tell.</summary>
internal static class Placement
{
    /// <summary>The outermost Sequential that the call is written into as a child, or null.</summary>
    public static IInvocationOperation? OutermostSequential(IInvocationOperation call, TorchSymbols torch)
    {
        IInvocationOperation? outermost = null;
        for (var parent = call.Parent; parent is not null; parent = parent.Parent)
            if (parent is IInvocationOperation sequential && torch.IsFactory(sequential.TargetMethod, "Sequential"))
                outermost = sequential;
            else if (parent is not (IArgumentOperation or IConversionOperation or IParenthesizedOperation or ITupleOperation)
                && parent is not (IArrayInitializerOperation or IArrayCreationOperation) && parent.Syntax is not CollectionExpressionSyntax)
                break;
        return outermost;
    }

    /// <summary>
    /// Whether a 1x1 convolution sees one pixel (it is a linear layer, as in squeeze-and-excite) or feeds the global pool (the head): guideline G1
    /// is not about those.
    /// </summary>
    public static bool IsLinearOrHead(IInvocationOperation convolution, TorchSymbols torch)
    {
        var whole = OutermostSequential(convolution, torch) ?? Lists.SequentialOfAdded(convolution, torch) ?? convolution;
        var layers = new LayerReader(torch).ReadFactory(whole).Flattened().ToList();
        var index = layers.FindIndex(layer => layer.Factory?.Syntax == convolution.Syntax);
        if (index < 0)
            return false;
        var uses = Uses(whole, torch, out var trace);
        return SeesOnePixel(layers, index, null)
            || uses.Any(use => use.Inputs.Count == 1 && SeesOnePixel(layers, index, trace!.ShapeOf(use.Inputs[0])))
            || FeedsPool(layers.Skip(index + 1)) switch
            {
                null => uses.Any(use => FeedsPool(use, 16)),
                var fed => fed.Value,
            };
    }

    private static bool SeesOnePixel(List<Layer> layers, int index, Shape? input)
    {
        foreach (var layer in layers.Take(index))
            input = ShapeFlow.Through(layer, input, null);
        return input is { Flat: false, OnePixel: true };
    }

    /// <summary>Whether a global pool follows with only normalizations and activations between; null if the layers end before that is decided.</summary>
    private static bool? FeedsPool(IEnumerable<Layer> layers)
    {
        foreach (var layer in layers)
            switch (layer.Kind)
            {
                case LayerKind.Normalization or LayerKind.Elementwise:
                    continue;
                case LayerKind.GlobalPool:
                    return true;
                default:
                    return false;
            }
        return null;
    }

    private static bool FeedsPool(Value value, int depth) => depth > 0 && value.Consumers.Any(consumer => consumer.Kind switch
    {
        ValueKind.Module => FeedsPool(consumer.Layer.Flattened()) ?? FeedsPool(consumer, depth - 1),
        ValueKind.Function => Functions.IsGlobalPool(consumer) || Functions.KeepsPixels(consumer.Name) && FeedsPool(consumer, depth - 1),
        ValueKind.Join => FeedsPool(consumer, depth - 1),
        _ => false,
    });

    /// <summary>The calls, in the class's <c>forward</c>, of the member that holds the layer.</summary>
    private static IReadOnlyList<Value> Uses(IInvocationOperation layer, TorchSymbols torch, out ForwardTrace? trace)
    {
        trace = null;
        if (Holder(layer) is not { ContainingType: { } type } member)
            return [];
        trace = ForwardTrace.OfForward(type, layer.SemanticModel ?? layer.Root().SemanticModel, torch);
        return trace is null ? [] : trace.Values
            .Where(value => value.Kind == ValueKind.Module && SymbolEqualityComparer.Default.Equals(value.Member, member)).ToList();
    }

    private static ISymbol? Holder(IOperation layer)
    {
        var parent = layer.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            parent = parent.Parent;
        return parent switch
        {
            ISimpleAssignmentOperation assignment => assignment.Target.OwnMember(),
            IFieldInitializerOperation { InitializedFields.Length: 1 } field => field.InitializedFields[0],
            IPropertyInitializerOperation { InitializedProperties.Length: 1 } property => property.InitializedProperties[0],
            _ => null,
        };
    }
}
