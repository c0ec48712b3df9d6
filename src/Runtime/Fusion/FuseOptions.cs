using Blockwright.Kernels;

namespace Blockwright;

/// <summary>What a snapshot of a module on the CPU computes on.</summary>
public enum FuseDevice
{
    /// <summary>The CPU's vector kernels.</summary>
    Cpu,

    /// <summary>
    /// The first GPU that OpenCL finds on the machine, or another device of OpenCL's where there is no GPU. The class has to be built with its kernels, by the property BlockwrightDevice. Inputs and results are the
    /// host's; docs/gpu.md says more.
    /// </summary>
    OpenCl,
}

/// <summary>How a snapshot computes.</summary>
public sealed record FuseOptions
{
    /// <summary>A thread for each of the machine's processors, up to 32; its best instructions.</summary>
    public static FuseOptions Default { get; } = new();

    /// <summary>
    /// Threads of the CPU kernels, 1 to 1,024; 1 starts none. A batch of at least as many images is shared out by images, a smaller one by rows; the results are the same, to the bit, with
    /// any number. Up to 32 unless you ask for more.
    /// </summary>
    public int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 32);

    /// <summary>
    /// The bytes of memory that a snapshot keeps between calls, for the sizes and callers that it served last. What a single call takes is kept in any case, since the next
    /// call of its size would have to allocate it anew; <see cref="FusedNetwork.Trim"/> frees that too.
    /// </summary>
    public long KeptBytes { get; init; } = 256L << 20;

    /// <summary>The vector instructions of the CPU kernels, for tests: the machine has to have them.</summary>
    public InstructionSet InstructionSet { get; init; } = InstructionSets.Best;

    /// <summary>
    /// Whether the CPU kernels compute every sum product by product. Otherwise 3 x 3 convolutions of stride 1 may go by tiles with a quarter of the products (Winograd), where that is faster: rounding differs in
    /// the sixth digit of a layer's largest value, and a value that is not finite makes the 4 x 4 pixels round it NaN. Direct sums are not the more accurate ones: they are longer. See docs/accuracy.md.
    /// </summary>
    public bool Exact { get; init; }

    /// <summary>
    /// What rows that pass from a step to the next may take, for tests: a part of the second-level cache. With 1, whatever can goes by bands, of as few rows as there
    /// can be.
    /// </summary>
    internal int BandBytes { get; init; } = CacheSizes.Band;

    /// <summary>What a snapshot of a float32 module on the CPU computes on.</summary>
    public FuseDevice Device { get; init; }

    /// <summary>Whether Blockwright's own kernels may be used. Without, the snapshot consists of torch's operations, as it does on other devices and for other types.</summary>
    public bool UseKernels { get; init; } = true;
}
