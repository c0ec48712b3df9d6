using System.Collections.Immutable;
using Blockwright.Generator.Parse;
using Blockwright.Generator.Plan.Cpu;
using Blockwright.Generator.Plan.Gpu;
using Blockwright.Generator.Plan.Rows;
using Blockwright.Graph;
using Blockwright.Plans;

namespace Blockwright.Generator.Plan;

/// <summary>All that is decided of a declaration before a word of code is written.</summary>
/// <param name="Graph">The declaration resolved, parameters being symbols.</param>
/// <param name="Forward">The module's own forward.</param>
/// <param name="Snapshot">The snapshot of torch's operations.</param>
/// <param name="Cpu">A network's plan for the CPU; null for a block, and where torch computes all of it.</param>
/// <param name="Gpu">A network's plan for a GPU, where the build asks for one; null where torch computes some of it.</param>
/// <param name="Islands">What torch computes of a network on the CPU; null for a block.</param>
internal sealed record NetworkPlan(BlockGraph Graph, ForwardPlan Forward, ForwardPlan Snapshot, CpuPlan? Cpu, GpuPlan? Gpu, Islands? Islands)
{
    /// <summary>The declaration with numbers for a network's parameters. Else <see cref="Graph"/>.</summary>
    public BlockGraph Known { get; private init; } = Graph;

    /// <summary>The numbers of a network's parameters that it is planned at; empty where it has none.</summary>
    public ImmutableArray<long> Numbers { get; private init; } = ImmutableArray<long>.Empty;

    /// <summary>The parameters that a network's plan serves whatever they are.</summary>
    public OpenParameters Open { get; private init; } = OpenParameters.None;

    /// <summary>The network planned at other numbers.</summary>
    public ImmutableArray<NetworkPlan> Others { get; private init; } = ImmutableArray<NetworkPlan>.Empty;

    /// <summary>What a network is made of and costs; null for a block, and where 64 bits do not hold it.</summary>
    public NodePlan? Nodes { get; private init; }

    /// <summary>The names of its values that may be asked for; empty for a block.</summary>
    public ImmutableArray<ValueName> Names { get; private init; } = ImmutableArray<ValueName>.Empty;

    /// <summary>How it is written in ONNX; null for a block.</summary>
    public OnnxPlan? Onnx { get; private init; }

    /// <param name="built">A declaration without mistakes.</param>
    /// <param name="host">What the build asks for.</param>
    public static NetworkPlan Of(BuildResult built, HostFacts host, CancellationToken cancellation)
    {
        var graph = built.Symbolic ?? built.Graph!;
        var plan = new NetworkPlan(graph, ForwardPlan.Of(graph, PlanKind.Module, cancellation), ForwardPlan.Of(graph, PlanKind.Snapshot, cancellation), null, null, null);
        if (built.Opened is not { } opened)
            return plan;
        if (built.Plans.IsEmpty)
            return plan.Opened(opened, host, cancellation);
        var plans = built.Plans.Select(each => (plan with { Known = each.Graph, Numbers = each.Numbers, Open = each.Open }).Opened(each.Opened, host, cancellation)).ToImmutableArray();
        return plans[0] with { Others = plans.RemoveAt(0) };
    }

    /// <summary>With what is planned of a network whose blocks are opened.</summary>
    private NetworkPlan Opened(FlatGraph opened, HostFacts host, CancellationToken cancellation)
    {
        var islands = Islands.In(opened, FusionRules.Cpu, cancellation);
        var plan = this with
        {
            Onnx = OnnxPlanner.Plan(opened, cancellation),
            Names = opened.Named.Select(static value => new ValueName(value.Name, value.Node < 0)).ToImmutableArray(),
            Islands = islands,
        };
        if (islands.AreWhole)
            return plan with { Nodes = NodePlanner.Plan(opened, null, cancellation) };
        // Both devices take the same into one pass over memory, and so what one has saved the other reads.
        var rows = RowsPlan.Of(opened, FusionRules.Cpu, cancellation);
        var cpu = CpuPlanner.Plan(rows, cancellation);
        var hasGpu = host.WantsDeviceCode && islands.All.IsEmpty;
        return plan with { Cpu = cpu, Nodes = NodePlanner.Plan(opened, cpu, cancellation), Gpu = hasGpu ? GpuPlanner.Plan(rows, cancellation) : null };
    }
}
