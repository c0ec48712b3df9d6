using Blockwright.Kernels;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A convolution or linear layer as matrix multiplications, whose weights pass by once for many pixels.</summary>
internal abstract class ProductStep(PlanStep plan) : CpuStep(plan)
{
    /// <summary>The packed weights.</summary>
    public abstract AlignedMemory Weights { get; }

    /// <summary>The weights that are read after these, which come while the last of these pass.</summary>
    public abstract AlignedMemory? Following { set; }
}
