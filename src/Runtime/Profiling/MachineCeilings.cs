using Blockwright.Kernels;

namespace Blockwright;

/// <summary>The most that this machine can do.</summary>
internal static class MachineCeilings
{
    /// <summary>Floating-point operations and bytes read in a second, measured on a core: several have as much each, and threads have no more than there are cores.</summary>
    public static (double Peak, double Speed) Measure(InstructionSet set, int threads)
    {
        var cores = Math.Min(threads, Environment.ProcessorCount);
        return (FmaPeak.Measure(set, 20) * cores, ReadSpeed.Measure() * cores);
    }
}
