using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>What a chain of layers does to a value of any sizes.</summary>
/// <param name="Sizes">The sizes that come in.</param>
/// <param name="Layers">What is done, in order.</param>
/// <param name="IsHeld">Whether what comes out is a map or features.</param>
internal sealed record Arrangement(EquatableArray<PlanDimension> Sizes, EquatableArray<ArrangedLayer> Layers, bool IsHeld)
{
    public static Arrangement Of(NodeChain chain, FlatGraph graph)
    {
        // What fits one size alone is of numbers.
        var isOfOneSize = chain.Nodes.Any(static node => node.Layer!.TakesOneSize);
        var layers = chain.Nodes.Zip(chain.Arranged(graph)!.Value, (node, arranged) => new ArrangedLayer(arranged, SizesOf(node.Shape)));
        return new(SizesOf(chain.Inputs[0].Shape), layers.ToEquatableArray(), chain.Result.Shape.IsHeld);

        EquatableArray<PlanDimension> SizesOf(Shape shape) => shape.Sizes.Select(size => isOfOneSize ? new(size.At(shape.Height, shape.Width)!.Value, 0, 0) : NodePlanner.DimensionOf(size)).ToEquatableArray();
    }
}

/// <summary>What is done to a value, and the sizes that come out.</summary>
internal sealed record ArrangedLayer(Arranged Does, EquatableArray<PlanDimension> Sizes);
