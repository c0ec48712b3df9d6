using System.Collections.Immutable;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>
/// A network as operations on tensors whose channels are named one by one: which row of which tensor each channel is that an operation reads. No split, concatenation or
/// shuffle is left. Nothing in it speaks of a device: where rows lie in memory is each device's to say.
/// </summary>
/// <param name="Element">The type of what is computed.</param>
/// <param name="Grids">Heights and widths; grid 0 is the input's.</param>
/// <param name="SizeRules">What sizes have to be for the network to take an input.</param>
/// <param name="Tensors">The first are the inputs; each other one is the result of one operation.</param>
/// <param name="Operations">In an order in which each comes after what it reads.</param>
/// <param name="Results">What comes out.</param>
internal sealed record RowsPlan(
    ElementType Element,
    EquatableArray<PlanGrid> Grids,
    EquatableArray<SizeRule> SizeRules,
    EquatableArray<RowTensor> Tensors,
    EquatableArray<RowOperation> Operations,
    EquatableArray<RowResult> Results)
{
    /// <summary>How many of the tensors come in.</summary>
    public int Inputs { get; private init; } = 1;

    /// <summary>Further values that may be asked for by a name, which bind nobody. What only an operation's epilogue has is none of them.</summary>
    public EquatableArray<RowResult> Named { get; private init; }

    /// <summary>Plans an opened network; what has no kernel, torch computes.</summary>
    public static RowsPlan Of(FlatGraph graph, FusionRules rules, CancellationToken cancellation = default)
    {
        var operations = FusedOperation.Of(graph, rules, cancellation);
        var grids = new GridTable(graph, cancellation);
        var tensors = graph.Nodes.Take(graph.InputCount).Select(input => new RowTensor(input.Channels, grids.Of(input.Id))).ToList();
        var tensorOfNode = Enumerable.Range(0, graph.InputCount).ToDictionary(static input => input, static input => input);
        foreach (var operation in operations)
        {
            tensorOfNode[operation.Result.Id] = tensors.Count;
            tensors.Add(new(operation.Result.Channels, grids.Of(operation.Result.Id)));
        }
        var values = new ValueRows(graph, tensorOfNode, cancellation);
        return new(
            ElementType.Float32,
            grids.Grids,
            grids.Rules,
            tensors.ToEquatableArray(),
            operations.Select(operation => RowOperation.Of(operation, graph, values, tensorOfNode[operation.Result.Id])).ToEquatableArray(),
            graph.Results.Select(result => Result(result.Name, result.Node)).ToEquatableArray())
        {
            Inputs = graph.InputCount,
            Named = graph.Named.Where(value => value.Node >= 0 && values[value.Node].Count > 0).Select(value => Result(value.Name, value.Node)).ToEquatableArray(),
        };

        RowResult Result(string name, int node) => new(name, values[node], grids.Of(node), graph.Nodes[node].Shape.IsFlat) { Dimensions = NodePlanner.DimensionsOf(graph.Nodes[node].Shape) };
    }

    /// <summary>The grid of one pixel, which what is measured of whole maps has.</summary>
    public int PointGrid => Grids.Items.IndexOf(Grids.First(static grid => grid.Kind == GridKind.Point));

    /// <summary>For each tensor the number of the last operation that reads it: from there on its memory is free. Results are read at the end.</summary>
    public ImmutableArray<int> LastReaders()
    {
        var last = new int[Tensors.Count];
        for (var i = 0; i < Operations.Count; i++)
        {
            foreach (var row in Operations[i].Operands.SelectMany(static operand => operand))
                last[row.Tensor] = i;
        }
        foreach (var row in Results.SelectMany(static result => result.Rows))
            last[row.Tensor] = Operations.Count;
        return last.ToImmutableArray();
    }
}

/// <summary>One of the values that come out.</summary>
/// <param name="Name">Its name among others; empty where it is the only one.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Grid">Its height and width.</param>
/// <param name="IsFlat">Whether it is N x F.</param>
internal sealed record RowResult(string Name, EquatableArray<Row> Rows, int Grid, bool IsFlat)
{
    /// <summary>Its sizes, where it is neither a map nor features: its rows then hold its elements one behind another.</summary>
    public ImmutableArray<PlanDimension> Dimensions { get; init; } = ImmutableArray<PlanDimension>.Empty;

    /// <summary>What a device's plan says of it.</summary>
    public PlanResult Planned => new(Name, Rows.Count, Grid, IsFlat) { Dimensions = Dimensions };
}

/// <summary>A channel of a tensor.</summary>
internal readonly record struct Row(int Tensor, int Channel)
{
    /// <summary>A tensor's rows in their order.</summary>
    public static EquatableArray<Row> AllOf(int tensor, int channels)
    {
        var rows = ImmutableArray.CreateBuilder<Row>(channels);
        for (var channel = 0; channel < channels; channel++)
            rows.Add(new(tensor, channel));
        return new(rows.MoveToImmutable());
    }

    public override string ToString() => $"t{Tensor}.{Channel}";
}

/// <summary>What one operation makes.</summary>
internal sealed record RowTensor(int Channels, int Grid);

/// <summary>What one kernel computes.</summary>
/// <param name="Kernel">What it computes.</param>
/// <param name="Operands">The rows that it reads of each operand; those of the epilogue's sums come last.</param>
/// <param name="Result">The tensor that it makes.</param>
/// <param name="Weights">What it computes with, if anything.</param>
/// <param name="Epilogue">What is done to each element before it is written, in order.</param>
internal sealed record RowOperation(
    Kernel Kernel, EquatableArray<EquatableArray<Row>> Operands, int Result, PlanWeights? Weights, EquatableArray<EpilogueStep> Epilogue)
{
    /// <summary>Of what torch computes: its layers, for people.</summary>
    public string Layers { get; private init; } = "";

    /// <summary>Of what is done to values of any sizes: what; else null.</summary>
    public Arrangement? Arrangement { get; private init; }

    public static RowOperation Of(FusedOperation operation, FlatGraph graph, ValueRows values, int result)
    {
        // What is spread comes behind what it is spread over.
        var operands = operation.Kernel.Kind is KernelKind.Multiply or KernelKind.Add
            ? operation.Operands.OrderBy(operand => !graph.IsWhole(operation.First, operand)).ThenBy(operand => graph.Nodes[operand].Shape.IsAlwaysPoint).ThenBy(operand => graph.Nodes[operand].Shape.IsPoint)
            : operation.Operands.AsEnumerable();
        return new(
            operation.Kernel,
            operands.Select(operand => values[operand]).ToEquatableArray(),
            result,
            WeightsOf(operation, graph),
            operation.Epilogue.ToEquatableArray())
        {
            Layers = operation.Island?.Placed ?? "",
            Arrangement = operation.Arrangement is { } chain ? Arrangement.Of(chain, graph) : null,
        };
    }

    private static PlanWeights? WeightsOf(FusedOperation operation, FlatGraph graph)
    {
        var kernel = operation.Kernel;
        if (kernel.WeightShape.Count == 0)
            return null;
        var isNorm = kernel.Kind == KernelKind.Affine;
        return new(isNorm ? "" : operation.First.Key, kernel.WeightShape.ToImmutableArray(), kernel.HasBias, operation.Norm?.Key ?? "", operation.Norm is { } norm ? graph.KernelOf(norm)!.Eps : 0)
        {
            TransposedGroups = kernel.Kind == KernelKind.ConvTranspose ? kernel.Groups : 0,
            Plus = operation.Summed.Select(branch => new PlanWeights(
                branch.Convolution?.Key ?? "", branch.Kernel?.WeightShape.ToImmutableArray() ?? ImmutableArray.Create(kernel.WeightShape[0]), branch.Kernel?.HasBias ?? false, branch.Norm?.Key ?? "", branch.Eps)).ToImmutableArray(),
        };
    }
}
