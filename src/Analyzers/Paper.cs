using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Analyzers.Configuration;

namespace Blockwright.Analyzers;

/// <summary>
/// What N. Ma, X. Zhang, H.-T. Zheng and J. Sun measured for "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design"
/// (ECCV 2018, arXiv 1807.11164): batches a second on a GeForce GTX 1080Ti, images a second on a Snapdragon 810.
/// </summary>
public static class Paper
{
    /// <summary>Table 1 (G1): a stack of 1x1 convolutions of equal FLOPs, input channels to output channels 1:ratio; the x1 width.</summary>
    private static readonly ImmutableArray<Row> ChannelRatios = ImmutableArray.Create(
        new Row(1, 1480, 76.2),
        new Row(2, 1296, 72.9),
        new Row(6, 876, 69.1),
        new Row(12, 748, 57.6));

    /// <summary>Table 2 (G2): group convolutions of equal FLOPs by the number of groups; the x1 width.</summary>
    private static readonly ImmutableArray<Row> Groups = ImmutableArray.Create(
        new Row(1, 2451, 40.0),
        new Row(2, 1725, 35.0),
        new Row(4, 1026, 32.9),
        new Row(8, 634, 27.8));

    /// <summary>Table 3 (G3): blocks of equal FLOPs by the number of fragments that lie in parallel; 128 channels.</summary>
    private static readonly ImmutableArray<Row> ParallelFragments = ImmutableArray.Create(
        new Row(1, 2446, 40.2),
        new Row(2, 1537, 33.4),
        new Row(4, 691, 35.0));

    /// <summary>Table 3 (G3): blocks of equal FLOPs by the number of fragments in series; 128 channels.</summary>
    private static readonly ImmutableArray<Row> SerialFragments = ImmutableArray.Create(
        new Row(1, 2446, 40.2),
        new Row(2, 1790, 38.6),
        new Row(4, 752, 38.4));

    /// <summary>Table 4 (G4): a bottleneck with and without its element-wise operations; 32 channels.</summary>
    private static readonly Row ReluAndShortcut = new(2, 2427, 56.7);
    private static readonly Row ReluOnly = new(1, 2647, 61.9);
    private static readonly Row ShortcutOnly = new(1, 2672, 57.3);
    private static readonly Row NoElementwise = new(0, 2842, 66.3);

    /// <summary>G1: what was measured at the ratio nearest to <paramref name="ratio"/> (larger over smaller, nearest on a logarithmic scale).</summary>
    public static Measurement ChannelRatio(double ratio, Target target) =>
        Measurement.Of(Nearest(ChannelRatios, ratio), ChannelRatios[0], target);

    /// <summary>G2: what was measured at the number of groups nearest to <paramref name="groups"/>.</summary>
    public static Measurement GroupCount(long groups, Target target) => Measurement.Of(Nearest(Groups, groups), Groups[0], target);

    /// <summary>G3: what was measured at the number of parallel fragments nearest to <paramref name="fragments"/>.</summary>
    public static Measurement Parallel(int fragments, Target target) =>
        Measurement.Of(Nearest(ParallelFragments, fragments), ParallelFragments[0], target);

    /// <summary>G3: what was measured at the number of fragments in series nearest to <paramref name="fragments"/>.</summary>
    public static Measurement Serial(int fragments, Target target) =>
        Measurement.Of(Nearest(SerialFragments, fragments), SerialFragments[0], target);

    /// <summary>G4: what was measured with an activation, a shortcut or both as operations of their own, against neither.</summary>
    public static Measurement Elementwise(bool activation, bool shortcut, Target target) => Measurement.Of(
        (activation, shortcut) switch
        {
            (true, true) => ReluAndShortcut,
            (true, false) => ReluOnly,
            (false, true) => ShortcutOnly,
            (false, false) => NoElementwise,
        },
        NoElementwise,
        target);

    private static Row Nearest(ImmutableArray<Row> rows, double key) =>
        rows.OrderBy(row => Math.Abs(Math.Log(row.Key) - Math.Log(Math.Max(key, 1)))).First();

    /// <summary>One line of a table: batches a second on the GPU, images a second on the ARM core.</summary>
    internal readonly record struct Row(double Key, double Gpu, double Arm);
}

/// <summary>A measured figure of the paper beside the figure of the recommended design.</summary>
/// <param name="Key">The ratio, the groups or the fragments that were measured.</param>
/// <param name="Value">Batches a second (GPU) or images a second (ARM).</param>
/// <param name="Best">The same for the design that the guideline recommends.</param>
/// <param name="Unit">What is counted, and on which device.</param>
public readonly record struct Measurement(double Key, double Value, double Best, string Unit)
{
    internal static Measurement Of(Paper.Row row, Paper.Row best, Target target) => target is Target.Arm or Target.Cpu
        ? new(row.Key, row.Arm, best.Arm, "images/s on ARM")
        : new(row.Key, row.Gpu, best.Gpu, "batches/s on a GPU");

    /// <summary>"634 against 2451 batches/s on a GPU".</summary>
    public override string ToString() =>
        string.Format(CultureInfo.InvariantCulture, "{0:0.#} against {1:0.#} {2}", Value, Best, Unit);
}
