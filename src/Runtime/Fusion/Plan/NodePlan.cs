using System.Collections.Immutable;

namespace Blockwright.Plans;

/// <summary>
/// A network's nodes with its blocks opened, for whoever asks at run time what it is made of: costs, other formats, pictures. The generator makes it, and <see cref="NodeTable"/> carries it to the runtime.
/// </summary>
/// <param name="Grids">Heights and widths; the first is the input's.</param>
/// <param name="SizeRules">What sizes have to be for the network to take an input.</param>
/// <param name="Blocks">The uses of blocks; the first is the network itself.</param>
/// <param name="Nodes">In an order in which each comes after its inputs; the first is the input.</param>
/// <param name="Results">What the network gives in inference.</param>
internal sealed record NodePlan(ImmutableArray<PlanGrid> Grids, ImmutableArray<SizeRule> SizeRules, ImmutableArray<NodeBlock> Blocks, ImmutableArray<PlanNode> Nodes, ImmutableArray<NodeResult> Results)
{
    /// <summary>The node whose value is the first result.</summary>
    public int Output => Results[0].Node;


    /// <summary>What all nodes cost for one image of the declared size; null where 64 bits do not hold it.</summary>
    public OperationCost? Total
    {
        get
        {
            var sizes = Grids.Select(static grid => (grid.Height, grid.Width)).ToArray();
            try
            {
                return Enumerable.Range(0, Nodes.Length).Aggregate(default(OperationCost), (sum, node) => sum + CostOf(node, sizes));
            }
            catch (OverflowException)
            {
                return null;
            }
        }
    }

    /// <summary>What a node costs for one image, as an operation of its own.</summary>
    /// <param name="index">The node.</param>
    /// <param name="sizes">Each grid's height and width.</param>
    public OperationCost CostOf(int index, (int Height, int Width)[] sizes)
    {
        var node = Nodes[index];
        var (height, width) = sizes[node.Grid];
        var counted = node.CountsPixelsThatComeIn ? sizes[Nodes[node.Inputs[0]].Grid] : (Height: height, Width: width);
        return OperationCost.Of(node.Parameters, checked(node.PerPixel * counted.Height * counted.Width), node.Read.Sum(input => Values(input, sizes)), node.Channels, height, width, node.IsView);
    }

    /// <summary>The values of a node's result.</summary>
    public long Values(int index, (int Height, int Width)[] sizes) => OperationCost.Values(Nodes[index].Channels, sizes[Nodes[index].Grid].Height, sizes[Nodes[index].Grid].Width);
}

/// <summary>One of the values that a network gives.</summary>
/// <param name="Name">Its name among others; empty where it is the only one.</param>
/// <param name="Node">The node.</param>
internal sealed record NodeResult(string Name, int Node);

/// <summary>A block where a network uses it.</summary>
/// <param name="Path">Its key in the network's state dict; empty for the network.</param>
/// <param name="Type">Its class.</param>
/// <param name="Outer">The block that it stands in, or -1.</param>
internal sealed record NodeBlock(string Path, string Type, int Outer)
{
    /// <summary>A key within the block as the network has it.</summary>
    public string Key(string inner) => Path.Length == 0 || inner.Length == 0 ? inner : Path + "." + inner;
}

/// <summary>A node: a layer, a join, or a part of a split.</summary>
/// <param name="Block">The block that it is part of.</param>
/// <param name="Kind">torch.nn's name of the layer; else Input, Split, or the join's name.</param>
/// <param name="Channels">The channels of its value.</param>
/// <param name="Grid">Its value's height and width.</param>
internal sealed record PlanNode(int Block, string Kind, int Channels, int Grid)
{
    /// <summary>Of a node without a step of the CPU's plan.</summary>
    public const int NoStep = -1;

    /// <summary>The layer's key within its block; empty where it has no entries in the state dict.</summary>
    public string Key { get; init; } = "";

    /// <summary>Its numbers beside the channels, as words; of a split's part the first channel.</summary>
    public ImmutableArray<string> Words { get; init; } = ImmutableArray<string>.Empty;

    /// <summary>The nodes that it reads.</summary>
    public ImmutableArray<int> Inputs { get; init; } = ImmutableArray<int>.Empty;

    /// <summary>Whether of the second node that it reads it wants the height and width alone.</summary>
    public bool HasSizeOfSecond { get; init; }

    /// <summary>The nodes whose values it reads.</summary>
    public IEnumerable<int> Read => HasSizeOfSecond ? Inputs.Take(1) : Inputs;

    /// <summary>Whether its value is N x F.</summary>
    public bool IsFlat { get; init; }

    /// <summary>The sizes of a value that is neither N x F nor a map; else none. Its channels and its grid are those of the map that it was made of.</summary>
    public ImmutableArray<PlanDimension> Dimensions { get; init; } = ImmutableArray<PlanDimension>.Empty;

    /// <summary>Its value's sizes without the images, where its grid is so large.</summary>
    public IEnumerable<long> Sizes((int Height, int Width) grid) =>
        !Dimensions.IsEmpty ? Dimensions.Select(size => size.At(grid)) : IsFlat ? [Channels] : [Channels, grid.Height, grid.Width];

    /// <summary>Whether torch gives a view of its input, so that nothing is moved.</summary>
    public bool IsView { get; init; }

    /// <summary>Learned parameters.</summary>
    public long Parameters { get; init; }

    /// <summary>Multiply-adds for each pixel of its value.</summary>
    public long PerPixel { get; init; }

    /// <summary>Whether they are for each pixel of what it reads instead.</summary>
    public bool CountsPixelsThatComeIn { get; init; }

    /// <summary>Whether it is a module of the user's own, of which neither parameters nor multiply-adds are known.</summary>
    public bool IsUncounted { get; init; }

    /// <summary>The step of the CPU's plan that computes it, alone or with others; <see cref="NoStep"/> where it only renames channels, or there is no plan.</summary>
    public int Step { get; init; } = NoStep;
}

/// <summary>A size of a value: a number, times so many heights and widths of a map. A class for the reason that <see cref="PlanRun"/> is one.</summary>
internal sealed record PlanDimension(long Times, int Heights, int Widths)
{
    private const char Sign = '*';
    private const string Height = "h";
    private const string Width = "w";

    /// <summary>Whether it is the same at every size of the map.</summary>
    public bool IsFixed => Heights == 0 && Widths == 0;

    /// <summary>Whether it is 1 at every size of the map.</summary>
    public bool IsOne => Times == 1 && IsFixed;

    public static PlanDimension One { get; } = new(1, 0, 0);

    public static PlanDimension Product(IEnumerable<PlanDimension> sizes) => sizes.Aggregate(One, static (product, size) => new(checked(product.Times * size.Times), product.Heights + size.Heights, product.Widths + size.Widths));

    /// <summary>What it is without a factor; null where it does not have that.</summary>
    public PlanDimension? Over(PlanDimension factor) =>
        Times % factor.Times == 0 && Heights >= factor.Heights && Widths >= factor.Widths ? new(Times / factor.Times, Heights - factor.Heights, Widths - factor.Widths) : null;

    /// <summary>How much it is over a map of a size.</summary>
    public long At((int Height, int Width) map)
    {
        var size = Times;
        for (var i = 0; i < Heights; i++)
            size = checked(size * map.Height);
        for (var i = 0; i < Widths; i++)
            size = checked(size * map.Width);
        return size;
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static PlanDimension Read(string text)
    {
        var factors = text.Split(Sign);
        return new(PlanWords.Long(factors[0]), factors.Count(static factor => factor == Height), factors.Count(static factor => factor == Width));
    }

    /// <summary><c>85</c>, <c>3*h*w</c>.</summary>
    public override string ToString() => string.Join(Sign.ToString(), Enumerable.Repeat(Height, Heights).Concat(Enumerable.Repeat(Width, Widths)).Prepend(PlanWords.Text(Times)));
}
