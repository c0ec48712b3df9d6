using Blockwright.Generator.Parse;
using Blockwright.Graph.Memory;

namespace Blockwright.Generator.Plan;

/// <summary>
/// What was last planned. The pipeline's memory is one project's in one editor; a compiler that serves many builds starts each with an empty one.
/// </summary>
internal static class KnownPlans
{
    private static readonly SizedMemory<Cause, PlannedModule> Known = new(MemoryLimits.Plans);

    /// <summary>The plan of the closure's declaration, made anew where anything that it depends on is another.</summary>
    public static PlannedModule Of(Closure closure, HostFacts host, CancellationToken cancellation)
    {
        var cause = new Cause(closure, host);
        if (Known.Recall(cause) is { } known)
            return known;
        var planned = PlannedModule.Of(closure, host, NetworkPlan.Of, cancellation);
        if (planned.Failure is null)
            Known.Keep(cause, planned, SizeOf(planned));
        return planned;
    }

    /// <summary>Nodes with their shapes, operations on them, and steps with their runs.</summary>
    private static long SizeOf(PlannedModule planned)
    {
        var declarations = Sizes.Of(planned.Closure.Declaration) + planned.Closure.Reached.Sum(Sizes.Of);
        if (planned.Plan is not { } plan)
            return Sizes.Item + declarations;
        long steps = plan.Cpu?.Steps.Sum(static step => 4 + step.Inputs.Length + ((step.InOrder.Length + step.OutOrder.Length) / 16)) ?? 0;
        steps += plan.Cpu?.Named.Sum(static value => 1 + value.Runs.Length + (value.Order.Length / 16)) ?? 0;
        steps += plan.Names.Length;
        steps += 2L * plan.Islands?.All.Sum(static island => island.Nodes.Length) ?? 0;
        steps += plan.Gpu?.Steps.Sum(static step => 8L + step.Operands.Sum(static operand => operand.Length)) ?? 0;
        steps += 3L * plan.Nodes?.Nodes.Length ?? 0;
        steps += plan.Onnx?.Recipes.Sum(static recipe => 4L + (recipe.Nodes.Length / 16)) ?? 0;
        return declarations + (Sizes.Item * ((6L * plan.Graph.Nodes.Length) + (2L * plan.Forward.Operations.Length) + (2L * plan.Snapshot.Operations.Length) + steps));
    }

    /// <summary>All that a plan is made from.</summary>
    private readonly record struct Cause(Closure Closure, HostFacts Host);
}
