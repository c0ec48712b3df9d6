using Blockwright.Onnx.Format;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Onnx.Graphs;

/// <summary>The shapes of a network's values in an export, where sizes may be open.</summary>
internal sealed class OpenSizes
{
    private const string Images = "N";
    private const string Rows = "height";
    private const string Columns = "width";

    private readonly string _network;
    private readonly NodePlan _nodes;
    private readonly int? _batch;
    private readonly (int Height, int Width)[] _sizes;
    private readonly bool[] _isOpen;

    /// <exception cref="ArgumentException">The network does not take the size, or takes no other, or the options contradict themselves.</exception>
    public OpenSizes(NetworkPlans plans, NodePlan nodes, OnnxOptions options)
    {
        if (options.OpenSize && (options.Height ?? options.Width) is not null)
            throw new ArgumentException($"Heights and widths are left open, or they are what is named: {nameof(OnnxOptions.OpenSize)} goes without {nameof(OnnxOptions.Height)} and {nameof(OnnxOptions.Width)}.");
        (_network, _nodes, _batch) = (plans.Network, nodes, options.Batch);
        _isOpen = new bool[nodes.Grids.Length];
        var (height, width) = options.OpenSize ? (plans.Height, plans.Width) : (options.Height ?? plans.Height, options.Width ?? plans.Width);
        _sizes = GridSizes.Of(plans.Network, nodes.Grids, nodes.SizeRules, height, width);
        if (!options.OpenSize)
            return;
        for (var i = 0; i < _isOpen.Length; i++)
        {
            var grid = nodes.Grids[i];
            _isOpen[i] = grid.Kind is GridKind.Input || (grid.From >= 0 && _isOpen[grid.From] && !(grid.Kind is GridKind.Resized && grid.Resizing.IsFixed));
        }
        if (nodes.SizeRules.FirstOrDefault(rule => rule.Other < 0 && _isOpen[rule.Grid]) is { } rule)
        {
            var (declared, read) = (nodes.Grids[0], nodes.Grids[rule.Grid]);
            throw new ArgumentException(
                Invariant($"{plans.Network}: heights and widths cannot be left open: {rule.Where} takes maps of {read.Height} x {read.Width}, which an input of {declared.Height} x {declared.Width} gives. Export it for one size."));
        }
    }

    /// <summary>A value's dimensions; an open one that is not the input's own has no name.</summary>
    public IEnumerable<TensorShapeProto.Types.Dimension> Dimensions(int node)
    {
        var (of, (height, width)) = (_nodes.Nodes[node], _sizes[_nodes.Nodes[node].Grid]);
        yield return _batch is { } batch ? Fixed(batch) : new() { DimParam = Images };
        if (!of.Dimensions.IsEmpty)
        {
            foreach (var size in of.Dimensions)
                yield return size.IsFixed || !_isOpen[of.Grid] ? Fixed(size.At((height, width))) : new();
            yield break;
        }
        yield return Fixed(of.Channels);
        if (of.IsFlat)
            yield break;
        var isInput = _nodes.Grids[of.Grid].Kind is GridKind.Input;
        yield return !_isOpen[of.Grid] ? Fixed(height) : isInput ? new() { DimParam = Rows } : new();
        yield return !_isOpen[of.Grid] ? Fixed(width) : isInput ? new() { DimParam = Columns } : new();
    }

    /// <summary>A value's height and width, where its windows follow of them.</summary>
    /// <exception cref="ArgumentException">They are open.</exception>
    public (int Height, int Width) Known(int node, string reader) => !_isOpen[_nodes.Nodes[node].Grid]
        ? _sizes[_nodes.Nodes[node].Grid]
        : throw new ArgumentException($"{_network}: heights and widths cannot be left open: the windows of {reader} follow of the size that comes in. Export it for one size.");

    /// <summary>A value's shape as a Reshape takes it: 0 keeps the number of images. Null where it is open.</summary>
    public long[]? Shape(int node)
    {
        var (of, (height, width)) = (_nodes.Nodes[node], _sizes[_nodes.Nodes[node].Grid]);
        return of.IsFlat ? [0, of.Channels] : _isOpen[of.Grid] ? null : [0, of.Channels, height, width];
    }

    private static TensorShapeProto.Types.Dimension Fixed(long size) => new() { DimValue = size };
}
