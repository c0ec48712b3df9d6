using System.Runtime.InteropServices;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>
/// The weights of a convolution whose groups are a few channels, as many of the output as of the input, so that several groups share a register. Immutable; any number of threads may use it.
/// </summary>
/// <remarks>For each register of channels, for each tap, for each channel of a group: a weight for each lane; then the biases. Before them, for each channel of a group, where the lanes find it.</remarks>
internal sealed unsafe class PackedGroups : IDisposable
{
    /// <summary>Packs weights.</summary>
    /// <param name="set">The instructions that will read them.</param>
    /// <param name="weights">C x group x kernel height x kernel width, channels in the order in which they lie in memory.</param>
    /// <param name="bias">One for each channel, or empty.</param>
    /// <param name="channels">C, of the input and of the output.</param>
    /// <param name="group">Channels of a group.</param>
    /// <param name="kernelHeight">Rows of the window.</param>
    /// <param name="kernelWidth">Columns of the window.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, or the groups no register.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine lacks the instructions.</exception>
    public PackedGroups(InstructionSet set, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int channels, int group, int kernelHeight, int kernelWidth)
    {
        InstructionSets.Require(set);
        (Set, Channels, Group, KernelHeight, KernelWidth) = (set, channels, group, kernelHeight, kernelWidth);
        if (channels < 1 || !GroupedConvolution.Fits(set, group) || channels % group != 0)
            throw new ArgumentException(Invariant($"{channels} channels in groups of {group} do not fit the registers of {set}."), nameof(group));
        if (weights.Length != channels * group * Taps)
            throw new ArgumentException(Invariant($"Expected {channels} x {group} x {kernelHeight} x {kernelWidth} weights, found {weights.Length}."), nameof(weights));
        if (bias.Length != 0 && bias.Length != channels)
            throw new ArgumentException(Invariant($"Expected {channels} biases or none, found {bias.Length}."), nameof(bias));
        var lanes = InstructionSets.Lanes(set);
        Registers = (channels + lanes - 1) / lanes;
        Memory = new AlignedMemory(((long)group * lanes) + (Registers * RegisterPitch));
        var places = MemoryMarshal.Cast<float, int>(new Span<float>(Memory.Pointer, group * lanes));
        for (var i = 0; i < places.Length; i++)
            places[i] = (i % lanes / group * group) + (i / lanes);
        for (var channel = 0; channel < channels; channel++)
        {
            var target = OfRegister(channel / lanes) + (channel % lanes);
            for (var tap = 0; tap < Taps; tap++)
            {
                for (var input = 0; input < group; input++)
                    target[((tap * group) + input) * lanes] = weights[(((channel * group) + input) * Taps) + tap];
            }
            if (bias.Length > 0)
                target[Taps * group * lanes] = bias[channel];
        }
    }

    /// <summary>The instructions that read it.</summary>
    public InstructionSet Set { get; }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Channels of a group.</summary>
    public int Group { get; }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; }

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; }

    public int Taps => KernelHeight * KernelWidth;

    /// <summary>Registers that hold the channels of a pixel.</summary>
    public int Registers { get; }

    public AlignedMemory Memory { get; }

    /// <summary>For each channel of a group a register of places.</summary>
    public float* Places => Memory.Pointer;

    private long RegisterPitch => ((long)Taps * Group + 1) * InstructionSets.Lanes(Set);

    /// <summary>The weights of a register of channels, and its biases.</summary>
    public float* OfRegister(int register) => Memory.Pointer + ((long)Group * InstructionSets.Lanes(Set)) + (register * RegisterPitch);

    public void Dispose() => Memory.Dispose();
}
