using System.Collections.Immutable;

namespace Blockwright.Gpu.Cuda;

/// <summary>A network's kernels and weights, and what is launched for an input's size.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="Sources">CUDA C++; each is compiled, and kept, by itself.</param>
/// <param name="Weights">All weights, as the kernels read them.</param>
/// <param name="Schedule">What is launched for a batch of images of a size.</param>
internal sealed record CudaProgram(string Network, IReadOnlyList<KernelSource> Sources, ReadOnlyMemory<float> Weights, Func<ImageSize, LaunchSchedule> Schedule);

/// <summary>A text with kernels.</summary>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Text">CUDA C++, with extern "C" kernels.</param>
/// <param name="Kernels">The kernels in it.</param>
internal sealed record KernelSource(string Name, string Text, IReadOnlyList<string> Kernels);

/// <summary>N, H and W of an input.</summary>
internal readonly record struct ImageSize(int Batch, int Height, int Width);

/// <summary>What is launched for a size, in an order in which it could be done one after the other.</summary>
/// <param name="Inputs">The bytes of each input, of all images.</param>
/// <param name="Outputs">The bytes of each result, of all images.</param>
/// <param name="WorkBytes">Of what lies between them; parts of it are used again and again.</param>
/// <param name="Launches">The launches.</param>
internal sealed record LaunchSchedule(ImmutableArray<long> Inputs, ImmutableArray<long> Outputs, long WorkBytes, IReadOnlyList<KernelLaunch> Launches)
{
    /// <summary>Of all inputs.</summary>
    public long InputBytes => Inputs.Sum();

    /// <summary>Of all results.</summary>
    public long OutputBytes => Outputs.Sum();
}

/// <summary>A launch of a kernel.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Grid">Blocks.</param>
/// <param name="Block">Threads of a block.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block.</param>
/// <param name="Arguments">What it is given.</param>
internal sealed record KernelLaunch(string Kernel, Extent Grid, Extent Block, int SharedBytes, IReadOnlyList<KernelArgument> Arguments)
{
    /// <summary>What it reads and writes of what its pointers lead to; all of it, unless somebody knows better.</summary>
    public IReadOnlyList<MemoryUse> Uses { get; init; } = [.. Arguments.Where(static argument => argument.IsPointer).Select(static argument => argument.Use)];
}

internal readonly record struct Extent(int X, int Y = 1, int Z = 1);

/// <summary>Whose memory it is.</summary>
internal enum MemoryOwner
{
    /// <summary>Nobody's: the argument is a number.</summary>
    None,
    Input,
    Output,
    Weights,
    Work,
}

/// <summary>An argument: a pointer, and what the kernel does behind it, or a number of 32 bits.</summary>
internal readonly record struct KernelArgument
{
    private KernelArgument(MemoryUse use, uint number) => (Use, Number) = (use, number);

    /// <summary>What is behind the pointer; of nobody where it is a number.</summary>
    public MemoryUse Use { get; }

    public uint Number { get; }

    public bool IsPointer => Use.Owner != MemoryOwner.None;

    public static KernelArgument Reads(MemoryOwner owner, long offset, long bytes, int number = 0) => new(new(owner, offset, bytes, IsWritten: false) { Number = number }, 0);

    /// <summary>What is written counts as read too: a kernel may write a part, or add to what is there.</summary>
    public static KernelArgument Writes(MemoryOwner owner, long offset, long bytes, int number = 0) => new(new(owner, offset, bytes, IsWritten: true) { Number = number }, 0);

    public static KernelArgument Of(int number) => new(default, unchecked((uint)number));

    public static KernelArgument Of(float number) => new(default, BitConverter.SingleToUInt32Bits(number));
}

/// <summary>Bytes that a step reads, or writes: a piece, or the same piece of each of several images.</summary>
internal readonly record struct MemoryUse(MemoryOwner Owner, long Offset, long Bytes, bool IsWritten)
{
    /// <summary>Of which input or result, counted from 0; of what there is one of, 0.</summary>
    public int Number { get; init; }

    /// <summary>How many pieces there are.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The bytes from the beginning of a piece to that of the next, at least those of a piece.</summary>
    public long Period { get; init; } = Bytes;

    /// <summary>The byte behind the last one.</summary>
    public long End => Offset + ((Times - 1) * Period) + Bytes;

    /// <summary>Whether the two may not be done at once, or the other way round: they share bytes, and one of them writes.</summary>
    public bool Conflicts(in MemoryUse other) =>
        Owner == other.Owner && Number == other.Number && (IsWritten || other.IsWritten) && Offset < other.End && other.Offset < End && !LieBesideEachOther(this, other);

    /// <summary>Whether two that repeat alike lie in the gaps of each other.</summary>
    private static bool LieBesideEachOther(in MemoryUse first, in MemoryUse second)
    {
        if (first.Period != second.Period || (first.Times == 1 && second.Times == 1))
            return false;
        // Where the second begins in the first's period: at or behind its piece's end, and its own end not beyond the period's.
        var shift = (second.Offset - first.Offset) % first.Period;
        if (shift < 0)
            shift += first.Period;
        return shift >= first.Bytes && shift + second.Bytes <= first.Period;
    }
}
