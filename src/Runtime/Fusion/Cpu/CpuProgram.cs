using System.Collections.Immutable;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu;

/// <summary>A plan with its weights packed for one set of instructions. Immutable; any number of threads may use it.</summary>
internal sealed class CpuProgram : IDisposable
{
    /// <summary>Packs a plan's weights.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="weights">Its folded weights.</param>
    /// <param name="set">The instructions.</param>
    /// <param name="isExact">Whether every sum is computed product by product.</param>
    public CpuProgram(string network, CpuPlan plan, FoldedWeights weights, InstructionSet set, bool isExact = false)
    {
        InstructionSets.Require(set);
        (Network, Plan, Weights, Set) = (network, plan, weights, set);
        Steps = [.. plan.Steps.Select(step => CpuSteps.Make(plan, step, set, weights, isExact))];
        var products = Steps.OfType<ProductStep>().ToList();
        foreach (var (step, following) in products.Zip(products.Skip(1)))
            step.Following = following.Weights;
    }

    public string Network { get; }

    public CpuPlan Plan { get; }

    public FoldedWeights Weights { get; }

    /// <summary>The instructions that its weights are packed for.</summary>
    public InstructionSet Set { get; }

    /// <summary>One for each step of the plan.</summary>
    public ImmutableArray<CpuStep> Steps { get; }

    public void Dispose()
    {
        foreach (var step in Steps)
            step.Dispose();
    }
}
