using System.Runtime.InteropServices;
using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>
/// The weights of a depthwise convolution, or of one in groups of a few channels, as many of the output as of the input, so that several groups share a register. Immutable; any number of threads may
/// use it.
/// </summary>
/// <remarks>
/// For each register of channels, for each tap of the window, for each channel of a group: a weight for each lane; then the biases. Where groups have several channels, there is before all that, for each of
/// them, where the lanes of a register find it.
/// </remarks>
public sealed unsafe class PackedDepthwise : IDisposable
{
    private readonly AlignedMemory _memory;
    private readonly int _lanes;

    /// <summary>Packs weights.</summary>
    /// <param name="set">The instructions that will read them.</param>
    /// <param name="weights">C x group x kernel height x kernel width, channels in the order in which they lie in memory.</param>
    /// <param name="bias">One for each channel, or empty.</param>
    /// <param name="channels">C, of the input and of the output.</param>
    /// <param name="kernelHeight">Rows of the window.</param>
    /// <param name="kernelWidth">Columns of the window.</param>
    /// <param name="group">Channels of a group: 1 is depthwise.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other, or the groups no register.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine lacks the instructions.</exception>
    public PackedDepthwise(InstructionSet set, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int channels, int kernelHeight, int kernelWidth, int group = 1)
    {
        InstructionSets.Require(set);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernelHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernelWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (Set, Channels, Group, KernelHeight, KernelWidth) = (set, channels, group, kernelHeight, kernelWidth);
        if (!Fits(set, group) || channels % group != 0)
            throw new ArgumentException(Invariant($"{channels} channels in groups of {group} do not fit the registers of {set}."), nameof(group));
        if (weights.Length != (long)channels * group * Taps)
            throw new ArgumentException(Invariant($"Expected {channels} x {group} x {kernelHeight} x {kernelWidth} weights, found {weights.Length}."), nameof(weights));
        if (bias.Length != 0 && bias.Length != channels)
            throw new ArgumentException(Invariant($"Expected {channels} biases or none, found {bias.Length}."), nameof(bias));
        _lanes = InstructionSets.Lanes(set);
        Registers = (channels + _lanes - 1) / _lanes;
        _memory = new AlignedMemory(PlacesLength + (Registers * RegisterPitch));
        var places = MemoryMarshal.Cast<float, int>(new Span<float>(_memory.Pointer, PlacesLength));
        for (var i = 0; i < places.Length; i++)
            places[i] = (i % _lanes / group * group) + (i / _lanes);
        for (var channel = 0; channel < channels; channel++)
            Fill(channel, weights.Slice(channel * group * Taps, group * Taps), bias.Length > 0 ? bias[channel] : 0);
    }

    /// <summary>The instructions that read it.</summary>
    public InstructionSet Set { get; }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; }

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Channels of a group.</summary>
    public int Group { get; }

    internal int Taps => KernelHeight * KernelWidth;

    /// <summary>Registers that hold the channels of a pixel.</summary>
    internal int Registers { get; }

    /// <summary>For each channel of a group, where the lanes of a register find it.</summary>
    internal float* Places => _memory.Pointer;

    private int PlacesLength => Group == 1 ? 0 : Group * _lanes;

    private long RegisterPitch => (((long)Taps * Group) + 1) * _lanes;

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    /// <summary>Whether groups of so many channels have a kernel: one, or so few that at least two share a register.</summary>
    internal static bool Fits(InstructionSet set, int group)
    {
        var lanes = InstructionSets.Lanes(set);
        // Vector<T> has no shuffle, by which lanes find their group's channels.
        return group == 1 || (set != InstructionSet.Portable && group > 1 && 2 * group <= lanes && lanes % group == 0);
    }

    /// <summary>A register's weights, tap by tap, then its biases.</summary>
    internal float* OfRegister(int register) => _memory.Pointer + PlacesLength + (register * RegisterPitch);

    private void Fill(int channel, ReadOnlySpan<float> weights, float bias)
    {
        var target = OfRegister(channel / _lanes) + (channel % _lanes);
        for (var input = 0; input < Group; input++)
        {
            for (var tap = 0; tap < Taps; tap++)
                target[((tap * Group) + input) * _lanes] = weights[(input * Taps) + tap];
        }
        target[Taps * Group * _lanes] = bias;
    }
}
