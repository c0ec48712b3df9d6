using Blockwright.Analyzers;

namespace Blockwright.Benchmarks.Guidelines;

/// <summary>One network of an experiment.</summary>
/// <param name="Label">What is varied, and how.</param>
/// <param name="Key">The key of the row that the paper's table has of it; null where it has none.</param>
/// <param name="Network">The network.</param>
public sealed record Variant(string Label, int? Key, Func<NetworkModule> Network);

/// <summary>An experiment: networks whose first is the design that the guideline recommends.</summary>
/// <param name="Name">What a file of figures calls it; null where the analyzers do not ask for it.</param>
/// <param name="Title">What is measured.</param>
/// <param name="Rows">The paper's figures.</param>
/// <param name="Variants">The networks.</param>
public sealed record Experiment(string? Name, string Title, Func<MeasuredTable, IEnumerable<MeasuredRow>> Rows, IReadOnlyList<Variant> Variants)
{
    private static readonly Func<MeasuredTable, IEnumerable<MeasuredRow>> None = static _ => [];

    /// <summary>The paper's four experiments, at the x1 width of its tables for a GPU and 56 x 56 pixels, and three more.</summary>
    public static IReadOnlyList<Experiment> All { get; } =
    [
        new("G1", "G1: pairs of 1x1 convolutions c1 to c2 to c1 at equal FLOPs (table 1)", static table => table.ChannelRatios,
        [
            new("1:1 (128, 128)", 1, static () => new Ratio1()), new("1:2 (90, 180)", 2, static () => new Ratio2()),
            new("1:6 (52, 312)", 6, static () => new Ratio6()), new("1:12 (36, 432)", 12, static () => new Ratio12()),
        ]),
        new(null, "G1: pairs of 1x1 convolutions 128 to 128 r to 128; compare the multiply-adds a second", None,
        [
            new("r = 1", null, static () => new Ratio1()), new("r = 0.25", null, static () => new QuarterRatio()), new("r = 0.5", null, static () => new HalfRatio()),
            new("r = 2", null, static () => new DoubleRatio()), new("r = 4", null, static () => new FourfoldRatio()),
        ]),
        new("G2", "G2: 1x1 convolutions in g groups at equal FLOPs (table 2)", static table => table.Groups,
        [
            new("g = 1 (128)", 1, static () => new Groups1()), new("g = 2 (180)", 2, static () => new Groups2()),
            new("g = 4 (256)", 4, static () => new Groups4()), new("g = 8 (360)", 8, static () => new Groups8()),
        ]),
        new("G3-parallel", "G3: fragments in parallel, concatenated, at equal FLOPs; 128 channels (table 3)", static table => table.ParallelFragments,
        [
            new("1 fragment", 1, static () => new Fragments1()), new("2 in parallel", 2, static () => new Parallel2()), new("4 in parallel", 4, static () => new Parallel4()),
        ]),
        new("G3-series", "G3: fragments in series at equal FLOPs; 128 channels (table 3)", static table => table.SerialFragments,
        [
            new("1 fragment", 1, static () => new Fragments1()), new("2 in series", 2, static () => new Series2()), new("4 in series", 4, static () => new Series4()),
        ]),
        new(null, "G3: a block of four unlike branches, and the one path that stands in for it; 128 channels at 28 x 28", None,
        [
            new("single path", null, static () => new SinglePathNet()), new("fragmented", null, static () => new FragmentedNet()),
        ]),
        new("G4", "G4: bottlenecks 128 to 32 to 128 channels with ReLU and shortcut (table 4)", static table => table.Elementwise,
        [
            new("neither", MeasuredTable.Neither, static () => new Plain()), new("ReLU", MeasuredTable.Activation, static () => new WithReLU()),
            new("shortcut", MeasuredTable.Shortcut, static () => new WithShortcut()), new("ReLU and shortcut", MeasuredTable.Both, static () => new WithBoth()),
        ]),
    ];
}
