using System.Collections.Immutable;

namespace Blockwright.Generator.Plan.Cpu;

/// <summary>Channels that lie side by side: <paramref name="Count"/> of a buffer's, from <paramref name="First"/> on.</summary>
internal readonly record struct Run(int Buffer, int First, int Count)
{
    public override string ToString() => $"b{Buffer}[{First}..{First + Count}]";
}

/// <summary>A height and width: the input's, a window's over another, or one pixel.</summary>
/// <param name="From">The grid that the window moves over, or -1.</param>
internal sealed record Grid(int From, WindowSize? Window, bool CeilMode, long Height, long Width);

/// <summary>How a window moves.</summary>
internal sealed record WindowSize(int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth, int PaddingHeight, int PaddingWidth, int DilationHeight, int DilationWidth)
{
    public static WindowSize Pixel { get; } = new(1, 1, 1, 1, 0, 0, 1, 1);

    public int Halo => Math.Max(PaddingHeight, PaddingWidth);
}

/// <summary>Where a tensor lies.</summary>
/// <param name="Halo">Pixels of zeros round each map, for the windows that read it.</param>
/// <param name="Slot">The memory it has; buffers that do not live at the same time share one.</param>
internal sealed record Buffer(int Channels, int Grid, int Halo, int Slot);

/// <summary>The runtime's <c>Blockwright.Cpu.StepKind</c> by its names, which the emitted code writes; what the compiler loads cannot reference the runtime.</summary>
internal enum StepKind
{
    /// <summary>The input's planes, within a halo.</summary>
    Planes,

    /// <summary>The input, pixel by pixel.</summary>
    Input,
    Convolution,
    Depthwise,
    Affine,
    Activation,
    MaxPool,
    AvgPool,
    GlobalPool,
    Add,
    Multiply,
    Flatten,

    /// <summary>A value brought into one piece.</summary>
    Gather,

    /// <summary>The result, in torch's order.</summary>
    Output,
}

/// <summary>One call of a kernel.</summary>
/// <param name="Comment">What it is, for people.</param>
/// <param name="Inputs">The first operand's runs, in the order in which they are read.</param>
/// <param name="Others">The second operand's runs: a residual, a term, a factor.</param>
/// <param name="Output">The buffer that it writes.</param>
/// <param name="InOrder">Which channel of the layer each channel that is read is; empty where it is the same.</param>
/// <param name="OutOrder">Which channel of the layer each channel that is written is; empty where it is the same.</param>
internal sealed record CpuStep(
    StepKind Kind,
    string Comment,
    ImmutableArray<Run> Inputs,
    ImmutableArray<Run> Others,
    int Output,
    string Key = "",
    string NormKey = "",
    double Eps = 0,
    WindowSize? Window = null,
    bool CeilMode = false,
    bool CountIncludePad = true,
    int Groups = 1,
    string Activation = "",
    double Slope = 0,
    ImmutableArray<int> InOrder = default,
    ImmutableArray<int> OutOrder = default);

/// <summary>What the CPU does for a network: calls of kernels on buffers. No split, concatenation or shuffle is left in it.</summary>
internal sealed record CpuPlan(ImmutableArray<Grid> Grids, ImmutableArray<Buffer> Buffers, ImmutableArray<CpuStep> Steps, int Slots, int InputChannels, int OutputChannels, int OutputGrid, bool IsFlat)
{
    /// <summary>The memory that one image takes at the declared input, in floats.</summary>
    public long FloatsPerImage => Buffers.GroupBy(static buffer => buffer.Slot).Sum(slot => slot.Max(Floats));

    /// <summary>What it would be without sharing.</summary>
    public long FloatsWithoutSharing => Buffers.Sum(Floats);

    private long Floats(Buffer buffer)
    {
        var grid = Grids[buffer.Grid];
        return (grid.Height + (2 * buffer.Halo)) * (grid.Width + (2 * buffer.Halo)) * CpuTensor.WholeLines(buffer.Channels);
    }
}
