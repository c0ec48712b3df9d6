using System.Collections.Immutable;

namespace Blockwright.Graph;

/// <summary>What of a network a device's kernels leave to torch, which computes it between them: what has none.</summary>
/// <param name="All">In the order in which they are computed.</param>
/// <param name="AreWhole">Whether torch computes all of the network: where its kernels would multiply nothing, there is nothing to win by bringing values to them and back.</param>
public sealed record Islands(ImmutableArray<NodeChain> All, bool AreWhole)
{
    private readonly ILookup<int, NodeChain> _byFirst = All.ToLookup(static island => island.First.Id);

    /// <summary>What is no island since kernels of its own do it to values of any sizes.</summary>
    public ImmutableArray<NodeChain> Arranged { get; private init; } = ImmutableArray<NodeChain>.Empty;

    /// <summary>Those that begin with a node: several where what it gives, which no kernel's memory holds, goes several ways.</summary>
    public IReadOnlyList<NodeChain> StartingAt(FlatNode node) => [.. _byFirst[node.Id]];

    /// <summary>The islands of a network.</summary>
    public static Islands In(FlatGraph graph, FusionRules rules, CancellationToken cancellation = default)
    {
        var (islands, arranged) = (ImmutableArray.CreateBuilder<NodeChain>(), ImmutableArray.CreateBuilder<NodeChain>());
        var multiplies = false;
        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            // A batch norm by itself has one scale for each channel.
            if (!IsLeft(graph, rules, node))
                multiplies |= rules.KernelOf(graph, node) is { WeightShape.Count: > 1 };
            else if (node.Shape.IsHeld || graph.IsResult(node.Id))
            {
                var chain = NodeChain.EndingAt(graph, node);
                (chain.Arranged(graph) is null ? islands : arranged).Add(chain);
            }
        }
        return new(islands.ToImmutable(), islands.Count > 0 && !multiplies) { Arranged = arranged.ToImmutable() };
    }

    private static bool IsLeft(FlatGraph graph, FusionRules rules, FlatNode node) =>
        graph.IsComputed(node) && (rules.KernelOf(graph, node) is null || !node.Read.All(input => graph.Nodes[input].Shape.IsHeld));
}
