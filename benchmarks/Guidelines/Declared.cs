namespace Blockwright.Benchmarks.Guidelines;

// What the paper's section 2 measures: ten blocks, one behind the other, on maps of 56 x 56. It gives the widths, not the blocks; they have no batch norms here, and an activation where G4 asks for one alone.

[Block, Parameter("wide")]
[Path("pair"), Conv1x1("wide"), Conv1x1("out")]
internal sealed partial class Pair;

[Block, Parameter("groups")]
[Path("path"), Conv1x1(Groups = "groups")]
internal sealed partial class Grouped;

[Block]
[From("in", As = "a", Name = "a"), Conv1x1("out/2")]
[From("in", As = "b", Name = "b"), Conv1x1("out/2")]
[Concat("a", "b")]
internal sealed partial class TwoBeside;

[Block]
[From("in", As = "a", Name = "a"), Conv1x1("out/4")]
[From("in", As = "b", Name = "b"), Conv1x1("out/4")]
[From("in", As = "c", Name = "c"), Conv1x1("out/4")]
[From("in", As = "d", Name = "d"), Conv1x1("out/4")]
[Concat("a", "b", "c", "d")]
internal sealed partial class FourBeside;

[Block]
[Path("path"), Conv1x1("in/2"), Conv1x1("out")]
internal sealed partial class TwoInSeries;

[Block]
[Path("path"), Conv1x1("in/4"), Conv1x1("out"), Conv1x1("in/4"), Conv1x1("out")]
internal sealed partial class FourInSeries;

[Block]
[From("in", As = "a", Name = "a"), Conv1x1("out/4"), BatchNorm2d, ReLU]
[From("in", As = "b", Name = "b"), Conv1x1("out/4"), BatchNorm2d, ReLU, Conv2d("out/4", 3), BatchNorm2d, ReLU]
[From("in", As = "c", Name = "c"), Conv1x1("out/4"), BatchNorm2d, ReLU, Conv2d("out/4", 5), BatchNorm2d, ReLU]
[From("in", As = "d", Name = "d"), MaxPool2d(3, Stride = 1), Conv1x1("out/4"), BatchNorm2d, ReLU]
[Concat("a", "b", "c", "d")]
internal sealed partial class Fragmented;

[Block]
[Path("path"), Conv1x1("out"), BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
internal sealed partial class SinglePath;

[Block]
[Path("path"), Conv1x1("in/4"), Conv2d("in/4", 3), Conv1x1("out")]
internal sealed partial class Bottleneck;

[Block]
[Path("path"), Conv1x1("in/4"), ReLU, Conv2d("in/4", 3), ReLU, Conv1x1("out"), ReLU]
internal sealed partial class BottleneckReLU;

[Block]
[From("in", As = "y", Name = "path"), Conv1x1("in/4"), Conv2d("in/4", 3), Conv1x1("out")]
[Add("in", "y")]
internal sealed partial class BottleneckShortcut;

[Block]
[From("in", As = "y", Name = "path"), Conv1x1("in/4"), ReLU, Conv2d("in/4", 3), ReLU, Conv1x1("out")]
[Add("in", "y"), ReLU]
internal sealed partial class BottleneckBoth;

[Network, Input(128, 56, 56)]
[Stage<Pair>("blocks", 128, Channels = 128, Units = 10)]
internal sealed partial class Ratio1;

[Network, Input(90, 56, 56)]
[Stage<Pair>("blocks", 180, Channels = 90, Units = 10)]
internal sealed partial class Ratio2;

[Network, Input(52, 56, 56)]
[Stage<Pair>("blocks", 312, Channels = 52, Units = 10)]
internal sealed partial class Ratio6;

[Network, Input(36, 56, 56)]
[Stage<Pair>("blocks", 432, Channels = 36, Units = 10)]
internal sealed partial class Ratio12;

[Network, Input(128, 56, 56)]
[Stage<Pair>("blocks", 32, Channels = 128, Units = 10)]
internal sealed partial class QuarterRatio;

[Network, Input(128, 56, 56)]
[Stage<Pair>("blocks", 64, Channels = 128, Units = 10)]
internal sealed partial class HalfRatio;

[Network, Input(128, 56, 56)]
[Stage<Pair>("blocks", 256, Channels = 128, Units = 10)]
internal sealed partial class DoubleRatio;

[Network, Input(128, 56, 56)]
[Stage<Pair>("blocks", 512, Channels = 128, Units = 10)]
internal sealed partial class FourfoldRatio;

[Network, Input(128, 56, 56)]
[Stage<Grouped>("blocks", 1, Channels = 128, Units = 10)]
internal sealed partial class Groups1;

[Network, Input(180, 56, 56)]
[Stage<Grouped>("blocks", 2, Channels = 180, Units = 10)]
internal sealed partial class Groups2;

[Network, Input(256, 56, 56)]
[Stage<Grouped>("blocks", 4, Channels = 256, Units = 10)]
internal sealed partial class Groups4;

[Network, Input(360, 56, 56)]
[Stage<Grouped>("blocks", 8, Channels = 360, Units = 10)]
internal sealed partial class Groups8;

[Network, Input(128, 56, 56)]
[Stage<Grouped>("blocks", 1, Channels = 128, Units = 10)]
internal sealed partial class Fragments1;

[Network, Input(128, 56, 56)]
[Stage<TwoBeside>("blocks", Channels = 128, Units = 10)]
internal sealed partial class Parallel2;

[Network, Input(128, 56, 56)]
[Stage<FourBeside>("blocks", Channels = 128, Units = 10)]
internal sealed partial class Parallel4;

[Network, Input(128, 56, 56)]
[Stage<TwoInSeries>("blocks", Channels = 128, Units = 10)]
internal sealed partial class Series2;

[Network, Input(128, 56, 56)]
[Stage<FourInSeries>("blocks", Channels = 128, Units = 10)]
internal sealed partial class Series4;

[Network, Input(128, 28, 28)]
[Stage<Fragmented>("blocks", Channels = 128, Units = 10)]
internal sealed partial class FragmentedNet;

[Network, Input(128, 28, 28)]
[Stage<SinglePath>("blocks", Channels = 128, Units = 10)]
internal sealed partial class SinglePathNet;

[Network, Input(128, 56, 56)]
[Stage<Bottleneck>("blocks", Channels = 128, Units = 10)]
internal sealed partial class Plain;

[Network, Input(128, 56, 56)]
[Stage<BottleneckReLU>("blocks", Channels = 128, Units = 10)]
internal sealed partial class WithReLU;

[Network, Input(128, 56, 56)]
[Stage<BottleneckShortcut>("blocks", Channels = 128, Units = 10)]
internal sealed partial class WithShortcut;

[Network, Input(128, 56, 56)]
[Stage<BottleneckBoth>("blocks", Channels = 128, Units = 10)]
internal sealed partial class WithBoth;
