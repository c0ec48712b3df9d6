using System.Numerics;
using Blockwright.Kernels.Simd;
using static System.FormattableString;

namespace Blockwright.Kernels.Winograd;

/// <summary>
/// The weights of a 3 x 3 convolution of stride 1, transformed, in the order in which the products read them. Immutable; any number of threads may use it.
/// </summary>
/// <remarks>For each panel of output channels, for each position, for each input channel: the panel's lanes. Then the panel's biases. Channels beyond the last are zeros. At the end, zeros that products start from.</remarks>
internal sealed unsafe class PackedWinograd : IDisposable
{
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
        (_panels, var length) = Layout();
        Memory = new AlignedMemory(length);
        foreach (var panel in _panels)
        {
            if (bias.Length > 0)
                bias.Slice(panel.First, panel.Channels).CopyTo(new Span<float>(Memory.Pointer + panel.Bias, panel.Channels));
            Transform(panel, weights);
        }
    }

    /// <summary>How many outputs a tile has.</summary>
    public WinogradForm Form { get; }

    /// <summary>The instructions that read it.</summary>
    public InstructionSet Set { get; }

    /// <summary>Output channels.</summary>
    public int OutChannels { get; }

    /// <summary>Input channels, of all runs.</summary>
    public int InChannels { get; }

    public int[] Runs { get; }

    public ReadOnlySpan<Panel> Panels => _panels;

    public AlignedMemory Memory { get; }

    /// <summary>As many zeros as any panel has lanes.</summary>
    public float* Zeros => Memory.Pointer + Memory.Length - Microkernel.MostLanes;

    /// <summary>The weights that are read after these; null for none.</summary>
    public AlignedMemory? Following { get; set; }

    /// <summary>Floats of a panel's weights at one position.</summary>
    public long PositionLength(in Panel panel) => (long)InChannels * panel.Kernel.Lanes;

    public void Dispose() => Memory.Dispose();

    private (Panel[] Panels, long Length) Layout()
    {
        var panels = new List<Panel>();
        var (first, length) = (0, 0L);
        foreach (var width in Microkernel.Cover(Set, OutChannels, PanelWidth.Two))
        {
            var kernel = Microkernel.For(Set, width);
            var weights = (long)Form.Positions * InChannels * kernel.Lanes;
            panels.Add(new Panel(kernel, first, Math.Min(kernel.Lanes, OutChannels - first), length, length + weights));
            first += kernel.Lanes;
            length += weights + kernel.Lanes;
        }
        return ([.. panels], length + Microkernel.MostLanes);
    }

    /// <summary>G g G^T for a panel's output channels side by side, in float64: what the network gives must not pay for what is done once.</summary>
    private void Transform(in Panel panel, ReadOnlySpan<float> weights)
    {
        const int TileTaps = WinogradForm.Taps * WinogradForm.Taps;
        var (lanes, inputs) = (panel.Kernel.Lanes, Form.Inputs);
        // Whole registers of any machine's.
        var padded = (lanes + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;
        double[] window = new double[TileTaps * padded], half = new double[inputs * WinogradForm.Taps * padded], position = new double[padded];
        for (var channel = 0; channel < InChannels; channel++)
        {
            for (var lane = 0; lane < panel.Channels; lane++)
            {
                var taps = weights.Slice((((panel.First + lane) * InChannels) + channel) * TileTaps, TileTaps);
                for (var tap = 0; tap < TileTaps; tap++)
                    window[(tap * padded) + lane] = taps[tap];
            }
            for (var row = 0; row < inputs; row++)
            {
                for (var column = 0; column < WinogradForm.Taps; column++)
                    Combine(row, window.AsSpan(column * padded), WinogradForm.Taps * padded, half.AsSpan(((row * WinogradForm.Taps) + column) * padded, padded));
            }
            for (var at = 0; at < Form.Positions; at++)
            {
                Combine(at % inputs, half.AsSpan(at / inputs * WinogradForm.Taps * padded), padded, position);
                var target = Memory.Pointer + panel.Weights + (at * PositionLength(panel)) + ((long)channel * lanes);
                for (var lane = 0; lane < panel.Channels; lane++)
                    target[lane] = (float)position[lane];
            }
        }
    }

    /// <summary>target = a row of the form's matrix times three rows of values.</summary>
    private void Combine(int row, ReadOnlySpan<double> values, int step, Span<double> target)
    {
        Vector<double> a = new(Form.Window[row * WinogradForm.Taps]), b = new(Form.Window[(row * WinogradForm.Taps) + 1]), c = new(Form.Window[(row * WinogradForm.Taps) + 2]);
        for (var i = 0; i < target.Length; i += Vector<double>.Count)
            (a * new Vector<double>(values[i..]) + b * new Vector<double>(values[(step + i)..]) + c * new Vector<double>(values[(2 * step + i)..])).CopyTo(target[i..]);
    }

    /// <summary>A panel of output channels.</summary>
    /// <param name="Kernel">Its inner loop.</param>
    /// <param name="First">Its first channel.</param>
    /// <param name="Channels">Its channels that exist.</param>
    /// <param name="Weights">Where its weights begin, in floats.</param>
    /// <param name="Bias">Where its biases begin, in floats.</param>
    internal readonly record struct Panel(Microkernel Kernel, int First, int Channels, long Weights, long Bias);
}
