using System.Collections.Concurrent;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Analyzers.Declared;

/// <summary>A declared network with its blocks opened, and what the rules ask of it.</summary>
internal sealed class DeclaredNetwork
{
    private readonly ConcurrentDictionary<FusionRules, OnDevice> _devices = [];
    private readonly int[] _dominators;

    private DeclaredNetwork(Declaration declaration, FlatGraph graph, CancellationToken cancellation)
    {
        Declaration = declaration;
        Graph = graph;
        _dominators = Dominators(graph, cancellation);
        Ranges = ValueRanges.Of(graph, cancellation);
    }

    public Declaration Declaration { get; }

    public FlatGraph Graph { get; }

    public ValueRanges Ranges { get; }

    /// <param name="declaration">The network.</param>
    /// <param name="graph">The same with its blocks opened.</param>
    public static DeclaredNetwork Of(Declaration declaration, FlatGraph graph, CancellationToken cancellation) => new(declaration, graph, cancellation);

    /// <summary>The pass over memory that computes a node on a device; null where the node only renames channels, or no kernel computes it.</summary>
    public FusedOperation? OperationOf(FlatNode node, FusionRules rules, CancellationToken cancellation) => On(rules, cancellation).Operations.TryGetValue(node.Id, out var operation) ? operation : null;

    /// <summary>What a device's kernels leave to torch.</summary>
    public Islands IslandsOn(FusionRules rules, CancellationToken cancellation) => On(rules, cancellation).Islands;

    /// <summary>Whether a layer reads what a module of the user's own gives: what that might take in nobody knows.</summary>
    public bool IsBehindOwnModule(FlatNode node) => node.Layer is not null && Graph.Nodes[node.Inputs[0]].Layer is { IsUncounted: true };

    public Shape InputOf(FlatNode node) => Graph.Nodes[node.Inputs[0]].Shape;

    /// <summary>How many times smaller a node's input is than the network's: 4 where 224 became 56.</summary>
    public double DownSampling(FlatNode node) => Math.Max(Size(Graph.Nodes[0].Shape.Height) / Size(InputOf(node).Height), Size(Graph.Nodes[0].Shape.Width) / Size(InputOf(node).Width));

    /// <summary>
    /// The unit that a node is part of: the innermost use of a block with two convolutions at least, so that a block which stands for one layer
    /// (a convolution with its batch norm) counts as that layer; else the outermost block. Null in the network itself.
    /// </summary>
    public static FlatUse? UnitOf(FlatNode node)
    {
        FlatUse? outermost = null;
        for (var use = node.Use; use.Outer is not null; use = use.Outer)
        {
            if (use.Graph.Convolutions > 1)
                return use;
            outermost = use;
        }
        return outermost;
    }

    public static bool DownSamples(FlatUse unit) => IsSmaller(unit.Graph.Result, unit.Graph.Input);

    public static bool IsSmaller(Shape shape, Shape than) => shape.Height.Size < than.Height.Size || shape.Width.Size < than.Width.Size;

    /// <summary>Whether two values have the same channels, height and width.</summary>
    public static bool IsSameSize(Shape one, Shape other) => one.Channels.Equals(other.Channels) && one.Height.Size == other.Height.Size && one.Width.Size == other.Width.Size;

    /// <summary>
    /// Whether a convolution belongs to the head: its result goes to the mean over all pixels, or to the Flatten that stands for it, through nothing but what works on each channel by itself.
    /// </summary>
    public bool IsOfHead(FlatNode node)
    {
        while (Graph.OnlyConsumer(node.Id) is { } next)
        {
            if (next.Layer?.IsMeanOverMap(InputOf(next)) == true || !next.Shape.IsMap)
                return true;
            if (!PassesChannels(next))
                return false;
            node = next;
        }
        return false;
    }

    /// <summary>Whether a convolution's result is the network's, perhaps through a pool, a Flatten or a permutation: it has the channels that are asked of the network.</summary>
    public bool IsPrediction(FlatNode node)
    {
        while (Graph.OnlyConsumer(node.Id) is { } next && (PassesChannels(next) || (!next.Shape.IsMap && next.Layer is { HasState: false }) || Graph.RenamingOf(next) is not null))
            node = next;
        return Graph.IsResult(node.Id);
    }

    /// <summary>The nodes that a value goes to through nothing but what works on each element, and whether an activation stands on the way there.</summary>
    public IEnumerable<(FlatNode Reader, bool IsActivated)> Readers(FlatNode node)
    {
        var open = new Stack<(int Id, bool IsActivated)>([(node.Id, false)]);
        while (open.Count > 0)
        {
            var (id, isActivated) = open.Pop();
            foreach (var reader in Graph.Consumers(id).Select(each => Graph.Nodes[each]))
            {
                if (reader.Layer is { IsElementwise: true } && reader.Shape.IsMap)
                    open.Push((reader.Id, isActivated || Graph.KernelOf(reader) is not { Kind: KernelKind.Affine }));
                else
                    yield return (reader, isActivated);
            }
        }
    }

    /// <summary>Whether a layer other than a convolution works on each channel by itself.</summary>
    private static bool PassesChannels(FlatNode node) => node.Layer is { Numbers: null } layer && node.Shape.IsMap && (layer.IsElementwise || layer.KeepsChannelsApart);

    /// <summary>The last value that every way to a node leads through.</summary>
    public FlatNode ForkOf(FlatNode join) => Graph.Nodes[_dominators[join.Id]];

    private OnDevice On(FusionRules rules, CancellationToken cancellation) => _devices.GetOrAdd(rules, known => new(
        FusedOperation.Of(Graph, known, cancellation).Where(static operation => operation.Island is null).SelectMany(static operation => operation.Nodes.Select(node => (node.Id, operation))).GroupBy(static each => each.Id).ToDictionary(static each => each.Key, static each => each.First().operation),
        Islands.In(Graph, known, cancellation)));

    private static double Size(Extent extent) => extent.Size ?? 1;

    /// <summary>Immediate dominators. The nodes come in an order in which each follows its inputs, so one pass is enough.</summary>
    private static int[] Dominators(FlatGraph graph, CancellationToken cancellation)
    {
        var dominators = new int[graph.Nodes.Count];
        foreach (var node in graph.Made.Until(cancellation))
            dominators[node.Id] = node.Inputs.Aggregate(Common);
        return dominators;

        int Common(int a, int b)
        {
            while (a != b)
            {
                if (a > b)
                    a = dominators[a];
                else
                    b = dominators[b];
            }
            return a;
        }
    }

    /// <summary>What a device makes of the network; found once, since each rule asks at each node.</summary>
    private sealed record OnDevice(Dictionary<int, FusedOperation> Operations, Islands Islands);
}
