using System.Collections.Immutable;
using Blockwright.Analyzers.Configuration;

namespace Blockwright.Analyzers;

/// <summary>
/// What N. Ma, X. Zhang, H.-T. Zheng and J. Sun measured for "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design"
/// (ECCV 2018, arXiv 1807.11164): batches a second on a GeForce GTX 1080Ti, images a second on a Snapdragon 810; the x1 width of tables 1 to 3, 32 channels of table 4.
/// </summary>
public static class Paper
{
    /// <summary>The graphics card's.</summary>
    public static MeasuredTable Gpu { get; } = new(
        "batches/s on a GPU",
        Rows((1, 1480), (2, 1296), (6, 876), (12, 748)),
        Rows((1, 2451), (2, 1725), (4, 1026), (8, 634)),
        Rows((1, 2446), (2, 1537), (4, 691)),
        Rows((1, 2446), (2, 1790), (4, 752)),
        Rows((MeasuredTable.Neither, 2842), (MeasuredTable.Activation, 2647), (MeasuredTable.Shortcut, 2672), (MeasuredTable.Both, 2427)));

    /// <summary>The ARM core's.</summary>
    public static MeasuredTable Arm { get; } = new(
        "images/s on ARM",
        Rows((1, 76.2), (2, 72.9), (6, 69.1), (12, 57.6)),
        Rows((1, 40.0), (2, 35.0), (4, 32.9), (8, 27.8)),
        Rows((1, 40.2), (2, 33.4), (4, 35.0)),
        Rows((1, 40.2), (2, 38.6), (4, 38.4)),
        Rows((MeasuredTable.Neither, 66.3), (MeasuredTable.Activation, 61.9), (MeasuredTable.Shortcut, 57.3), (MeasuredTable.Both, 56.7)));

    /// <summary>The one that is nearest to a target.</summary>
    public static MeasuredTable Of(Target target) => target is Target.Arm or Target.Cpu ? Arm : Gpu;

    private static ImmutableArray<MeasuredRow> Rows(params (int Key, double Value)[] rows) => rows.Select(static row => new MeasuredRow(row.Key, row.Value)).ToImmutableArray();
}
