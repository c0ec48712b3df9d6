using System.Numerics;
using System.Runtime.CompilerServices;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels.Winograd;

/// <summary>
/// The weights of a 3 x 3 convolution of stride 1, transformed, in the order in which the products read them. Immutable; any number of threads may use it.
/// </summary>
/// <remarks>For each position, for each panel of output channels, for each input channel: the panel's lanes. Then the biases. Channels beyond the last are zeros. At the end, zeros that products start from.</remarks>
internal sealed unsafe class PackedWinograd : IDisposable
{
    /// <summary>The most of <see cref="PanelsAtOnce"/>.</summary>
    public const int MostPanelsAtOnce = 64;

    private const int ChannelsAtOnce = 8;

    // A longer chain of additions has an error of which the way back to outputs makes more; several, which are added, cost a layer of 512 channels 1 to 2 %, and
    // VGG16 nothing that could be measured.
    private const int MostInOneChain = 256;

    private readonly Panel[] _panels;

    /// <summary>Transforms and packs weights.</summary>
    /// <param name="form">The form.</param>
    /// <param name="set">The instructions that will read them.</param>
    /// <param name="weights">Out x in x 3 x 3, channels in the order in which they lie in memory.</param>
    /// <param name="bias">One for each output channel, or empty.</param>
    /// <param name="outChannels">Output channels.</param>
    /// <param name="runs">The channels of each run of the input, in order.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    /// <exception cref="PlatformNotSupportedException">The machine lacks the instructions.</exception>
    public PackedWinograd(WinogradForm form, InstructionSet set, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int outChannels, ReadOnlySpan<int> runs)
    {
        InstructionSets.Require(set);
        (Form, Set, OutChannels, Runs) = (form, set, outChannels, runs.ToArray());
        InChannels = Runs.Sum();
        if (outChannels < 1 || InChannels < 1 || Runs.Min() < 1 || weights.Length != (long)outChannels * InChannels * WinogradForm.Taps * WinogradForm.Taps)
            throw new ArgumentException(Invariant($"Expected {outChannels} x {InChannels} x 3 x 3 weights, found {weights.Length}."), nameof(weights));
        if (bias.Length != 0 && bias.Length != outChannels)
            throw new ArgumentException(Invariant($"Expected {outChannels} biases or none, found {bias.Length}."), nameof(bias));
        var chains = (InChannels + MostInOneChain - 1) / MostInOneChain;
        Chain = CacheLine.WholeLines((InChannels + chains - 1) / chains);
        (_panels, var lanes) = Layout();
        PositionPitch = ((long)InChannels * lanes) + CacheLine.Floats;
        var widest = _panels.Max(static panel => panel.Kernel.Lanes);
        PanelsAtOnce = Math.Clamp(InChannels / widest, 1, Math.Min(MostPanelsAtOnce, _panels.Length));
        LanesAtOnce = PanelsAtOnce * widest;
        Memory = new AlignedMemory((Form.Positions * PositionPitch) + lanes + Microkernel.MostLanes);
        bias.CopyTo(new Span<float>(Bias, OutChannels));
        foreach (var panel in _panels)
            Transform(panel, weights);
    }

    /// <summary>How many outputs a tile has.</summary>
    public WinogradForm Form { get; }

    /// <summary>The instructions that read it.</summary>
    public InstructionSet Set { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Input channels, of all runs.</summary>
    public int InChannels { get; }

    /// <summary>Input channels whose products are summed before those sums are.</summary>
    public int Chain { get; }

    public int[] Runs { get; }

    public ReadOnlySpan<Panel> Panels => _panels;

    public AlignedMemory Memory { get; }

    /// <summary>As many zeros as any panel has lanes.</summary>
    public float* Zeros => Memory.Pointer + Memory.Length - Microkernel.MostLanes;

    /// <summary>The weights that are read after these; null for none.</summary>
    public AlignedMemory? Following { get; set; }

    /// <summary>Panels whose products are computed before they are transformed back: of as many channels as the input has, so that they take as much of the cache.</summary>
    public int PanelsAtOnce { get; }

    /// <summary>The most channels of <see cref="PanelsAtOnce"/>.</summary>
    public int LanesAtOnce { get; }

    /// <summary>Floats from the weights at one position to those at the next. A cache line between them keeps the positions from falling on each other's places in the cache while they are written.</summary>
    public long PositionPitch { get; }

    /// <summary>The biases, of all panels.</summary>
    public float* Bias => Memory.Pointer + (Form.Positions * PositionPitch);

    public void Dispose() => Memory.Dispose();

    private (Panel[] Panels, int Lanes) Layout()
    {
        var panels = new List<Panel>();
        var first = 0;
        foreach (var width in Microkernel.Cover(Set, OutChannels, PanelWidth.Two))
        {
            var kernel = Microkernel.For(Set, width);
            panels.Add(new Panel(kernel, first, Math.Min(kernel.Lanes, OutChannels - first), (long)InChannels * first));
            first += kernel.Lanes;
        }
        return ([.. panels], first);
    }

    /// <summary>G g G^T for a panel's output channels side by side, in float64: what the network gives must not pay for what is done once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform(in Panel panel, ReadOnlySpan<float> weights)
    {
        const int TileTaps = WinogradForm.Taps * WinogradForm.Taps;
        // Whole registers of any machine's.
        var padded = (panel.Kernel.Lanes + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        // Each output channel's weights lie together: some input channels at a time, so that what is read of them is whole lines.
        double* windows = stackalloc double[ChannelsAtOnce * TileTaps * padded], half = stackalloc double[Form.Inputs * WinogradForm.Taps * padded];
        var position = stackalloc float[padded];
        new Span<double>(windows, ChannelsAtOnce * TileTaps * padded).Clear();
        for (var first = 0; first < InChannels; first += ChannelsAtOnce)
        {
            var count = Math.Min(ChannelsAtOnce, InChannels - first);
            for (var lane = 0; lane < panel.Channels; lane++)
            {
                var taps = weights.Slice((((panel.First + lane) * InChannels) + first) * TileTaps, count * TileTaps);
                for (var tap = 0; tap < taps.Length; tap++)
                    windows[(tap * padded) + lane] = taps[tap];
            }
            for (var channel = 0; channel < count; channel++)
                Transform(panel, first + channel, windows + (channel * TileTaps * padded), half, position, padded);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform(in Panel panel, int channel, double* window, double* half, float* position, int padded)
    {
        for (var row = 0; row < Form.Inputs; row++)
        {
            for (var column = 0; column < WinogradForm.Taps; column++)
            {
                for (var lane = 0; lane < padded; lane += Vector<double>.Count)
                    Combine(row, window + (column * padded) + lane, WinogradForm.Taps * padded).Store(half + (((row * WinogradForm.Taps) + column) * padded) + lane);
            }
        }
        for (var at = 0; at < Form.Positions; at++)
        {
            var from = half + (at / Form.Inputs * WinogradForm.Taps * padded);
            for (var lane = 0; lane < padded; lane += Vector<float>.Count)
            {
                var (low, high) = (Combine(at % Form.Inputs, from + lane, padded), Combine(at % Form.Inputs, from + lane + Vector<double>.Count, padded));
                Vector.Narrow(low, high).Store(position + lane);
            }
            var target = Memory.Pointer + (at * PositionPitch) + panel.Weights + ((long)channel * panel.Kernel.Lanes);
            Buffer.MemoryCopy(position, target, panel.Channels * sizeof(float), panel.Channels * sizeof(float));
        }
    }

    /// <summary>A row of the form's matrix times three values, for a register of channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector<double> Combine(int row, double* values, int step)
    {
        var factors = Form.Window.AsSpan(row * WinogradForm.Taps, WinogradForm.Taps);
        return (factors[0] * Vector.Load(values)) + (factors[1] * Vector.Load(values + step)) + (factors[2] * Vector.Load(values + (2 * step)));
    }

    /// <summary>A panel of output channels.</summary>
    internal readonly struct Panel(Microkernel kernel, int first, int channels, long weights)
    {
        /// <summary>Its inner loop.</summary>
        public readonly Microkernel Kernel = kernel;

        /// <summary>Its first channel.</summary>
        public readonly int First = first;

        /// <summary>Its channels that exist.</summary>
        public readonly int Channels = channels;

        /// <summary>Where its weights begin at each position, in floats.</summary>
        public readonly long Weights = weights;
    }
}
