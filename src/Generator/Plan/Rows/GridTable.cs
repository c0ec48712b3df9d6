using Blockwright.Graph;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>
/// The heights and widths of a network's values as functions of the first input's, so that a plan for one size serves others, and what must hold of them. Grid 0 is that
/// input's; others grow and shrink with it; being one pixel at every size is a kind of grid, not a size.
/// </summary>
internal sealed class GridTable
{
    private readonly List<PlanGrid> _grids = [];
    private readonly HashSet<SizeRule> _rules = [];
    private readonly Dictionary<(int From, Window Window, bool CeilMode), int> _windows = [];
    private readonly Dictionary<(int From, Resizing Resizing), int> _resized = [];
    private readonly int[] _gridOfNode;
    private int _point = -1;

    public GridTable(FlatGraph graph, CancellationToken cancellation)
    {
        _gridOfNode = new int[graph.Nodes.Count];
        var input = graph.Nodes[0].Shape;
        _grids.Add(new(GridKind.Input, -1, Window.Pixel, false, (int)input.Height.Size!, (int)input.Width.Size!));
        for (var i = 1; i < graph.InputCount; i++)
            _gridOfNode[i] = InProportion(graph.Nodes[i].Shape);
        foreach (var node in graph.Made)
        {
            cancellation.ThrowIfCancellationRequested();
            _gridOfNode[node.Id] = node is { Layer: not null, Inputs.Length: 2 } ? _gridOfNode[node.Inputs[1]]
                : node.Layer?.Resizing(graph.Nodes[node.Inputs[0]].Shape) is { } resizing && !node.Shape.IsAlwaysPoint ? Resized(_gridOfNode[node.Inputs[0]], resizing, node.Shape)
                : GridOf(node, graph.KernelOf(node));
            AddRules(node, graph.KernelOf(node));
            // What it measures of each map is one pixel.
            if (graph.KernelOf(node) is { Kind: KernelKind.GroupNorm })
                Point();
        }
    }

    public EquatableArray<PlanGrid> Grids => _grids.ToEquatableArray();

    public EquatableArray<SizeRule> Rules => _rules.ToEquatableArray();

    public int Of(int node) => _gridOfNode[node];

    /// <summary>The grid of a further input: as much larger or smaller than the first as it is declared, to the pixel.</summary>
    private int InProportion(Shape input)
    {
        var ((timesHeight, overHeight), (timesWidth, overWidth)) = (Reduced((int)input.Height.Size!, _grids[0].Height), Reduced((int)input.Width.Size!, _grids[0].Width));
        return Resized(0, new Resizing(timesHeight, timesWidth, 0, 0, overHeight, overWidth) { IsExact = (overHeight, overWidth) != (1, 1) }, input);

        static (int, int) Reduced(int numerator, int denominator)
        {
            var (a, b) = (numerator, denominator);
            while (b > 0)
                (a, b) = (b, a % b);
            return (numerator / a, denominator / a);
        }
    }

    private int GridOf(FlatNode node, Kernel? kernel)
    {
        if (node.Shape.IsAlwaysPoint)
            return Point();
        var from = _gridOfNode[node.Inputs[0]];
        if (kernel is not null && kernel.Window != Window.Pixel)
            return Over(from, kernel, node.Shape);
        // A gate's grid is one pixel; the product has the other's.
        return node.Join is JoinKind.Multiply or JoinKind.Add ? node.Inputs.Select(Of).OrderBy(grid => grid == _point).ThenBy(IsPixel).First() : from;
    }

    private int Over(int from, Kernel kernel, Shape output)
    {
        if (kernel.Window.KeepsSize)
            return from;
        if (!_windows.TryGetValue((from, kernel.Window, kernel.CeilMode), out var grid))
            _windows.Add((from, kernel.Window, kernel.CeilMode), grid = Add(new(GridKind.Window, from, kernel.Window, kernel.CeilMode, (int)output.Height.Size!, (int)output.Width.Size!)));
        return grid;
    }

    private int Resized(int from, Resizing resizing, Shape output)
    {
        if (resizing.KeepsSize)
            return from;
        if (!_resized.TryGetValue((from, resizing), out var grid))
            _resized.Add((from, resizing), grid = Add(new(GridKind.Resized, from, Window.Pixel, false, (int)output.Height.Size!, (int)output.Width.Size!) { Resizing = resizing }));
        return grid;
    }

    /// <summary>What the module's forward would refuse at another size, the plan refuses too: sizes that agree only at the declared input.</summary>
    private void AddRules(FlatNode node, Kernel? kernel)
    {
        var own = _gridOfNode[node.Id];
        if ((kernel is { Kind: KernelKind.Flatten } or { ReadsPixel: true } || node.Layer is { TakesOneSize: true }) && Of(node.Inputs[0]) is var read && read != _point)
            _rules.Add(new(read, -1, Name(node)));
        if (node.Join is not { } join)
            return;
        // A product spreads a gate, and a sum a pixel that is one at every size.
        var isSpread = join is JoinKind.Multiply or JoinKind.Add;
        foreach (var grid in node.Inputs.Select(Of).Where(grid => grid != own && !(isSpread && grid == _point)))
            _rules.Add(isSpread && IsPixel(grid) && !IsPixel(own) ? new(grid, -1, Name(node)) : new(own, grid, Name(node)));
    }

    private bool IsPixel(int grid) => _grids[grid] is { Height: 1, Width: 1 };

    private static string Name(FlatNode node)
    {
        var what = node.Layer?.Kind ?? node.Join.ToString();
        var path = node.Key.Length > 0 ? node.Key : node.Use.Path;
        return path.Length == 0 ? what : $"{path}: {what}";
    }

    private int Point() => _point >= 0 ? _point : _point = Add(new(GridKind.Point, -1, Window.Pixel, false, 1, 1));

    private int Add(PlanGrid grid)
    {
        _grids.Add(grid);
        return _grids.Count - 1;
    }
}
