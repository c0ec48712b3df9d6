using System.Collections.Immutable;
using System.Globalization;

namespace Blockwright.Graph;

/// <summary>
/// A declaration with its dataflow resolved, for one input: a network's, one use of a block, or, by itself, a block's whose channels and
/// parameters stay symbols.
/// </summary>
/// <param name="Out">What the block sees as <c>out</c>.</param>
/// <param name="Nodes">In an order in which each comes after its inputs; the first is the input, or of several the first ones are.</param>
/// <param name="Results">What comes out.</param>
/// <param name="Requirements">What the constructor has to check.</param>
public sealed record BlockGraph(
    Declaration Declaration,
    Shape Input,
    Amount Out,
    ImmutableArray<Node> Nodes,
    ImmutableArray<GraphResult> Results,
    ImmutableArray<Requirement> Requirements)
{
    /// <summary>A network's own values that have a name: what bears it at the end. Empty for a block.</summary>
    public ImmutableArray<NamedValue> Named { get; init; } = ImmutableArray<NamedValue>.Empty;

    /// <summary>What comes in: of a block one value, of a network one or several, in their order.</summary>
    public ImmutableArray<InputNode> Inputs { get; } = Nodes.OfType<InputNode>().ToImmutableArray();

    /// <summary>The inputs' shapes, for people.</summary>
    public string InputText => Inputs.Length == 1 ? Input.ToString() : string.Join(", ", Inputs.Select(static input => $"{input.Given} {input.Shape}"));

    /// <summary>The number of the node whose value is the first result.</summary>
    public int Output => Results[0].Node;

    /// <summary>The first result's shape.</summary>
    public Shape Result => Nodes[Output].Shape;

    /// <summary>The results' shapes, for people.</summary>
    public string ResultText => GraphResult.Text(Results, result => Nodes[result.Node].Shape);

    /// <summary>Its layers with the blocks opened, each block one besides; at most <see cref="Counts.Most"/>.</summary>
    public long Layers { get; } = Counts.Sum(Nodes, static node => node.Layers);

    /// <summary>The characters of all keys in it, or some more; at most <see cref="Counts.Most"/>.</summary>
    public long KeyCharacters { get; } = Counts.Sum(Nodes, static node => node.KeyCharacters);

    // Equal uses are one graph, and each counts once: a block that applies another twice, which applies another twice, would count without end. Two threads may both count.
    private Amount? _parameters;
    private Tuple<long?>? _multiplyAdds;
    private Tuple<long>? _convolutions;

    /// <summary>Learned parameters, those of inner blocks too.</summary>
    public Amount Parameters => _parameters ??= Nodes.Aggregate(Amount.Zero, static (sum, node) => sum + node.Parameters);

    /// <summary>Multiply-accumulates per image, where every shape is known.</summary>
    public long? MultiplyAdds => (_multiplyAdds ??= new(Nodes.Aggregate((long?)0, (sum, node) => checked(sum + node.MultiplyAdds(this))))).Item1;

    /// <summary>Convolutions, those of inner blocks too; at most <see cref="Counts.Most"/>.</summary>
    public long Convolutions => (_convolutions ??= new(Counts.Sum(Nodes, static node => node.Convolutions))).Item1;

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

/// <summary>One of the values that come out.</summary>
/// <param name="Name">The name of a tuple's element; empty where it is the only one.</param>
/// <param name="Node">The number of its node.</param>
/// <param name="IsTrainingOnly">Whether it is there in training alone.</param>
public sealed record GraphResult(string Name, int Node, bool IsTrainingOnly = false)
{
    /// <summary>The shapes of results, for people: <c>P3 N x 64 x 28 x 28, P4 N x 64 x 14 x 14</c>.</summary>
    public static string Text(IEnumerable<GraphResult> results, Func<GraphResult, Shape> shape) =>
        string.Join(", ", results.Select(result => result.Name.Length == 0 ? shape(result).ToString() : $"{result.Name} {shape(result)}{(result.IsTrainingOnly ? " in training" : "")}"));
}

/// <summary>A value by a name that people may ask for it by: what a From or a join may name, or the key of a path, a stage or a block.</summary>
/// <param name="Name">The name, or the key.</param>
/// <param name="Node">The number of its node; of a network whose blocks are opened -1 where only training computes it.</param>
public sealed record NamedValue(string Name, int Node);

/// <summary>A value of a graph and how it comes about.</summary>
/// <param name="Id">Its number in the graph.</param>
/// <param name="Inputs">The values that it is made of.</param>
/// <param name="Name">What the declaration calls it, where it does.</param>
/// <param name="Owner">The full name of the declaration that <paramref name="Place"/> is in.</param>
public abstract record Node(int Id, ImmutableArray<int> Inputs, Shape Shape, string? Name, string Owner, Place Place)
{
    /// <summary>When it is there, which only the block's constructor may know: else its value is its first input's.</summary>
    public Condition When { get; init; } = Condition.Always;

    public virtual Amount Parameters => Amount.Zero;

    /// <summary>See <see cref="BlockGraph.Layers"/>.</summary>
    public virtual long Layers => 1;

    /// <summary>See <see cref="BlockGraph.KeyCharacters"/>.</summary>
    public virtual long KeyCharacters => 0;

    /// <summary>See <see cref="BlockGraph.Convolutions"/>.</summary>
    public virtual long Convolutions => 0;

    public virtual long? MultiplyAdds(BlockGraph graph) => 0;
}

/// <summary>The block's input, or one of a network's.</summary>
/// <param name="Given">What several are told apart by; else <see cref="Names.In"/>.</param>
public sealed record InputNode(int Id, Shape Shape, string Given, string Owner, Place Place) : Node(Id, ImmutableArray<int>.Empty, Shape, Given, Owner, Place)
{
    /// <summary>A block's one input.</summary>
    public InputNode(Shape shape, string owner)
        : this(0, shape, Names.In, owner, Place.Class)
    {
    }

    public override long Layers => 0;
}

/// <param name="Key">Its key in the state dict, where the layer has entries there.</param>
/// <param name="Like">The value whose height and width it reads, and nothing else of it; null for most.</param>
public sealed record LayerNode(int Id, int Source, Shape Shape, string? Name, string Owner, Place Place, Layer Layer, string? Key, int? Like = null)
    : Node(Id, Like is { } like ? ImmutableArray.Create(Source, like) : ImmutableArray.Create(Source), Shape, Name, Owner, Place)
{
    /// <summary>The key as C# computes it, where layers before it may be left out; else null.</summary>
    public string? KeyCode { get; init; }

    public override Amount Parameters => Layer.Parameters;

    public override long KeyCharacters => Key?.Length ?? 0;

    public override long Convolutions => Layer.Numbers is null ? 0 : 1;

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

/// <summary>Another block. Its value is what that gives, or of several values the first; the others are <see cref="ResultNode"/>s.</summary>
public sealed record ApplyNode(int Id, int Source, Shape Shape, string? Name, string Owner, Place Place, BlockUse Use, string Key)
    : Node(Id, ImmutableArray.Create(Source), Shape, Name, Owner, Place)
{
    /// <summary>The key as C# computes it, where layers before it may be left out; else null.</summary>
    public string? KeyCode { get; init; }

    public override Amount Parameters => Use.Graph.Parameters;

    public override long Layers => Use.LayersOpened;

    public override long KeyCharacters => Use.KeyCharactersBehind(Key);

    public override long Convolutions => Use.Graph.Convolutions;

    public override long? MultiplyAdds(BlockGraph graph) => Use.Graph.MultiplyAdds;
}

/// <summary>A further value of a block that gives several.</summary>
/// <param name="Source">The number of the <see cref="ApplyNode"/>.</param>
/// <param name="Index">Which of the block's results it is, from 1.</param>
public sealed record ResultNode(int Id, int Source, Shape Shape, string? Name, string Owner, Place Place, BlockUse Use, int Index)
    : Node(Id, ImmutableArray.Create(Source), Shape, Name, Owner, Place)
{
    public override long Layers => 0;
}

/// <summary>Several blocks in a row.</summary>
/// <param name="Units">How many; the first is <paramref name="First"/>.</param>
/// <param name="Known">Each unit, where their number is known; else empty.</param>
/// <param name="Rest">The second unit, which stands for all that follow; null where there is surely only one.</param>
public sealed record StageNode(int Id, int Source, Shape Shape, string? Name, string Owner, Place Place, UnitNames Keys, Amount Units, BlockUse First, BlockUse? Rest, ImmutableArray<BlockUse> Known)
    : Node(Id, ImmutableArray.Create(Source), Shape, Name, Owner, Place)
{
    /// <summary>What each unit but the first is given, in terms of <see cref="Names.Unit"/>, where that is not the same; else empty.</summary>
    public ImmutableArray<BlockArgument> ArgumentsByUnit { get; init; } = ImmutableArray<BlockArgument>.Empty;

    /// <summary>Whether its value is what all units give, one behind another in the channels; else what the last one gives.</summary>
    public bool IsCollecting { get; init; }

    public override long Layers => Counts.Sum(Known, static unit => unit.LayersOpened);

    public override long KeyCharacters => Counts.Sum(Known.Select((unit, i) => unit.KeyCharactersBehind(Keys.Key(i))), static each => each);

    public override long Convolutions => Counts.Sum(Known, static unit => unit.Graph.Convolutions);

    public override Amount Parameters => Known.IsEmpty
        ? Amount.Of(new Atom($"parameters of {Keys.Stage}", "0"))
        : Known.Aggregate(Amount.Zero, static (sum, unit) => sum + unit.Graph.Parameters);

    public override long? MultiplyAdds(BlockGraph graph) => Known.IsEmpty ? null : Known.Aggregate((long?)0, static (sum, unit) => checked(sum + unit.Graph.MultiplyAdds));
}

/// <summary>One use of a block: what its constructor is given.</summary>
/// <param name="Out">Given where the block says <c>out</c>.</param>
public sealed record BlockUse(Declaration Block, BlockGraph Graph, Amount In, Amount? Out, ImmutableArray<BlockArgument> Arguments)
{
    /// <summary>Whether it gives several values.</summary>
    public bool HasResults => Graph.Results.Length > 1;

    /// <summary>A block without layers counts too: it takes its time to open.</summary>
    internal long LayersOpened => Counts.Cut(Graph.Layers + 1);

    /// <summary>The characters of its keys where each begins with its own.</summary>
    internal long KeyCharactersBehind(string key) => Counts.Cut(Graph.KeyCharacters + ((key.Length + 1) * LayersOpened));
}

/// <summary>How a stage's units are named.</summary>
/// <param name="Stage">The stage's key.</param>
/// <param name="Before">What stands before the number.</param>
/// <param name="First">The first unit's number.</param>
/// <param name="After">What stands behind the number.</param>
public sealed record UnitNames(string Stage, string Before, long First, string After)
{
    public string Key(long unit) => $"{Stage}.{Before}{(First + unit).ToString(CultureInfo.InvariantCulture)}{After}";
}

/// <summary>Sums over graphs in graphs. Stages of stages declare more in a few lines than 64 bits hold: from <see cref="Most"/> on nobody counts.</summary>
internal static class Counts
{
    public const long Most = 1_000_000_000_000_000;

    public static string Text(long count) => count < Most ? BuildLimits.Text(count) : "more than " + BuildLimits.Text(Most);

    public static long Cut(long count) => Math.Min(count, Most);

    public static long Sum<T>(IEnumerable<T> items, Func<T, long> count) => items.Aggregate(0L, (sum, item) => Cut(sum + count(item)));
}
