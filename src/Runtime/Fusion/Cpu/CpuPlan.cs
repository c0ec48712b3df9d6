using System.Collections.Immutable;
using System.ComponentModel;
using Blockwright.Kernels;

namespace Blockwright.Cpu;

/// <summary>What the CPU does for a network: calls of kernels on buffers, decided at build time. Written by the build's code.</summary>
/// <param name="Network">The network's name.</param>
/// <param name="Identity">Equal for plans whose folded weights are interchangeable.</param>
/// <param name="InChannels">C of the input.</param>
/// <param name="Height">H of the declared input.</param>
/// <param name="Width">W of the declared input.</param>
/// <param name="OutChannels">Channels of the result.</param>
/// <param name="OutGrid">The result's height and width.</param>
/// <param name="IsFlat">Whether the result is N x F.</param>
/// <param name="Slots">Pieces of memory.</param>
/// <param name="Grids">Heights and widths; the first is the input's.</param>
/// <param name="Buffers">The buffers.</param>
/// <param name="Steps">The steps, in order.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record CpuPlan(
    string Network,
    string Identity,
    int InChannels,
    int Height,
    int Width,
    int OutChannels,
    int OutGrid,
    bool IsFlat,
    int Slots,
    PlanGrid[] Grids,
    PlanBuffer[] Buffers,
    PlanStep[] Steps);

/// <summary>A height and width.</summary>
/// <param name="From">The grid that the window moves over, or -1.</param>
/// <param name="Window">The window.</param>
/// <param name="CeilMode">Whether a window that ends outside counts.</param>
/// <param name="IsPoint">Whether it is one pixel.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record PlanGrid(int From, Window Window, bool CeilMode, bool IsPoint)
{
    /// <summary>The input's.</summary>
    public static PlanGrid Input { get; } = new(-1, Window.Pixel, false, false);

    /// <summary>One pixel.</summary>
    public static PlanGrid Point { get; } = new(-1, Window.Pixel, false, true);

    /// <summary>A window over another grid.</summary>
    /// <param name="from">The other grid.</param>
    /// <param name="window">The window.</param>
    /// <param name="ceilMode">Whether a window that ends outside counts.</param>
    /// <returns>The grid.</returns>
    public static PlanGrid Over(int from, Window window, bool ceilMode) => new(from, window, ceilMode, false);
}

/// <summary>Where a tensor lies.</summary>
/// <param name="Channels">Its channels.</param>
/// <param name="Grid">Its height and width.</param>
/// <param name="Halo">Pixels of zeros round each map.</param>
/// <param name="Slot">Its piece of memory.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record PlanBuffer(int Channels, int Grid, int Halo, int Slot);

/// <summary>Channels that lie side by side.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="First">The first channel's place in it.</param>
/// <param name="Count">How many.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct PlanRun(int Buffer, int First, int Count)
{
    /// <summary>Runs from triples of buffer, first and count.</summary>
    /// <param name="numbers">The triples.</param>
    /// <returns>The runs.</returns>
    public static ImmutableArray<PlanRun> List(params int[] numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return [.. Enumerable.Range(0, numbers.Length / 3).Select(i => new PlanRun(numbers[3 * i], numbers[(3 * i) + 1], numbers[(3 * i) + 2]))];
    }
}

/// <summary>Kinds of steps.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum StepKind
{
    /// <summary>The input's planes within a halo.</summary>
    Planes,

    /// <summary>The input, pixel by pixel.</summary>
    Input,

    /// <summary>A convolution or linear layer.</summary>
    Convolution,

    /// <summary>A depthwise convolution.</summary>
    Depthwise,

    /// <summary>A batch norm by itself.</summary>
    Affine,

    /// <summary>An activation by itself.</summary>
    Activation,

    /// <summary>torch.nn.MaxPool2d.</summary>
    MaxPool,

    /// <summary>torch.nn.AvgPool2d.</summary>
    AvgPool,

    /// <summary>The mean of each map.</summary>
    GlobalPool,

    /// <summary>A sum.</summary>
    Add,

    /// <summary>A product; the second factor may be a gate.</summary>
    Multiply,

    /// <summary>Maps to features in torch's order.</summary>
    Flatten,

    /// <summary>Runs brought into one piece.</summary>
    Gather,

    /// <summary>The result, in torch's order.</summary>
    Output,
}

/// <summary>One call of a kernel.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Output">The buffer that it writes, or -1.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record PlanStep(StepKind Kind, int Output)
{
    /// <summary>The first operand's runs, in the order in which they are read.</summary>
    public ImmutableArray<PlanRun> Inputs { get; init; } = [];

    /// <summary>The second operand's runs.</summary>
    public ImmutableArray<PlanRun> Others { get; init; } = [];

    /// <summary>The layer's key in the state dict.</summary>
    public string Key { get; init; } = "";

    /// <summary>The key of the batch norm that is folded in, or stands by itself.</summary>
    public string NormKey { get; init; } = "";

    /// <summary>The batch norm's eps.</summary>
    public double Eps { get; init; }

    /// <summary>How the window moves.</summary>
    public Window Window { get; init; } = Window.Pixel;

    /// <summary>Whether a pool's window that ends outside counts.</summary>
    public bool CeilMode { get; init; }

    /// <summary>Whether the border counts in a mean.</summary>
    public bool CountIncludePad { get; init; } = true;

    /// <summary>A convolution's groups.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The activation's attribute, or empty.</summary>
    public string Activation { get; init; } = "";

    /// <summary>LeakyReLU's slope.</summary>
    public double Slope { get; init; }

    /// <summary>Which channel of the layer each channel that is read is; empty where it is the same.</summary>
    public ImmutableArray<int> InOrder { get; init; } = [];

    /// <summary>Which channel of the layer each channel that is written is; empty where it is the same.</summary>
    public ImmutableArray<int> OutOrder { get; init; } = [];

    /// <summary>The key under which the folded weights are kept.</summary>
    public string WeightKey => Key.Length > 0 ? Key : NormKey;

    /// <summary>An order from triples of first, count and step.</summary>
    /// <param name="numbers">The triples.</param>
    /// <returns>The order.</returns>
    public static ImmutableArray<int> Order(params int[] numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        var order = ImmutableArray.CreateBuilder<int>();
        for (var i = 0; i < numbers.Length; i += 3)
        {
            for (var k = 0; k < numbers[i + 1]; k++)
                order.Add(numbers[i] + (k * numbers[i + 2]));
        }
        return order.ToImmutable();
    }
}
