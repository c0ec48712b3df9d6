using Blockwright.Kernels;

namespace Blockwright;

/// <summary>Steps of a plan that run together.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Images">The images that it does at a time.</param>
/// <param name="Way">How it is computed, where there are several ways.</param>
internal readonly record struct TimedStep(int First, int Last, int Images, string Way);

/// <summary>When each step of the CPU's plan began and ended.</summary>
/// <param name="Steps">The steps of a run.</param>
/// <param name="Stamps">Their moments.</param>
/// <param name="Plain">Runs that nobody looks into.</param>
/// <param name="Set">The instructions of the kernels.</param>
/// <param name="Threads">The threads that do a step together.</param>
internal sealed record StepTimes(IReadOnlyList<TimedStep> Steps, long[][] Stamps, long[] Plain, InstructionSet Set, int Threads) : RunTimes(Stamps, Plain)
{
    public override NetworkProfile Profile(NetworkPlans plans, int batch, int height, int width) => KernelProfiler.Profile(plans, this, batch, height, width);
}
