using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>What nodes and passes cost, for one image of the declared size: counted in <see cref="OperationCost"/>.</summary>
public static class Cost
{
    /// <summary>A node by itself, as torch's operations compute it.</summary>
    /// <exception cref="OverflowException">64 bits do not hold it.</exception>
    public static OperationCost Of(FlatGraph graph, FlatNode node) => OperationCost.Of(
        Parameters(node), MultiplyAdds(graph, node), node.Read.Sum(input => Values(graph.Nodes[input].Shape)), node.Channels, Height(node.Shape), Width(node.Shape), IsView(node));

    /// <summary>A pass of a device: what it covers is one operation, whose maps are read and written once.</summary>
    /// <exception cref="OverflowException">64 bits do not hold it.</exception>
    public static OperationCost Of(FlatGraph graph, FusedOperation operation)
    {
        // What is added to the weights of another is neither read nor multiplied.
        var added = operation.Summed.SelectMany(static branch => branch.Nodes).Select(static node => node.Id).ToImmutableHashSet();
        var computed = operation.Nodes.Where(node => !added.Contains(node.Id)).ToList();
        return new(
            computed.Aggregate(0L, static (sum, node) => checked(sum + Parameters(node))),
            computed.Aggregate(0L, (sum, node) => checked(sum + MultiplyAdds(graph, node))),
            operation.Operands.Distinct().Aggregate(0L, (sum, operand) => checked(sum + Values(graph.Nodes[operand].Shape))),
            Values(operation.Result.Shape));
    }

    public static long Parameters(FlatNode node) => node.Layer?.Parameters.Constant ?? 0;

    /// <summary>Multiply-adds for each pixel of the result, or, as the layer says, of the input.</summary>
    public static long PerPixel(FlatNode node) => node.Layer?.MultiplyAddsPerPixel ?? 0;

    public static long MultiplyAdds(FlatGraph graph, FlatNode node) => node.Layer?.MultiplyAdds(graph.Nodes[node.Inputs[0]].Shape, node.Shape) ?? 0;

    /// <summary>Whether torch gives a view: nothing is moved.</summary>
    public static bool IsView(FlatNode node) => node.Inputs.IsEmpty || node.IsSlice || node.Layer is { IsView: true };

    public static long Pixels(Shape shape) => checked(Height(shape) * Width(shape));

    public static long Values(Shape shape) => OperationCost.Values(shape.Channels.Constant!.Value, Height(shape), Width(shape));

    private static long Height(Shape shape) => shape.Height.Size ?? 1;

    private static long Width(Shape shape) => shape.Width.Size ?? 1;
}
