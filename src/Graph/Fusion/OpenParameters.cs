using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>A last layer: the channels that come out of it are for nobody but the network's user.</summary>
/// <param name="Key">Its key in the network's state dict.</param>
/// <param name="Channels">They, as the network's parameters say them.</param>
public sealed record LastLayer(string Key, Amount Channels);

/// <summary>
/// Which of a network's parameters a plan serves whatever they are: those that say the channels of last layers and nothing else. A plan knows these channels in a few places, which the runtime sets.
/// </summary>
/// <param name="Names">The parameters.</param>
/// <param name="Layers">The layers whose channels they say.</param>
public sealed record OpenParameters(ImmutableArray<string> Names, ImmutableArray<LastLayer> Layers)
{
    public static OpenParameters None { get; } = new(ImmutableArray<string>.Empty, ImmutableArray<LastLayer>.Empty);

    /// <param name="network">The network, its parameters being what they are where nobody gives them.</param>
    /// <param name="with">The network with some of its parameters as symbols; null where it has no such graph.</param>
    internal static OpenParameters Of(BlockGraph network, Func<ImmutableArray<string>, BlockGraph?> with)
    {
        var open = network.Declaration.Parameters.Select(static parameter => parameter.Name).Where(name => LastLayers(network, with(ImmutableArray.Create(name))) is not null).ToImmutableArray();
        // What each says alone two may say together otherwise.
        return LastLayers(network, with(open)) is { } layers ? new(open, layers) : None;
    }

    /// <summary>The layers whose channels are not known in a network with symbols; null where symbols are found elsewhere.</summary>
    private static ImmutableArray<LastLayer>? LastLayers(BlockGraph known, BlockGraph? symbolic)
    {
        var layers = ImmutableArray.CreateBuilder<LastLayer>();
        return symbolic is not null && AreAlike(known, symbolic, isOpen: false, "", layers) is { } ? layers.ToImmutable() : null;
    }

    /// <summary>Whether each node's channels are open; null where more than channels of last layers differs.</summary>
    private static bool[]? AreAlike(BlockGraph known, BlockGraph symbolic, bool isOpen, string prefix, ImmutableArray<LastLayer>.Builder layers)
    {
        if (known.Nodes.Length != symbolic.Nodes.Length)
            return null;
        var open = new bool[known.Nodes.Length];
        open[0] = isOpen;
        for (var i = 1; i < open.Length; i++)
        {
            if (IsAlike(known, known.Nodes[i], symbolic.Nodes[i], open, prefix, layers) is not { } comesOutOpen)
                return null;
            open[i] = comesOutOpen;
        }
        return open;
    }

    /// <summary>Whether the channels of a block's first result are open, or of another.</summary>
    private static bool? IsAlike(BlockUse known, BlockUse symbolic, bool isOpen, string prefix, ImmutableArray<LastLayer>.Builder layers, int result = 0) =>
        AreAlike(known.Graph, symbolic.Graph, isOpen, prefix, layers)?[known.Graph.Results[result].Node];

    private static bool? IsAlike(BlockGraph graph, Node known, Node symbolic, bool[] open, string prefix, ImmutableArray<LastLayer>.Builder layers)
    {
        // Further inputs are what they are declared.
        if (known is InputNode)
            return known.Shape.Equals(symbolic.Shape) ? false : null;
        var isOpen = open[known.Inputs[0]];
        if (symbolic.When.Known is null || (symbolic is not LayerNode && known.Inputs.Skip(1).Any(input => open[input])))
            return null;
        return (known, symbolic) switch
        {
            (LayerNode layer, LayerNode same) when isOpen => layer.Layer.Equals(same.Layer) && layer.Layer.TakesAnyChannels(graph.Nodes[layer.Source].Shape) ? true : null,
            (LayerNode layer, LayerNode same) when layer.Layer.Equals(same.Layer) => layer.Shape.Equals(same.Shape) ? false : null,
            (LayerNode layer, LayerNode same) => IsLast(layer, same, prefix, layers),
            (ApplyNode apply, ApplyNode same) => IsAlike(apply.Use, same.Use, isOpen, $"{prefix}{apply.Key}.", layers),
            // Its block's layers are listed already.
            (ResultNode other, ResultNode same) => IsAlike(other.Use, same.Use, open[graph.Nodes[other.Source].Inputs[0]], "", ImmutableArray.CreateBuilder<LastLayer>(), other.Index),
            (StageNode { IsCollecting: false } stage, StageNode same) when stage.Known.Length == same.Known.Length => IsAlike(stage, same, isOpen, prefix, layers),
            // A part, a sum and a collection know the channels of what they are made of.
            (SliceNode part, SliceNode same) when !isOpen && part.Start.Equals(same.Start) && part.Shape.Equals(same.Shape) => false,
            (JoinNode, JoinNode) when !isOpen && known.Shape.Equals(symbolic.Shape) => false,
            (StageNode stage, StageNode same) when stage.Known.Length == same.Known.Length && stage.Shape.Equals(same.Shape) && IsAlike(stage, same, isOpen, prefix, layers) == false => false,
            _ => null,
        };
    }

    private static bool? IsLast(LayerNode known, LayerNode symbolic, string prefix, ImmutableArray<LastLayer>.Builder layers)
    {
        if (!known.Layer.Equals(symbolic.Layer.WithOutput(known.Shape.Channels)) || !known.Shape.Equals(symbolic.Shape with { Channels = known.Shape.Channels }))
            return null;
        layers.Add(new(prefix + known.Key, symbolic.Shape.Channels));
        return true;
    }

    private static bool? IsAlike(StageNode known, StageNode symbolic, bool isOpen, string prefix, ImmutableArray<LastLayer>.Builder layers)
    {
        bool? result = isOpen;
        for (var i = 0; i < known.Known.Length && result is { } comesIn; i++)
            result = IsAlike(known.Known[i], symbolic.Known[i], comesIn, $"{prefix}{known.Keys.Key(i)}.", layers);
        return result;
    }
}
