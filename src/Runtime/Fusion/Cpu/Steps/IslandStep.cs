using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>What computes the layers of a network that have no kernel. It may be called from several threads at once.</summary>
internal interface IIslands : IDisposable
{
    /// <summary>Computes some layers for all images of a call.</summary>
    /// <param name="island">Which.</param>
    /// <param name="layers">The layers, for messages.</param>
    /// <param name="inputs">What they read; each is copied.</param>
    /// <param name="output">Where the result goes.</param>
    /// <exception cref="InvalidOperationException">Torch refuses what a layer is given, or something else comes out. What a module of the user's own throws comes through.</exception>
    void Compute(int island, string layers, FeatureMap[] inputs, FeatureMap output);
}

/// <summary>What torch computes between kernels, for all images at once: a module may look at its batch.</summary>
internal sealed class IslandStep(PlanStep plan, IIslands islands) : CpuStep(plan)
{
    public override BoundStep Bind(StepMemory memory) => new Bound(islands, Plan, Array.ConvertAll([.. Plan.Inputs], run => memory.Runs([run])[0]), memory.Map(Plan.Output));

    private sealed class Bound(IIslands islands, PlanStep plan, FeatureMap[] inputs, FeatureMap output) : BoundStep
    {
        /// <summary>Code of the user's own runs on the caller's thread, and while it does the caller's team is free.</summary>
        public override bool IsCallers => true;

        public override void Run(Share share) => islands.Compute(plan.Island, plan.Layers, inputs, output);
    }
}
