using System.Collections.Immutable;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright;

/// <summary>What the steps of the CPU's plan took, named by the layers that they compute.</summary>
internal static class KernelProfiler
{
    public static NetworkProfile Profile(NetworkPlans plans, StepTimes times, int batch, int height, int width)
    {
        var plan = plans.Cpu!;
        var sizes = GridSizes.Of(plans.Network, plan.Grids, plan.SizeRules, height, width);
        var (peak, speed) = MachineCeilings.Measure(times.Set, times.Threads);
        var names = new StepNames(plans);
        var (rows, rowOf) = (new List<ProfileRow>(), new List<int>());
        var known = new Dictionary<(int First, int Last), int>();
        foreach (var step in times.Steps)
        {
            if (!known.TryGetValue((step.First, step.Last), out var row))
            {
                known.Add((step.First, step.Last), row = rows.Count);
                rows.Add(names.RowOf(step.First, step.Last) with { Way = step.Way });
            }
            var cost = PlanCosts.Of(plan, sizes, step.First, step.Last).For(step.Images);
            var (flops, bytes) = (2.0 * cost.MultiplyAdds, (double)cost.Bytes);
            rows[row] = rows[row] with { Flops = rows[row].Flops + flops, Bytes = rows[row].Bytes + bytes, FloorSeconds = rows[row].FloorSeconds + Math.Max(flops / peak, bytes / speed) };
            rowOf.Add(row);
        }
        var title = Invariant($"{plans.Network}, fused, {InputSizes.Text(plans, batch, height, width)}, {times.Set}, {times.Threads} {(times.Threads == 1 ? "thread" : "threads")}: {peak / 1e9:F0} GFLOP/s and {speed / 1e9:F0} GB/s at most");
        return Moments.Profile(title, rows, rowOf, times.Stamps, times.Plain, peak, speed);
    }

    /// <summary>The layers of each step.</summary>
    private sealed class StepNames(NetworkPlans plans)
    {
        private readonly ILookup<int, (PlanNode Node, int Index)> _nodes =
            (plans.Nodes?.Nodes ?? ImmutableArray<PlanNode>.Empty).Select(static (node, index) => (Node: node, Index: index)).Where(static each => each.Node.Step != PlanNode.NoStep).ToLookup(static each => each.Node.Step);

        public ProfileRow RowOf(int first, int last)
        {
            var steps = Enumerable.Range(first, last + 1 - first).ToList();
            var block = steps.SelectMany(step => _nodes[step]).Select(each => plans.Nodes!.Blocks[each.Node.Block].Path).FirstOrDefault("");
            return new(string.Join(" + ", steps.Select(NameOf)), string.Join(" + ", steps.Select(KindOf)), block) { Layers = [.. steps.SelectMany(step => _nodes[step]).Select(static each => each.Index)] };
        }

        /// <summary>The first layer's key; without one where the step stands.</summary>
        private string NameOf(int step)
        {
            var node = _nodes[step].FirstOrDefault().Node;
            if (node is null)
                return KindOf(step);
            var block = plans.Nodes!.Blocks[node.Block];
            return node.Key.Length > 0 ? block.Key(node.Key) : block.Path.Length > 0 ? $"{block.Path}: {node.Kind}" : node.Kind;
        }

        private string KindOf(int step)
        {
            if (_nodes[step].FirstOrDefault().Node is not { } node)
                return plans.Cpu!.Steps[step].Kind.ToString();
            return ProfileText.Kind(node, node.Kind);
        }
    }
}
