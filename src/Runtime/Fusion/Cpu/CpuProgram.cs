using System.Collections.Immutable;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu;

/// <summary>A plan with its weights packed for one set of instructions. Immutable; any number of threads may use it.</summary>
internal sealed class CpuProgram : IDisposable
{
    public CpuProgram(string network, CpuPlan plan, FoldedWeights weights, InstructionSet set)
    {
        (Network, Plan, Weights) = (network, plan, weights);
        Steps = [.. plan.Steps.Select(step => CpuSteps.Make(step, set, weights))];
        var convolutions = Steps.OfType<ConvolutionStep>().ToList();
        foreach (var (step, following) in convolutions.Zip(convolutions.Skip(1)))
            step.Packed.Following = following.Packed;
    }

    public string Network { get; }

    public CpuPlan Plan { get; }

    public FoldedWeights Weights { get; }

    /// <summary>One for each step of the plan.</summary>
    public ImmutableArray<CpuStep> Steps { get; }

    public void Dispose()
    {
        foreach (var step in Steps)
            step.Dispose();
    }
}
