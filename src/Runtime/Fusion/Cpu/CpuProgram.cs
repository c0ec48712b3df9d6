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
    /// <param name="islands">What computes layers without a kernel; it stays its owner's. Null where there are none.</param>
    public CpuProgram(string network, CpuPlan plan, FoldedWeights weights, InstructionSet set, bool isExact = false, IIslands? islands = null)
    {
        InstructionSets.Require(set);
        (Network, Plan, Weights, Set) = (network, plan, weights, set);
        Steps = Make(isExact, islands);
        var products = Steps.OfType<ProductStep>().ToList();
        foreach (var (step, following) in products.Zip(products.Skip(1)))
            step.Following = following.Weights;
    }

    private CpuProgram(CpuProgram whole, CpuPlan plan, ImmutableArray<CpuStep> steps) => (Network, Plan, Weights, Set, Steps) = (whole.Network, plan, whole.Weights, whole.Set, steps);

    public string Network { get; }

    public CpuPlan Plan { get; }

    public FoldedWeights Weights { get; }

    /// <summary>The instructions that its weights are packed for.</summary>
    public InstructionSet Set { get; }

    /// <summary>One for each step of the plan.</summary>
    public ImmutableArray<CpuStep> Steps { get; }

    /// <summary>Whether torch computes some of it.</summary>
    public bool HasIslands => Steps.Any(static step => step is IslandStep);

    /// <summary>
    /// A program that gives named values in place of the results, and ends with the last of them. Each is given as soon as it is whole, before anything else takes its memory. It has this one's steps, and is not disposed.
    /// </summary>
    public CpuProgram Giving(IReadOnlyList<PlanNamed> values)
    {
        var made = new int[Plan.Buffers.Length];
        for (var i = 0; i < Plan.Steps.Length; i++)
        {
            if (Plan.Steps[i].Output >= 0)
                made[Plan.Steps[i].Output] = i;
        }
        var whole = values.Select(value => value.Runs.Max(run => made[run.Buffer])).ToArray();
        var (steps, buffers, slots) = (new List<CpuStep>(), Plan.Buffers.ToBuilder(), Plan.Slots);
        // The caller's memory holds all that comes in.
        for (var i = 0; i <= Math.Max(whole.Max(), Plan.Inputs.Count() - 1); i++)
        {
            steps.Add(Steps[i]);
            for (var result = 0; result < values.Count; result++)
            {
                if (whole[result] == i)
                    Give(result);
            }
        }
        var plan = Plan with
        {
            Results = [.. values.Select(static value => new PlanResult(value.Name, value.Channels, value.Grid, value.IsFlat) { Dimensions = value.Dimensions })],
            Slots = slots,
            Buffers = buffers.ToImmutable(),
            Steps = [.. steps.Select(static step => step.Plan)],
        };
        return new(this, plan, [.. steps]);

        void Give(int result)
        {
            var runs = values[result].InOrder();
            if (runs.Length > 1)
            {
                steps.Add(new GatherStep(new PlanStep(KernelKind.Gather, buffers.Count) { Inputs = runs }, Set));
                runs = [new(buffers.Count, 0, values[result].Channels)];
                buffers.Add(new(values[result].Channels, values[result].Grid, 0, slots++));
            }
            steps.Add(new OutputStep(new PlanStep(KernelKind.Output, -1) { Inputs = runs, Result = result }));
        }
    }

    // Each thread takes the next step that is left.
    private ImmutableArray<CpuStep> Make(bool isExact, IIslands? islands)
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
                    steps[i] = CpuSteps.Make(Plan, Plan.Steps[i], Set, Weights, isExact, islands);
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
