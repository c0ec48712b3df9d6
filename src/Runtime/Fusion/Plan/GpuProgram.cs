using System.Collections.Immutable;

namespace Blockwright.Plans;

/// <summary>
/// What a GPU does for a network: memory, weights as the kernels want them, the kernels' source and their launches. The source is specialised for the network (channels, windows and epilogues are
/// constants in it), and speaks a dialect of C that <c>Dialect</c> turns into OpenCL C or CUDA C++. Batch, heights, widths and where channels lie are arguments. The generator makes it and the runtime follows it; both compile
/// this file, and <see cref="GpuTable"/> carries it from one to the other.
/// </summary>
/// <param name="Identity">As the CPU plan's: equal for plans whose folded weights are interchangeable.</param>
/// <param name="Element">The type of what is computed.</param>
/// <param name="Inputs">How many values come in.</param>
/// <param name="Results">What comes out.</param>
/// <param name="Grids">Heights and widths; the first is the first input's.</param>
/// <param name="SizeRules">What sizes have to be for the network to take an input.</param>
/// <param name="Slots">Pieces of memory of the network's own.</param>
/// <param name="Buffers">What kernels are given: the first are the caller's inputs, each N x C x H x W, then come those where the caller wants the results; the others lie in slots.</param>
/// <param name="Weights">The weights, which lie in one piece of memory.</param>
/// <param name="Kernels">The kernels; each is compiled by itself or with others.</param>
/// <param name="Schedules">What is launched, by the batch: the last schedule whose batch is not above it. The first is for a batch of 1.</param>
internal sealed record GpuProgram(
    string Identity,
    ElementType Element,
    int Inputs,
    ImmutableArray<PlanResult> Results,
    ImmutableArray<PlanGrid> Grids,
    ImmutableArray<SizeRule> SizeRules,
    int Slots,
    ImmutableArray<GpuBuffer> Buffers,
    ImmutableArray<GpuWeights> Weights,
    ImmutableArray<GpuKernel> Kernels,
    ImmutableArray<GpuSchedule> Schedules)
{
    /// <summary>The buffers that are the caller's.</summary>
    public int Callers => Inputs + Results.Length;

    /// <summary>The floats of all weights.</summary>
    public long WeightFloats => Weights.IsEmpty ? 0 : Weights[Weights.Length - 1].At + Weights[Weights.Length - 1].Floats;

    /// <summary>What is launched for a batch.</summary>
    public GpuSchedule ScheduleOf(int batch) => Schedules.Last(schedule => schedule.FromBatch == 1 || schedule.FromBatch <= batch);
}

/// <summary>Planes of one height and width: N x <paramref name="Planes"/> x H x W floats. The tensors of a grid lie in one buffer, each in planes of its own while it lives.</summary>
/// <param name="Planes">Planes of an image.</param>
/// <param name="Grid">Their height and width.</param>
/// <param name="Slot">Its piece of memory, or -1 for what is the caller's; buffers that do not live at the same time share one.</param>
internal sealed record GpuBuffer(int Planes, int Grid, int Slot);

/// <summary>How weights lie.</summary>
internal enum GpuPacking
{
    /// <summary>For each group of channels its weights as input channel and tap x output channel; then a bias for each output channel, 0 where there is none.</summary>
    Products,

    /// <summary>For each channel its taps; then a bias for each channel, 0 where there is none. A batch norm by itself has one tap, its scale, and its shift as bias.</summary>
    Channels,
}

/// <summary>One layer's folded weights as a kernel wants them.</summary>
/// <param name="Of">Which.</param>
/// <param name="Packing">How they lie.</param>
/// <param name="Groups">A convolution's groups.</param>
/// <param name="InOrder">Which channel of the layer each channel that is read is; empty where it is the same.</param>
/// <param name="OutOrder">Which channel of the layer each channel that is written is; empty where it is the same.</param>
/// <param name="At">The first float's place in the weights' memory.</param>
internal sealed record GpuWeights(PlanWeights Of, GpuPacking Packing, int Groups, ImmutableArray<int> InOrder, ImmutableArray<int> OutOrder, long At)
{
    /// <summary>The weights and the biases.</summary>
    public long Floats => Of.Shape.Aggregate(1L, static (product, size) => product * size) + Of.OutChannels;
}

/// <summary>A kernel.</summary>
/// <param name="Name">Its function's name.</param>
/// <param name="Threads">Threads of a group, all in the first dimension.</param>
/// <param name="SharedBytes">Shared (CUDA) or local (OpenCL) memory that it declares itself, statically.</param>
/// <param name="Source">Its text, with all the functions that it calls, whose names begin with its own.</param>
internal sealed record GpuKernel(string Name, int Threads, int SharedBytes, string Source);

/// <summary>Launches, each of which may read what those before it wrote.</summary>
/// <param name="FromBatch">The smallest batch that it is for.</param>
/// <param name="Launches">The launches, in order.</param>
internal sealed record GpuSchedule(int FromBatch, ImmutableArray<GpuLaunch> Launches);

/// <summary>One launch of a kernel.</summary>
/// <param name="Kernel">The kernel's number.</param>
/// <param name="Groups">How many groups of threads, all in the first dimension.</param>
/// <param name="Arguments">What the kernel is given, in order.</param>
/// <param name="What">What it computes, for people: in profiles and errors.</param>
internal sealed record GpuLaunch(int Kernel, GpuGroups Groups, ImmutableArray<GpuArgument> Arguments, string What)
{
    /// <summary>The planes that it reads, and nothing beside them: each once, in order.</summary>
    public ImmutableArray<PlanRun> Reads { get; init; } = ImmutableArray<PlanRun>.Empty;

    /// <summary>The planes that it writes, and nothing beside them.</summary>
    public ImmutableArray<PlanRun> Writes { get; init; } = ImmutableArray<PlanRun>.Empty;
}

/// <summary>A number of groups: those that cover the pixels of all images, times those that cover the channels.</summary>
/// <param name="Grid">Whose pixels.</param>
/// <param name="Pixels">Pixels of one group, which may be of several images.</param>
/// <param name="Each">Groups for the same pixels.</param>
internal readonly record struct GpuGroups(int Grid, int Pixels, int Each)
{
    /// <summary>How many there are.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="size">The grid's size.</param>
    public long Of(int batch, (int Height, int Width) size) => (((long)batch * size.Height * size.Width) + Pixels - 1) / Pixels * Each;
}

/// <summary>What an argument is.</summary>
internal enum GpuArgumentKind
{
    /// <summary>The address of a buffer: a pointer to float.</summary>
    Buffer,

    /// <summary>The address of all weights: a pointer to const float.</summary>
    Weights,

    /// <summary>A number that the plan knows, an int: where weights or a run of channels begin.</summary>
    Number,

    /// <summary>The images, an int.</summary>
    Batch,

    /// <summary>A grid's height, an int.</summary>
    Height,

    /// <summary>A grid's width, an int.</summary>
    Width,
}

/// <summary>An argument.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The buffer, the number or the grid.</param>
internal readonly record struct GpuArgument(GpuArgumentKind Kind, int Value);
