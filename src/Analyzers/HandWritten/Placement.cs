using Blockwright.Graph.Memory;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>Where in a network a convolution stands, as far as its Sequential and the class's <c>forward</c> tell.</summary>
internal static class Placement
{
    private static readonly WeakMemory<IInvocationOperation, List<Layer>> Sequentials = new();

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
    public static bool IsLinearOrHead(IInvocationOperation convolution, TorchSymbols torch, CancellationToken cancellation)
    {
        var whole = OutermostSequential(convolution, torch) ?? Lists.SequentialOfAdded(convolution, torch) ?? convolution;
        var layers = Sequentials.Of(whole, each => new LayerReader(torch).ReadFactory(each).Flattened().ToList());
        var index = layers.FindIndex(layer => layer.Factory?.Syntax == convolution.Syntax);
        if (index < 0)
            return false;
        var uses = Uses(whole, torch, cancellation, out var trace);
        return SeesOnePixel(layers, index, null)
            || uses.Any(use => use.Inputs.Count == 1 && SeesOnePixel(layers, index, trace!.ShapeOf(use.Inputs[0])))
            || FeedsPool(layers.Skip(index + 1)) switch
            {
                null => uses.Any(FeedsPool),
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

    /// <summary>Whether a value comes to a global pool so within a few steps, on any way.</summary>
    private static bool FeedsPool(Value value)
    {
        const int MostSteps = 16;
        var seen = new HashSet<Value> { value };
        List<Value> level = [value];
        for (var step = 0; step < MostSteps && level.Count > 0; step++)
        {
            var next = new List<Value>();
            foreach (var consumer in level.SelectMany(static one => one.Consumers).Where(seen.Add))
            {
                switch (consumer.Kind)
                {
                    case ValueKind.Module when FeedsPool(consumer.Layer.Flattened()) is { } fed:
                        if (fed)
                            return true;
                        break;
                    case ValueKind.Function when Functions.IsGlobalPool(consumer):
                        return true;
                    case ValueKind.Module or ValueKind.Join:
                    case ValueKind.Function when Functions.KeepsPixels(consumer.Name):
                        next.Add(consumer);
                        break;
                }
            }
            level = next;
        }
        return false;
    }

    /// <summary>The calls, in the class's <c>forward</c>, of the member that holds the layer.</summary>
    private static IReadOnlyList<Value> Uses(IInvocationOperation layer, TorchSymbols torch, CancellationToken cancellation, out ForwardTrace? trace)
    {
        trace = null;
        if (Holder(layer) is not { ContainingType: { } type } member)
            return [];
        trace = ForwardTrace.OfForward(type, layer.SemanticModel ?? layer.Root().SemanticModel, torch, cancellation);
        return trace is null ? [] : trace.CallsOf(member).ToList();
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
