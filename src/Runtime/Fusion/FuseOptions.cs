using Blockwright.Gpu.Cuda;
using Blockwright.Kernels;
using static System.FormattableString;

namespace Blockwright;

/// <summary>How a snapshot computes.</summary>
public sealed record FuseOptions
{
    /// <summary>Where the module is; on the CPU a thread for each of the machine's processors, up to 32, with its best instructions.</summary>
    public static FuseOptions Default { get; } = new();

    /// <summary>
    /// Threads of the CPU kernels, 1 to 1,024; 1 starts none. A batch of at least as many images is shared out by images, a smaller one by rows; the results are the same, to the bit, with
    /// any number. Up to 32 unless you ask for more. A GPU's kernels have threads of their own, and take no notice of it.
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
    /// the sixth digit of a layer's largest value, and a value that is not finite makes the 4 x 4 pixels round it NaN. Direct sums are not the more accurate ones: they are longer. A GPU's kernels always compute them product by
    /// product. See docs/accuracy.md.
    /// </summary>
    public bool Exact { get; init; }

    /// <summary>
    /// What rows that pass from a step to the next may take, for tests: a part of the second-level cache. With 1, whatever can goes by bands, of as few rows as there
    /// can be.
    /// </summary>
    internal int BandBytes { get; init; } = CacheSizes.Band;

    /// <summary>What the snapshot computes on.</summary>
    public FuseDevice Device { get; init; }

    /// <summary>
    /// Which one, where there are several, counted from 0. CUDA's are counted as torch counts them; of a module on CUDA it is always the module's. OpenCL's are counted GPUs first, then accelerators, then CPUs; an exception about a
    /// number that is too large lists them.
    /// </summary>
    public int DeviceIndex { get; init; }

    /// <summary>What happens when a GPU's kernels cannot run; then that is said once, on the standard error. A class that was built without them is an exception in any case.</summary>
    public FuseFallback Fallback { get; init; }

    /// <summary>Whether Blockwright's own kernels may be used. Without, the snapshot consists of torch's operations, as it does of other types.</summary>
    public bool UseKernels { get; init; } = true;

    /// <summary>Where CUDA is looked for: on this machine, or with what a test has made in its place.</summary>
    internal CudaMachine Cuda { get; init; } = CudaMachine.OfProcess;

    /// <summary>Weights in place of a file's, for a check on a machine that has none.</summary>
    internal Func<Plans.CpuPlan, Plans.FoldedWeights>? Weights { get; init; }

    /// <summary>Whether the numbers are such as can be.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not.</exception>
    internal void Check()
    {
        const string Options = "options";
        if (Threads is < 1 or > Team.Most)
            throw new ArgumentOutOfRangeException($"{Options}.{nameof(Threads)}", Threads, Invariant($"A snapshot has 1 to {Team.Most} threads."));
        if (KeptBytes < 0)
            throw new ArgumentOutOfRangeException($"{Options}.{nameof(KeptBytes)}", KeptBytes, "A snapshot keeps 0 bytes or more.");
        if (DeviceIndex < 0)
            throw new ArgumentOutOfRangeException($"{Options}.{nameof(DeviceIndex)}", DeviceIndex, "Devices are counted from 0.");
        CheckWord(Device, $"{Options}.{nameof(Device)}");
        CheckWord(Fallback, $"{Options}.{nameof(Fallback)}");
    }

    private static void CheckWord<TWord>(TWord word, string name)
        where TWord : struct, Enum
    {
        if (!Enum.IsDefined(word))
            throw new ArgumentOutOfRangeException(name, word, $"A {typeof(TWord).Name} is one of {string.Join(", ", Enum.GetNames<TWord>())}.");
    }
}
