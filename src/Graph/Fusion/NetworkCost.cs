using System.Collections.Immutable;
using Blockwright.Plans;
using Microsoft.CodeAnalysis;

namespace Blockwright.Graph;

/// <summary>What a network gives and takes, as far as its declaration decides it.</summary>
/// <param name="Result">The shape of what it gives.</param>
/// <param name="MultiplyAdds">Multiply-accumulates for one image.</param>
/// <param name="Moved">The values that its operations read and write for one image, weights too.</param>
/// <param name="State">Its state dict: each layer's key, and what its entries' shapes depend on.</param>
public sealed record NetworkCost(string Result, long MultiplyAdds, long Moved, EquatableArray<(string Key, string Layer, long Channels)> State)
{
    /// <summary>Of each network of a compilation that is built without a problem and uses a declaration, or is it: its full name and what it takes.</summary>
    /// <param name="declaration">The full name.</param>
    public static IReadOnlyDictionary<string, NetworkCost> OfUsers(Compilation compilation, string declaration, CancellationToken cancellation)
    {
        var own = DeclarationIndex.Of(compilation, cancellation).All.ToList();
        var world = new Dictionary<string, Declaration>(StringComparer.Ordinal);
        foreach (var each in own.SelectMany(static each => each.External).Concat(own))
            world[each.FullName] = each;
        var costs = new Dictionary<string, NetworkCost>(StringComparer.Ordinal);
        foreach (var network in Users(own, declaration).Where(static each => each.Kind == DeclarationKind.Network))
        {
            if (GraphBuilder.Build(network, world, cancellation) is { Problems.IsEmpty: true, Opened: { } opened } && Of(opened, FusionRules.Cpu, cancellation) is { } cost)
                costs[network.FullName] = cost;
        }
        return costs;
    }

    /// <summary>Null where 64 bits do not hold it.</summary>
    public static NetworkCost? Of(FlatGraph graph, FusionRules rules, CancellationToken cancellation)
    {
        try
        {
            var state = ImmutableArray.CreateBuilder<(string, string, long)>();
            var layers = default(OperationCost);
            foreach (var node in graph.Nodes)
            {
                cancellation.ThrowIfCancellationRequested();
                layers += new OperationCost(Cost.Parameters(node), Cost.MultiplyAdds(graph, node), 0, 0);
                if (node.Layer is { HasState: true } layer)
                    state.Add((node.Key, layer.Describe(), node.Channels));
            }
            // What no kernel computes moves nothing here, and has its weights.
            var passes = FusedOperation.Of(graph, rules, cancellation).Where(static operation => operation.Island is null).Aggregate(default(OperationCost), (sum, operation) => sum + Cost.Of(graph, operation));
            return new(graph.ResultText, layers.MultiplyAdds, checked(passes.Read + passes.Written + layers.Parameters), new(state.ToImmutable()));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>A declaration and all that use it, directly or not.</summary>
    private static IEnumerable<Declaration> Users(IReadOnlyList<Declaration> all, string declaration)
    {
        var users = all.SelectMany(static user => user.Uses.Select(use => (use.FullName, User: user))).ToLookup(static each => each.FullName, static each => each.User, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<Declaration>(all.Where(each => each.FullName == declaration));
        while (open.Count > 0)
        {
            var one = open.Pop();
            if (!seen.Add(one.FullName))
                continue;
            yield return one;
            foreach (var user in users[one.FullName])
                open.Push(user);
        }
    }
}
