using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>What torch computes between a device's kernels: a node that has none, with those before it whose values are neither maps nor features, which no kernel's memory holds.</summary>
/// <param name="Nodes">In order, each reading the one before it: between two of them only one value passes.</param>
/// <param name="Inputs">What gives the values that it reads, each a map or features.</param>
public sealed record Island(ImmutableArray<FlatNode> Nodes, ImmutableArray<FlatNode> Inputs)
{
    public FlatNode First => Nodes[0];

    public FlatNode Result => Nodes[Nodes.Length - 1];

    /// <summary>What it computes, for people.</summary>
    public string Words => string.Join(", then ", Nodes.Select(static node => node.Describe()));

    /// <summary>The same with its place in the network, where that has a name.</summary>
    public string Placed => (First.Key.Length > 0 ? First.Key + ": " : First.Use.Path.Length > 0 ? First.Use.Path + ": " : "") + Words;
}

/// <summary>What of a network a device's kernels leave to torch.</summary>
/// <param name="All">In the order in which they are computed.</param>
/// <param name="AreWhole">Whether torch computes all of the network: where its kernels would multiply nothing, there is nothing to win by bringing values to them and back.</param>
public sealed record Islands(ImmutableArray<Island> All, bool AreWhole)
{
    private readonly ILookup<int, Island> _byFirst = All.ToLookup(static island => island.First.Id);

    /// <summary>Those that begin with a node: several where what it gives, which no kernel's memory holds, goes several ways.</summary>
    public IReadOnlyList<Island> StartingAt(FlatNode node) => [.. _byFirst[node.Id]];

    /// <summary>The islands of a network.</summary>
    public static Islands In(FlatGraph graph, FusionRules rules, CancellationToken cancellation = default)
    {
        var islands = ImmutableArray.CreateBuilder<Island>();
        var multiplies = false;
        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            // A batch norm by itself has one scale for each channel.
            if (!IsLeft(graph, rules, node))
                multiplies |= rules.KernelOf(graph, node) is { WeightShape.Count: > 1 };
            else if (IsHeld(node) || graph.IsResult(node.Id))
                islands.Add(EndingAt(graph, node));
        }
        return new(islands.ToImmutable(), islands.Count > 0 && !multiplies);
    }

    /// <summary>What is before a node up to the last value that a kernel may have made. A value that two islands need in the making is made in each.</summary>
    private static Island EndingAt(FlatGraph graph, FlatNode node)
    {
        var nodes = new Stack<FlatNode>([node]);
        while (graph.Nodes[nodes.Peek().Inputs[0]] is var before && !IsHeld(before))
            nodes.Push(before);
        return new(nodes.ToImmutableArray(), nodes.Peek().Read.Select(input => graph.Nodes[input]).ToImmutableArray());
    }

    private static bool IsLeft(FlatGraph graph, FusionRules rules, FlatNode node) =>
        graph.IsComputed(node) && (rules.KernelOf(graph, node) is null || !node.Read.All(input => IsHeld(graph.Nodes[input])));

    private static bool IsHeld(FlatNode node) => node.Shape.IsMap || node.Shape.IsFlat;
}
