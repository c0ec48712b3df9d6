using static System.FormattableString;

namespace Blockwright.Kernels;

/// <summary>The weights of a depthwise convolution: for each tap of the window, one for each channel. Immutable; any number of threads may use it.</summary>
public sealed unsafe class PackedDepthwise : IDisposable
{
    private readonly AlignedMemory _memory;

    /// <summary>Packs weights.</summary>
    /// <param name="set">The instructions that will read them.</param>
    /// <param name="weights">C x 1 x kernel height x kernel width, channels in the order in which they lie in memory.</param>
    /// <param name="bias">One for each channel, or empty.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="kernelHeight">Rows of the window.</param>
    /// <param name="kernelWidth">Columns of the window.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine lacks the instructions.</exception>
    public PackedDepthwise(InstructionSet set, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int channels, int kernelHeight, int kernelWidth)
    {
        InstructionSets.Require(set);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernelHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernelWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        KernelHeight = kernelHeight;
        KernelWidth = kernelWidth;
        if (weights.Length != channels * Taps)
            throw new ArgumentException(Invariant($"Expected {channels} x 1 x {kernelHeight} x {kernelWidth} weights, found {weights.Length}."), nameof(weights));
        if (bias.Length != 0 && bias.Length != channels)
            throw new ArgumentException(Invariant($"Expected {channels} biases or none, found {bias.Length}."), nameof(bias));
        Set = set;
        Channels = channels;
        var lanes = InstructionSets.Lanes(set);
        Registers = (channels + lanes - 1) / lanes;
        _memory = new AlignedMemory((long)Registers * lanes * (Taps + 1));
        for (var channel = 0; channel < channels; channel++)
        {
            var (register, lane) = Math.DivRem(channel, lanes);
            var target = _memory.Pointer + register * lanes * (Taps + 1) + lane;
            for (var tap = 0; tap < Taps; tap++)
                target[tap * lanes] = weights[channel * Taps + tap];
            if (bias.Length > 0)
                target[Taps * lanes] = bias[channel];
        }
    }

    /// <summary>The instructions that read it.</summary>
    public InstructionSet Set { get; }

    /// <summary>Rows of the window.</summary>
    public int KernelHeight { get; }

    /// <summary>Columns of the window.</summary>
    public int KernelWidth { get; }

    /// <summary>Channels.</summary>
    public int Channels { get; }

    internal int Taps => KernelHeight * KernelWidth;

    /// <summary>Registers that hold the channels of a pixel.</summary>
    internal int Registers { get; }

    /// <summary>For each register of channels: the taps' weights, then the bias.</summary>
    internal float* Memory => _memory.Pointer;

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
