using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// BW3001 (G3): more convolutional branches over one whole value than one, or two where they down-sample (which a unit with a shortcut needs). A branch over a
/// part of the channels is none: a split makes both halves cheaper. Nor is the 1x1 of a shortcut, without which the Add would not fit, or a gate on one pixel.
/// </summary>
internal sealed class FragmentsRule() : DeclaredRule(Descriptors.DeclaredFragmented)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, AnalyzerConfigOptions options, CancellationToken cancellation)
    {
        if (node.Join is not (JoinKind.Concat or JoinKind.Add) || IsPartOfLarger(network, node))
            return null;
        var fork = network.ForkOf(node);
        var branches = Branches(network, node, fork, cancellation);
        var downSamples = DeclaredNetwork.IsSmaller(node.Shape, fork.Shape);
        var most = (downSamples ? Options.MaximumBranchesDownsampling : Options.MaximumBranches).Read(options);
        if (branches.Count <= most)
            return null;
        var target = TargetOf(options);
        var measured = Paper.Parallel(branches.Count, target);
        var fragments = branches.SelectMany(static branch => branch.Fragments).Distinct().Count();
        return new(
            null,
            Severities.Fragments(target),
            branches.Count - most,
            [branches.Count, fragments, Figures.Map(fork.Shape), most, downSamples ? "2" : "1", measured.Key, measured]);
    }

    /// <summary>The convolutional ones. What shares all its convolutions with another is no branch of its own.</summary>
    private static List<Branch> Branches(DeclaredNetwork network, FlatNode join, FlatNode fork, CancellationToken cancellation)
    {
        var seen = new HashSet<int>();
        var result = new List<Branch>();
        foreach (var operand in Operands(network, join))
        {
            var branch = Branch.Of(network, fork, operand, cancellation);
            if (branch.IsFragment(join.Join!.Value) && branch.Convolutions.Count(seen.Add) > 0)
                result.Add(branch);
        }
        return result;
    }

    /// <summary>A Concat that only another Concat reads is judged there.</summary>
    private static bool IsPartOfLarger(DeclaredNetwork network, FlatNode node) => network.Graph.OnlyConsumer(node.Id) is { } next && next.Join == node.Join;

    /// <summary>From the first to the last; joins of joins may go as deep as the network.</summary>
    private static IEnumerable<FlatNode> Operands(DeclaredNetwork network, FlatNode join)
    {
        var open = new Stack<FlatNode>([join]);
        while (open.Count > 0)
        {
            var node = open.Pop();
            if (node != join && !(node.Join == join.Join && IsPartOfLarger(network, node)))
                yield return node;
            else
                node.Inputs.Reverse().Select(input => network.Graph.Nodes[input]).ToList().ForEach(open.Push);
        }
    }

    /// <summary>What lies between a fork and one operand of a join.</summary>
    private sealed record Branch(IReadOnlyList<FlatNode> Nodes, bool TakesWhole)
    {
        /// <summary>The convolutions and pools: what the paper counts.</summary>
        public IEnumerable<int> Fragments => Nodes.Where(static node => node.Layer is { Numbers: not null } or { IsPool: true }).Select(static node => node.Id);

        public IEnumerable<int> Convolutions => Nodes.Where(static node => node.Layer?.Numbers is not null && !node.Shape.IsPoint).Select(static node => node.Id);

        public bool IsFragment(JoinKind join) => TakesWhole && Convolutions.Any() && !(join == JoinKind.Add && IsProjection);

        private bool IsProjection => Nodes.All(static node => node.Layer is { Numbers.IsPointwise: true } or { Module.IsNorm: true }) && Nodes.Count(static node => node.Layer?.Numbers is not null) == 1;

        public static Branch Of(DeclaredNetwork network, FlatNode fork, FlatNode operand, CancellationToken cancellation)
        {
            var nodes = new List<FlatNode>();
            var seen = new HashSet<int> { fork.Id };
            var takesWhole = false;
            var open = new Stack<FlatNode>([operand]);
            while (open.Count > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                var node = open.Pop();
                if (!seen.Add(node.Id))
                    continue;
                nodes.Add(node);
                takesWhole |= !node.IsSlice && node.Inputs.Contains(fork.Id);
                foreach (var input in node.Inputs)
                    open.Push(network.Graph.Nodes[input]);
            }
            return new(nodes, takesWhole);
        }
    }
}
