using System.Collections.Immutable;
using System.Globalization;

namespace Blockwright.Graph;

/// <summary>
/// A declaration with its dataflow resolved, for one input: a network's, one use of a block, or, by itself, a block's whose channels and
/// parameters stay symbols.
/// </summary>
/// <param name="Out">What the block sees as <c>out</c>.</param>
/// <param name="Nodes">In an order in which each comes after its inputs; the first is the input.</param>
/// <param name="Output">The number of the node whose value is the result.</param>
/// <param name="Requirements">What the constructor has to check.</param>
public sealed record BlockGraph(
    Declaration Declaration,
    Shape Input,
    Amount Out,
    ImmutableArray<Node> Nodes,
    int Output,
    ImmutableArray<Requirement> Requirements)
{
    /// <summary>
    /// More than any that a person writes. Stages of stages of equal units are quickly declared and quickly built, since equal uses are one graph; opened
    /// they would stop the editor.
    /// </summary>
    public const long MostOpened = 100_000;

    public Shape Result => Nodes[Output].Shape;

    /// <summary>Its nodes with the blocks opened, or more than <see cref="MostOpened"/> where there are more.</summary>
    public long Opened { get; } = Nodes.Aggregate(0L, static (sum, node) => Math.Min(MostOpened + 1, sum + node.Opened));

    // Equal uses are one graph, and each counts once: a block that applies another twice, which applies another twice, would count without end.
    private readonly Lazy<Amount> _parameters = new(() => Nodes.Aggregate(Amount.Zero, static (sum, node) => sum + node.Parameters));
    private Lazy<long?>? _multiplyAdds;

    /// <summary>Learned parameters, those of inner blocks too.</summary>
    public Amount Parameters => _parameters.Value;

    /// <summary>Multiply-accumulates per image, where every shape is known.</summary>
    public long? MultiplyAdds => (_multiplyAdds ??= new(() => Nodes.Aggregate((long?)0, (sum, node) => checked(sum + node.MultiplyAdds(this))))).Value;

    /// <summary>Both, where every shape is known and 64 bits hold them.</summary>
    public (long Parameters, long MultiplyAdds)? Figures
    {
        get
        {
            try
            {
                // Where a size is not known, the parameters are a polynomial that nobody wants.
                return MultiplyAdds is { } multiplyAdds && Parameters.Constant is { } parameters ? (parameters, multiplyAdds) : null;
            }
            catch (OverflowException)
            {
                return null;
            }
        }
    }
}

/// <summary>A value of a graph and how it comes about.</summary>
/// <param name="Id">Its number in the graph.</param>
/// <param name="Inputs">The values that it is made of.</param>
/// <param name="Name">What the declaration calls it, where it does.</param>
/// <param name="Owner">The full name of the declaration that <paramref name="Place"/> is in.</param>
public abstract record Node(int Id, ImmutableArray<int> Inputs, Shape Shape, string? Name, string Owner, Place Place)
{
    public virtual Amount Parameters => Amount.Zero;

    /// <summary>Its nodes with the blocks opened, or more than <see cref="BlockGraph.MostOpened"/> where there are more.</summary>
    public virtual long Opened => 1;

    public virtual long? MultiplyAdds(BlockGraph graph) => 0;
}

/// <summary>The block's input.</summary>
public sealed record InputNode(Shape Shape, string Owner) : Node(0, ImmutableArray<int>.Empty, Shape, Names.In, Owner, Place.Class);

/// <param name="Key">Its key in the state dict, where the layer has entries there.</param>
public sealed record LayerNode(int Id, int Source, Shape Shape, string? Name, string Owner, Place Place, Layer Layer, string? Key)
    : Node(Id, ImmutableArray.Create(Source), Shape, Name, Owner, Place)
{
    public override Amount Parameters => Layer.Parameters;

    public override long? MultiplyAdds(BlockGraph graph) => Layer.MultiplyAdds(graph.Nodes[Source].Shape, Shape);
}

/// <summary>A part of a split: the channels from <paramref name="Start"/> on.</summary>
public sealed record SliceNode(int Id, int Source, Shape Shape, string? Name, string Owner, Place Place, Amount Start)
    : Node(Id, ImmutableArray.Create(Source), Shape, Name, Owner, Place);

public enum JoinKind
{
    Concat,
    Add,
    Multiply,
}

public sealed record JoinNode(int Id, ImmutableArray<int> Inputs, Shape Shape, string? Name, string Owner, Place Place, JoinKind Kind)
    : Node(Id, Inputs, Shape, Name, Owner, Place);

/// <summary>Another block.</summary>
public sealed record ApplyNode(int Id, int Source, Shape Shape, string? Name, string Owner, Place Place, BlockUse Use, string Key)
    : Node(Id, ImmutableArray.Create(Source), Shape, Name, Owner, Place)
{
    public override Amount Parameters => Use.Graph.Parameters;

    public override long Opened => Use.Graph.Opened;

    public override long? MultiplyAdds(BlockGraph graph) => Use.Graph.MultiplyAdds;
}

/// <summary>Several blocks in a row.</summary>
/// <param name="Units">How many; the first is <paramref name="First"/>.</param>
/// <param name="Known">Each unit, where their number is known; else empty.</param>
/// <param name="Rest">The second unit, which stands for all that follow; null where there is surely only one.</param>
public sealed record StageNode(int Id, int Source, Shape Shape, string? Name, string Owner, Place Place, UnitNames Keys, Amount Units, BlockUse First, BlockUse? Rest, ImmutableArray<BlockUse> Known)
    : Node(Id, ImmutableArray.Create(Source), Shape, Name, Owner, Place)
{
    public override long Opened => Known.Aggregate(1L, static (sum, unit) => Math.Min(BlockGraph.MostOpened + 1, sum + unit.Graph.Opened));

    public override Amount Parameters => Known.IsEmpty
        ? Amount.Of(new Atom($"parameters of {Keys.Stage}", "0"))
        : Known.Aggregate(Amount.Zero, static (sum, unit) => sum + unit.Graph.Parameters);

    public override long? MultiplyAdds(BlockGraph graph) => Known.IsEmpty ? null : Known.Aggregate((long?)0, static (sum, unit) => checked(sum + unit.Graph.MultiplyAdds));
}

/// <summary>One use of a block: what its constructor is given.</summary>
/// <param name="Out">Given where the block says <c>out</c>.</param>
public sealed record BlockUse(Declaration Block, BlockGraph Graph, Amount In, Amount? Out, ImmutableArray<Amount> Arguments);

/// <summary>How a stage's units are named.</summary>
/// <param name="Stage">The stage's key.</param>
/// <param name="Before">What stands before the number.</param>
/// <param name="First">The first unit's number.</param>
/// <param name="After">What stands behind the number.</param>
public sealed record UnitNames(string Stage, string Before, long First, string After)
{
    public string Key(long unit) => $"{Stage}.{Before}{(First + unit).ToString(CultureInfo.InvariantCulture)}{After}";
}
