using Blockwright.Analyzers.Configuration;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Declared;

/// <summary>
/// BW3001 (G3): more convolutional branches over one whole value than one, or two where they down-sample (which a unit with a shortcut needs). A branch over a
/// part of the channels is none: a split makes both halves cheaper. Nor is one that goes through another, which is in series with it; nor the 1x1 of a shortcut, without
/// which the Add would not fit; nor a gate on one pixel; nor what a snapshot adds up to one convolution beforehand. Authors chose their branches; two that one convolution would compute, nobody had a reason for.
/// </summary>
internal sealed class FragmentsRule() : DeclaredRule(Descriptors.DeclaredFragmented)
{
    public override Finding? Judge(DeclaredNetwork network, FlatNode node, RuleOptions options, CancellationToken cancellation)
    {
        // A sum that spreads a gate over a map joins no branches of one map.
        if (node.Join is not (JoinKind.Concat or JoinKind.Add) || (node.Join == JoinKind.Add && network.Graph.KernelOf(node) is null) || IsPartOfLarger(network, node))
            return null;
        // Branches that a snapshot computes as one convolution are there for training.
        if (network.OperationOf(node, FusionOf(options), cancellation) is { Summed.IsEmpty: false })
            return null;
        var fork = network.ForkOf(node);
        var branches = Branches(network, node, fork, cancellation);
        var downSamples = DeclaredNetwork.IsSmaller(node.Shape, fork.Shape);
        var most = options.Read(downSamples ? Options.MaximumBranchesDownsampling : Options.MaximumBranches);
        if (branches.Count <= most)
            return null;
        var target = TargetOf(options);
        var measured = options.Measured.Parallel(branches.Count);
        var fragments = branches.SelectMany(static branch => branch.Fragments).Distinct().Count();
        return new(
            null,
            node.Join == JoinKind.Concat && branches.Any(one => branches.Any(other => other != one && one.IsTwinOf(other, network))) ? Severities.Fragments(target) : DiagnosticSeverity.Info,
            branches.Count - most,
            [branches.Count, fragments, Figures.Map(fork.Shape), most, downSamples ? "2" : "1", measured.Key, measured]);
    }

    /// <summary>The convolutional ones. What shares all its convolutions with another is no branch of its own, nor is what goes through another.</summary>
    private static List<Branch> Branches(DeclaredNetwork network, FlatNode join, FlatNode fork, CancellationToken cancellation)
    {
        var seen = new HashSet<int>();
        var result = new List<Branch>();
        var operands = Operands(network, join).Distinct().ToList();
        var ends = new HashSet<int>(operands.Select(static operand => operand.Id));
        var fits = join.Join == JoinKind.Add && DeclaredNetwork.IsSameSize(fork.Shape, join.Shape);
        foreach (var operand in operands)
        {
            var branch = Branch.Of(network, fork, operand, cancellation);
            var isInSeries = branch.Nodes.Any(node => node != operand && ends.Contains(node.Id));
            var isShortcut = join.Join == JoinKind.Add && !fits && branch.IsProjection;
            if (branch.IsFragment && !isInSeries && !isShortcut && branch.Convolutions.Count(seen.Add) > 0)
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

        public bool IsFragment => TakesWhole && Convolutions.Any();

        public bool IsProjection => Nodes.All(static node => node.Layer is { Numbers.IsPointwise: true } or { Module.IsNorm: true }) && Nodes.Count(static node => node.Layer?.Numbers is not null) == 1;

        /// <summary>Whether one convolution of all their channels would compute both: each has just one over the same value, alike but for its channels, and the same behind it.</summary>
        public bool IsTwinOf(Branch other, DeclaredNetwork network) =>
            Convolutions.Take(2).Count() == 1 && Nodes.Count == other.Nodes.Count && Nodes.Zip(other.Nodes, (one, its) => IsAlike(one, its, network)).All(static alike => alike);

        private static bool IsAlike(FlatNode one, FlatNode other, DeclaredNetwork network) =>
            one.Layer is not null && other.Layer is not null && network.Graph.OnlyConsumer(one.Id) is not null && network.Graph.OnlyConsumer(other.Id) is not null
            && network.Graph.KernelOf(one) is { Groups: 1 } kernel && network.Graph.KernelOf(other) is { } its
            && kernel with { WeightShape = its.WeightShape } == its;

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
