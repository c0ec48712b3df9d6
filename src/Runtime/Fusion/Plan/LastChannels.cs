using System.Collections.Immutable;

namespace Blockwright.Plans;

/// <summary>Plans with other channels of last layers than those that they were made for: what comes out of such a layer only its weights and those know who hand it on as it is, as an activation does.</summary>
internal static class LastChannels
{
    /// <param name="plan">What the CPU does.</param>
    /// <param name="last">The channels of last layers, by their keys.</param>
    public static CpuPlan Set(CpuPlan plan, IReadOnlyDictionary<string, int> last)
    {
        var buffers = plan.Buffers.ToArray();
        var results = plan.Results.ToArray();
        var set = new Dictionary<int, int>();
        var steps = plan.Steps.Select(Step).ToImmutableArray();
        return plan with { Buffers = [.. buffers], Results = [.. results], Steps = steps, Named = [.. plan.Named.Select(value => value with { Runs = [.. value.Runs.Select(Run)] })] };

        PlanStep Step(PlanStep step)
        {
            var isLast = last.TryGetValue(step.Weights?.Key ?? "", out var channels);
            if (!isLast && (step.Inputs.IsEmpty || !set.TryGetValue(step.Inputs[0].Buffer, out channels)))
                return step;
            if (step.Output < 0)
            {
                results[step.Result] = results[step.Result] with { Channels = channels };
            }
            else
            {
                buffers[step.Output] = buffers[step.Output] with { Channels = channels };
                set.Add(step.Output, channels);
            }
            return isLast ? step with { Weights = step.Weights! with { Shape = step.Weights.Shape.SetItem(0, channels) } } : step with { Inputs = [.. step.Inputs.Select(Run)] };
        }

        PlanRun Run(PlanRun run) => set.TryGetValue(run.Buffer, out var channels) ? run with { Count = channels } : run;
    }

    /// <param name="plan">What the network is made of.</param>
    /// <param name="last">The channels of last layers, by their keys.</param>
    public static NodePlan Set(NodePlan plan, IReadOnlyDictionary<string, int> last)
    {
        var nodes = ImmutableArray.CreateBuilder<PlanNode>(plan.Nodes.Length);
        var set = new Dictionary<int, int>();
        foreach (var node in plan.Nodes)
        {
            // Of two values that a layer reads the second gives a size alone.
            var isLast = last.TryGetValue(plan.Blocks[node.Block].Key(node.Key), out var channels);
            if (!isLast && (node.Inputs.IsEmpty || !set.TryGetValue(node.Inputs[0], out channels)))
            {
                nodes.Add(node);
                continue;
            }
            set.Add(nodes.Count, channels);
            nodes.Add(node with { Channels = channels, Parameters = Part(node.Parameters), PerPixel = Part(node.PerPixel) });

            // A layer's weights and its work are in proportion to what comes out.
            long Part(long ofAll) => ofAll / node.Channels * channels;
        }
        return plan with { Nodes = nodes.MoveToImmutable() };
    }
}
