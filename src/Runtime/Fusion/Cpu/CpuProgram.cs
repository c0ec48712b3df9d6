using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Blockwright.Cpu.Steps;
using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu;

/// <summary>A plan with its weights packed for one set of instructions. Immutable; any number of threads may use it.</summary>
internal sealed class CpuProgram : IDisposable
{
    // More wait for memory.
    private const int MostThreads = 4;

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
        Steps = Make(isExact);
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

    // Each thread takes the next step that is left.
    private ImmutableArray<CpuStep> Make(bool isExact)
    {
        var steps = new CpuStep[Plan.Steps.Length];
        var (taken, fault) = (-1, default(ExceptionDispatchInfo));
        var others = Enumerable.Range(1, Math.Min(Math.Min(Environment.ProcessorCount, MostThreads), steps.Length) - 1).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        others.ForEach(static thread => thread.Start());
        Work();
        others.ForEach(static thread => thread.Join());
        if (fault is not null)
        {
            Array.ForEach(steps, static step => step?.Dispose());
            fault.Throw();
        }
        return ImmutableCollectionsMarshal.AsImmutableArray(steps);

        void Work()
        {
            try
            {
                using var rehearsal = Rehearsal.Of(Network, Plan);
                for (var i = Interlocked.Increment(ref taken); i < steps.Length; i = Interlocked.Increment(ref taken))
                {
                    steps[i] = CpuSteps.Make(Plan, Plan.Steps[i], Set, Weights, isExact);
                    rehearsal?.Run(steps[i]);
                }
            }
            catch (Exception e)
            {
                // The caller hears of it, and the others find nothing left.
                Volatile.Write(ref taken, steps.Length);
                fault = ExceptionDispatchInfo.Capture(e);
            }
        }
    }

    public void Dispose()
    {
        foreach (var step in Steps)
            step.Dispose();
    }
}
