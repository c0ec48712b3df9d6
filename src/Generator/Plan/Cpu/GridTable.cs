using System.Collections.Immutable;
using Blockwright.Graph;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>
/// The heights and widths of a network's values as functions of the input's, so that a plan for one size serves others. Grid 0 is the input's.
/// </summary>
internal sealed class GridTable
{
    private readonly List<Grid> _grids = [];
    private readonly int[] _gridOfNode;

    public GridTable(FlatGraph graph)
    {
        _gridOfNode = new int[graph.Nodes.Count];
        var input = graph.Nodes[0].Shape;
        _grids.Add(new(-1, null, false, input.Height.Size!.Value, input.Width.Size!.Value));
        foreach (var node in graph.Nodes.Skip(1))
            _gridOfNode[node.Id] = GridOf(node);
    }

    /// <summary>The grid of one pixel, or -1 where there is none.</summary>
    public int Point { get; private set; } = -1;

    public int Of(int node) => _gridOfNode[node];

    public ImmutableArray<Grid> ToImmutableArray() => _grids.ToImmutableArray();

    private int GridOf(FlatNode node)
    {
        var from = _gridOfNode[node.Inputs[0]];
        switch (node.Layer)
        {
            case Blockwright.Graph.Convolution convolution:
                return Window(from, convolution.Kernel, convolution.Stride, convolution.Padding, convolution.Dilation, ceilMode: false, node.Shape);
            case Pool pool:
                return Window(from, pool.Kernel, pool.Stride, pool.Padding, Pair.One, pool.CeilMode, node.Shape);
            case GlobalPool or Flatten or Linear:
                return Point = Point >= 0 ? Point : Add(new(-1, null, false, 1, 1));
        }
        // A gate's grid is one pixel; the product has the other's.
        return node.Join == JoinKind.Multiply ? node.Inputs.Select(input => _gridOfNode[input]).Where(grid => grid != Point).DefaultIfEmpty(Point).First() : from;
    }

    private int Window(int from, Pair kernel, Pair stride, Pair padding, Pair dilation, bool ceilMode, Shape output)
    {
        var window = new WindowSize(Int(kernel.Height), Int(kernel.Width), Int(stride.Height), Int(stride.Width), Int(padding.Height), Int(padding.Width), Int(dilation.Height), Int(dilation.Width));
        if ((from == Point && output.IsPoint) || KeepsSize(window))
            return from;
        var existing = _grids.FindIndex(grid => grid.From == from && grid.Window == window && grid.CeilMode == ceilMode);
        return existing >= 0 ? existing : Add(new(from, window, ceilMode, output.Height.Size!.Value, output.Width.Size!.Value));
    }

    /// <summary>Whether the size that comes out is the one that goes in, whatever it is.</summary>
    private static bool KeepsSize(WindowSize window) => window is { StrideHeight: 1, StrideWidth: 1 }
        && 2 * window.PaddingHeight == window.DilationHeight * (window.KernelHeight - 1)
        && 2 * window.PaddingWidth == window.DilationWidth * (window.KernelWidth - 1);

    private int Add(Grid grid)
    {
        _grids.Add(grid);
        return _grids.Count - 1;
    }

    private static int Int(Amount amount) => (int)amount.Constant!;
}
