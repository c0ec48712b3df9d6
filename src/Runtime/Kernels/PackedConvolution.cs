using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>
/// The weights of a convolution, or of a linear layer, in the order in which the inner loop reads them. Immutable; any number of threads may use it.
/// </summary>
/// <remarks>
/// For each group, for each panel of output channels: K rows of the panel's channels, K running over the input's runs, and in each over the
/// window's rows, its columns and the run's channels. Channels beyond the last are zeros.
/// </remarks>
public sealed unsafe class PackedConvolution : IDisposable
{
    private readonly Panel[] _panels;

    /// <summary>Packs weights.</summary>
    /// <param name="set">The instructions that will read them.</param>
    /// <param name="weights">Out x in / groups x kernel height x kernel width, channels in the order in which they lie in memory.</param>
    /// <param name="bias">One for each output channel, or empty.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="runs">The channels of each run of the input, in order.</param>
    /// <param name="kernelHeight">Rows of the window.</param>
    /// <param name="kernelWidth">Columns of the window.</param>
    /// <param name="groups">Groups, as in torch.nn.Conv2d.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine lacks the instructions.</exception>
    public PackedConvolution(
        InstructionSet set,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias,
        int outChannels,
        ReadOnlySpan<int> runs,
        int kernelHeight = 1,
        int kernelWidth = 1,
        int groups = 1)
    {
        InstructionSets.Require(set);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernelHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernelWidth, 1);
        Set = set;
        KernelHeight = kernelHeight;
        KernelWidth = kernelWidth;
        Groups = groups;
        OutChannels = outChannels;
        Runs = runs.ToArray();
        // No LINQ over numbers here: see PlanRun.
        var areThere = Runs.Length > 0;
        foreach (var run in Runs)
            (InChannels, areThere) = (checked(InChannels + run), areThere && run > 0);
        if (groups < 1 || outChannels < 1 || !areThere || outChannels % groups != 0 || InChannels % groups != 0)
            throw new ArgumentException(Invariant($"{InChannels} input and {outChannels} output channels do not divide into {groups} groups."));
        Depth = InChannels / groups * Taps;
        if (weights.Length != outChannels * Depth)
            throw new ArgumentException(Invariant($"Expected {outChannels} x {InChannels / groups} x {kernelHeight} x {kernelWidth} weights, found {weights.Length}."), nameof(weights));
        if (bias.Length != 0 && bias.Length != outChannels)
            throw new ArgumentException(Invariant($"Expected {outChannels} biases or none, found {bias.Length}."), nameof(bias));

        _panels = Layout(set, outChannels / groups, groups, Depth, out var length);
        Memory = new AlignedMemory(length);
        Fill(weights, bias);
    }

    /// <summary>The instructions that read it.</summary>
    public InstructionSet Set { get; }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; }

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; }

    /// <summary>Groups.</summary>
    public int Groups { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Input channels, of all runs.</summary>
    public int InChannels { get; }

    /// <summary>Rows of a panel: input channels of a group times the taps of the window.</summary>
    internal int Depth { get; }

    internal int[] Runs { get; }

    internal int Taps => KernelHeight * KernelWidth;

    internal ReadOnlySpan<Panel> Panels => _panels;

    internal AlignedMemory Memory { get; }


    /// <summary>The weights that are read after these, which come while the last panel's pixels pass; null for none.</summary>
    internal AlignedMemory? Following { get; set; }

    /// <inheritdoc/>
    public void Dispose() => Memory.Dispose();

    private static Panel[] Layout(InstructionSet set, int outChannels, int groups, int depth, out long length)
    {
        var widths = Microkernel.Cover(set, outChannels);
        var panels = new Panel[groups * widths.Length];
        length = 0;
        for (var group = 0; group < groups; group++)
        {
            var first = 0;
            for (var i = 0; i < widths.Length; i++)
            {
                var kernel = Microkernel.For(set, widths[i]);
                panels[(group * widths.Length) + i] = new Panel(kernel, group, first, Math.Min(kernel.Lanes, outChannels - first), length, length + (long)kernel.Lanes * depth);
                first += kernel.Lanes;
                length += (long)kernel.Lanes * (depth + 1);
            }
        }
        return panels;
    }

    private void Fill(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        var outPerGroup = OutChannels / Groups;
        var (order, group) = (new int[Depth], -1);
        foreach (ref readonly var panel in Panels)
        {
            if (panel.Group != group)
                SetOrder(order, group = panel.Group);
            var first = (group * outPerGroup) + panel.First;
            if (bias.Length > 0)
                bias.Slice(first, panel.Channels).CopyTo(new Span<float>(Memory.Pointer + panel.Bias, panel.Channels));
            Fill(panel, weights.Slice(first * Depth, panel.Channels * Depth), order);
        }
    }

    /// <summary>A panel's channels side by side: what is written are whole lines, and of each channel the line that is read stays in the cache until its last weight is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(in Panel panel, ReadOnlySpan<float> weights, int[] order)
    {
        var target = Memory.Pointer + panel.Weights;
        foreach (var from in order)
        {
            for (var lane = 0; lane < panel.Channels; lane++)
                target[lane] = weights[(lane * Depth) + from];
            target += panel.Kernel.Lanes;
        }
    }

    /// <summary>Where in a channel's weights, Cin / groups x kernel height x kernel width, those are to which the inner loop comes, in its order: by runs, in them by taps, in them by channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetOrder(int[] order, int group)
    {
        var first = group * (InChannels / Groups);
        var last = first + (InChannels / Groups);
        var (at, count) = (0, 0);
        foreach (var run in Runs)
        {
            var (from, to) = (Math.Max(at, first), Math.Min(at + run, last));
            for (var tap = 0; tap < Taps; tap++)
            {
                for (var channel = from; channel < to; channel++)
                    order[count++] = ((channel - first) * Taps) + tap;
            }
            at += run;
        }
    }

    /// <summary>A panel of output channels.</summary>
    /// <param name="Kernel">Its inner loop.</param>
    /// <param name="Group">Its group.</param>
    /// <param name="First">Its first channel within the group's output.</param>
    /// <param name="Channels">Its channels that exist.</param>
    /// <param name="Weights">Where its weights begin, in floats.</param>
    /// <param name="Bias">Where its biases begin, in floats.</param>
    internal readonly record struct Panel(Microkernel Kernel, int Group, int First, int Channels, long Weights, long Bias);
}
