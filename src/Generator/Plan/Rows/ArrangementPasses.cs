using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan.Rows;

/// <summary>
/// The fewest passes over memory that do what an <see cref="Arrangement"/> says. Sizes and their order are names of pieces of what lies there, as long as it can be: a reshape groups the pieces or cuts them, a permutation names them in
/// another order, and both wait, as an activation does, for a pass that moves elements anyway. A softmax is of a set of pieces, whatever their order, so that it waits for nothing where they lie together.
/// </summary>
internal sealed class ArrangementPasses
{
    private const int Axes = 3;

    private readonly List<ArrangementPass> _passes = [];

    // As they lie, and which of a map's axes each is a part of.
    private List<(PlanDimension Size, int Axis)> _pieces;

    // As the value has them, and how many make up each of its sizes.
    private List<int> _order;
    private List<int> _counts;
    private bool _arePixels;
    private PlanFunction _function = PlanFunction.None;

    private ArrangementPasses(IReadOnlyList<PlanDimension> sizes, bool arePixels)
    {
        _arePixels = arePixels;
        (_pieces, _order, _counts) = Plain(sizes);
    }

    /// <param name="arrangement">What is done.</param>
    /// <param name="fromPixels">Whether what comes in is a map that lies pixel by pixel; else its elements lie one behind another.</param>
    /// <param name="intoPixels">Whether what comes out is to be such a map.</param>
    public static IReadOnlyList<ArrangementPass> Of(Arrangement arrangement, bool fromPixels, bool intoPixels)
    {
        var passes = new ArrangementPasses(arrangement.Sizes, fromPixels);
        foreach (var layer in arrangement.Layers)
            passes.Do(layer);
        passes.End(intoPixels);
        return passes._passes;
    }

    private void Do(ArrangedLayer layer)
    {
        switch (layer.Does.Kind)
        {
            case KernelKind.Activation: Apply(layer.Does.Function!); break;
            case KernelKind.Permute when layer.Does.Dims.Count == 0: Regroup(layer.Sizes); break;
            case KernelKind.Permute: Reorder(layer.Does.Dims.Skip(1).Select(static dimension => dimension - 1).ToList()); break;
            default: Sum(layer.Does.Kind, layer.Does.Dims[0] - 1); break;
        }
    }

    private void Apply(PlanFunction function)
    {
        if (!_function.IsNone)
            Keep();
        _function = function;
    }

    private void Regroup(IReadOnlyList<PlanDimension> sizes)
    {
        if (TryRegroup(sizes))
            return;
        Move(intoPixels: false);
        (_pieces, _order, _counts) = Plain(sizes);
    }

    /// <summary>Gives each size the pieces that it is made of, cutting those that are of two.</summary>
    private bool TryRegroup(IReadOnlyList<PlanDimension> sizes)
    {
        var (pieces, order, counts, at) = (_pieces.ToList(), _order.ToList(), new List<int>(), 0);
        foreach (var size in sizes)
        {
            var (rest, first) = (size, at);
            while (!rest.IsOne)
            {
                if (at == order.Count)
                    return false;
                var (piece, axis) = pieces[order[at]];
                if (rest.Over(piece) is { } left)
                {
                    rest = left;
                }
                else if (piece.Over(rest) is { } behind)
                {
                    Cut(pieces, order, at, (rest, axis), (behind, axis));
                    rest = PlanDimension.One;
                }
                else
                {
                    return false;
                }
                at++;
            }
            counts.Add(at - first);
        }
        (_pieces, _order, _counts) = (pieces, order, counts);
        return true;
    }

    private static void Cut(List<(PlanDimension, int)> pieces, List<int> order, int at, (PlanDimension, int) first, (PlanDimension, int) second)
    {
        var piece = order[at];
        pieces[piece] = first;
        pieces.Insert(piece + 1, second);
        for (var i = 0; i < order.Count; i++)
        {
            if (order[i] > piece)
                order[i]++;
        }
        order.Insert(at + 1, piece + 1);
    }

    private void Reorder(IReadOnlyList<int> dims)
    {
        _order = dims.SelectMany(PiecesOf).ToList();
        _counts = dims.Select(dimension => _counts[dimension]).ToList();
    }

    private void Sum(KernelKind kind, int dimension)
    {
        var pieces = PiecesOf(dimension).OrderBy(static piece => piece).ToList();
        var axis = _arePixels ? AxisOf(pieces) : null;
        if (_arePixels ? axis is null : pieces.Where((piece, i) => piece != pieces[0] + i).Any())
        {
            Move(intoPixels: false);
            pieces = PiecesOf(dimension).ToList();
        }
        else if (!_function.IsNone)
        {
            Keep();
        }
        if (axis is { } whole)
        {
            _passes.Add(new(kind, IntoPixels: true) { Dims = ImmutableArray.Create(whole + 1) });
            return;
        }
        var (first, end) = pieces.Count > 0 ? (pieces[0], pieces[pieces.Count - 1] + 1) : (_pieces.Count, _pieces.Count);
        _passes.Add(new(kind, IntoPixels: false) { Sizes = ImmutableArray.Create(Product(0, first), Product(first, end), Product(end, _pieces.Count)) });

        PlanDimension Product(int from, int to) => PlanDimension.Product(_pieces.Skip(from).Take(to - from).Select(static piece => piece.Size));
    }

    private void End(bool intoPixels)
    {
        var isInPlace = _passes.Count > 0 && _function.IsNone && _arePixels == intoPixels && _order.SequenceEqual(_order.OrderBy(static piece => piece));
        // Pixels are the same where each axis is the same.
        if (!isInPlace || (intoPixels && Enumerable.Range(0, Axes).Any(axis => PiecesOf(axis).Any(piece => _pieces[piece].Axis != axis))))
            Move(intoPixels);
    }

    /// <summary>Applies what waits to be applied, each element staying in its place.</summary>
    private void Keep()
    {
        _passes.Add(new(KernelKind.Permute, _arePixels) { Sizes = SizesOf(), Dims = Enumerable.Range(0, SizesOf().Length).ToImmutableArray(), Function = _function });
        _function = PlanFunction.None;
    }

    /// <summary>Brings the elements into the value's order.</summary>
    private void Move(bool intoPixels)
    {
        _passes.Add(new(KernelKind.Permute, intoPixels) { Sizes = SizesOf(), Dims = _order.DefaultIfEmpty(0).ToImmutableArray(), Function = _function });
        _function = PlanFunction.None;
        _arePixels = intoPixels;
        _pieces = _order.ConvertAll(piece => _pieces[piece]);
        _order = Enumerable.Range(0, _order.Count).ToList();
    }

    /// <summary>The pieces' sizes; of one element one.</summary>
    private ImmutableArray<PlanDimension> SizesOf() => _pieces.Select(static piece => piece.Size).DefaultIfEmpty(PlanDimension.One).ToImmutableArray();

    private IEnumerable<int> PiecesOf(int dimension) => _order.Skip(_counts.Take(dimension).Sum()).Take(_counts[dimension]);

    /// <summary>The axis of a map that some pieces are, all of it and nothing else; null where there is none.</summary>
    private int? AxisOf(List<int> pieces)
    {
        if (pieces.Count == 0 || pieces.Exists(piece => _pieces[piece].Axis != _pieces[pieces[0]].Axis))
            return null;
        var axis = _pieces[pieces[0]].Axis;
        return _pieces.Count(piece => piece.Axis == axis) == pieces.Count ? axis : null;
    }

    /// <summary>One piece for each size; none for a size of 1, which is nowhere.</summary>
    private static (List<(PlanDimension, int)> Pieces, List<int> Order, List<int> Counts) Plain(IReadOnlyList<PlanDimension> sizes)
    {
        var pieces = sizes.Select(static (size, axis) => (size, axis)).Where(static piece => !piece.size.IsOne).ToList();
        return (pieces, Enumerable.Range(0, pieces.Count).ToList(), sizes.Select(static size => size.IsOne ? 0 : 1).ToList());
    }
}
