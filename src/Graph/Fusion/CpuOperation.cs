using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>The kinds of kernels.</summary>
public enum CpuKind
{
    Convolution,
    Depthwise,
    Affine,
    Activation,
    MaxPool,
    AvgPool,
    GlobalPool,
    Add,
    Multiply,

    /// <summary>A map of more than one pixel to features, in torch's order.</summary>
    Flatten,
}

/// <summary>
/// What one kernel computes: a node and those behind it that its epilogue takes in. Splits, concatenations, shuffles and dropouts are no operations: they
/// only rename channels.
/// </summary>
/// <param name="Nodes">The nodes it covers, in order.</param>
/// <param name="Operands">The values it reads; a residual comes last.</param>
public sealed record CpuOperation(CpuKind Kind, ImmutableArray<FlatNode> Nodes, ImmutableArray<int> Operands, bool HasResidual = false)
{
    public FlatNode First => Nodes[0];

    public FlatNode Result => Nodes[Nodes.Length - 1];

    public FlatNode? Norm => Nodes.Skip(Kind == CpuKind.Affine ? 0 : 1).FirstOrDefault(static node => node.Layer is BatchNorm);

    public Activation? Activation => Result.Layer as Activation;

    /// <summary>Whether channel c of the result depends on channel c of the first operand alone.</summary>
    public bool IsChannelwise => Kind is not (CpuKind.Convolution or CpuKind.Flatten);

    /// <summary>The operations of a network, in an order in which each comes after what it reads.</summary>
    public static ImmutableArray<CpuOperation> Of(FlatGraph graph)
    {
        var covered = new HashSet<int>();
        var operations = new List<CpuOperation>();
        foreach (var node in graph.Nodes)
        {
            if (!covered.Contains(node.Id) && KindOf(node) is { } kind)
                operations.Add(Cover(graph, node, kind, covered));
        }
        // An operation with a residual waits for it: it stands where its last node does.
        return operations.OrderBy(static operation => operation.Result.Id).ToImmutableArray();
    }

    /// <summary>Whether a node only renames its input's channels.</summary>
    public static bool IsRenaming(FlatGraph graph, FlatNode node) =>
        node.IsSlice || node.Join == JoinKind.Concat || node.Layer is ChannelShuffle or Dropout || (node.Layer is Flatten && graph.Nodes[node.Inputs[0]].Shape is { IsFlat: true } or { IsPoint: true });

    private static CpuKind? KindOf(FlatNode node) => node switch
    {
        { Layer: Convolution { IsDepthwise: true } } => CpuKind.Depthwise,
        { Layer: Convolution or Linear } => CpuKind.Convolution,
        { Layer: BatchNorm } => CpuKind.Affine,
        { Layer: Blockwright.Graph.Activation } => CpuKind.Activation,
        { Layer: Pool { IsMax: true } } => CpuKind.MaxPool,
        { Layer: Pool } => CpuKind.AvgPool,
        { Layer: GlobalPool } => CpuKind.GlobalPool,
        { Layer: Flatten } => CpuKind.Flatten,
        { Join: JoinKind.Add } => CpuKind.Add,
        { Join: JoinKind.Multiply } => CpuKind.Multiply,
        _ => null,
    };

    private static CpuOperation Cover(FlatGraph graph, FlatNode node, CpuKind kind, HashSet<int> covered)
    {
        var nodes = new List<FlatNode> { node };
        var operands = node.Inputs.ToList();
        var hasResidual = false;
        if (kind is CpuKind.Convolution or CpuKind.Depthwise && Next() is { Layer: BatchNorm } norm)
            nodes.Add(norm);
        if (kind is CpuKind.Convolution && Next() is { Join: JoinKind.Add, Inputs.Length: 2 } add && !covered.Contains(add.Id))
        {
            operands.Add(add.Inputs[0] == nodes[nodes.Count - 1].Id ? add.Inputs[1] : add.Inputs[0]);
            nodes.Add(add);
            hasResidual = true;
        }
        if (kind is not (CpuKind.Activation or CpuKind.MaxPool or CpuKind.AvgPool or CpuKind.GlobalPool or CpuKind.Flatten) && Next() is { Layer: Blockwright.Graph.Activation } activation)
            nodes.Add(activation);
        covered.UnionWith(nodes.Select(static each => each.Id));
        return new(kind, nodes.ToImmutableArray(), operands.ToImmutableArray(), hasResidual);

        FlatNode? Next() => graph.OnlyConsumer(nodes[nodes.Count - 1].Id);
    }
}
