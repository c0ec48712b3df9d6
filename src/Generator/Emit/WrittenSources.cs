using Blockwright.Generator.Plan;
using Blockwright.Graph.Memory;

namespace Blockwright.Generator.Emit;

/// <summary>What was written of a plan, for as long as the plan is remembered.</summary>
internal static class WrittenSources
{
    private static readonly WeakMemory<PlannedModule, GeneratedSource> OfPlans = new();

    public static GeneratedSource Of(PlannedModule planned, CancellationToken cancellation) => OfPlans.Of(planned, each => SourceWriter.Write(each, cancellation));
}
