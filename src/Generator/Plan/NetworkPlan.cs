using Blockwright.Generator.Plan.Cpu;
using Blockwright.Generator.Plan.Rows;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan;

/// <summary>All that is decided of a declaration before a word of code is written.</summary>
/// <param name="Graph">The declaration resolved.</param>
/// <param name="Forward">The module's own forward.</param>
/// <param name="Snapshot">The snapshot of torch's operations.</param>
/// <param name="Cpu">A network's plan for the CPU; null for a block, and where a layer has no kernel.</param>
internal sealed record NetworkPlan(BlockGraph Graph, ForwardPlan Forward, ForwardPlan Snapshot, CpuPlan? Cpu)
{
    public static NetworkPlan Of(BlockGraph graph) => new(graph, ForwardPlan.Of(graph, PlanKind.Module), ForwardPlan.Of(graph, PlanKind.Snapshot), PlanCpu(graph));

    private static CpuPlan? PlanCpu(BlockGraph graph)
    {
        if (graph.Declaration.Kind != DeclarationKind.Network)
            return null;
        var opened = FlatGraph.Of(graph);
        return opened.NodeWithoutKernel is null ? CpuPlanner.Plan(RowsPlan.Of(opened, FusionRules.Cpu)) : null;
    }
}
